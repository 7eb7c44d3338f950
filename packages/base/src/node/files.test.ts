import { execFileSync } from 'node:child_process'
import { type FileHandle, open, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { freshFolder } from '../../../../testing/folders.ts'
import { atomicFile, isFileSink, writeAllAt, writeFileAtomic } from './atomic-file.ts'
import { fileSource } from './file-source.ts'

describe('atomic files', () => {
  test.for([false, true])('appear only when committed, and then complete; blocking %s', async (blocking) => {
    const folder = freshFolder()
    const path = join(folder, 'a.bin')
    const sink = await atomicFile(path, { blocking })
    await sink.write(Uint8Array.of(1, 2, 3))
    await sink.writeAt(Uint8Array.of(9), 1)
    expect(await readdir(folder)).not.toContain('a.bin')
    await sink.commit()
    expect(await readdir(folder)).toEqual(['a.bin'])
    expect([...(await readFile(path))]).toEqual([1, 9, 3])
  })

  test('take bytes that others write into them', async () => {
    const folder = freshFolder()
    const path = join(folder, 'a.bin')
    const sink = await atomicFile(path, { blocking: true })
    if (!isFileSink(sink)) throw new Error('not a file')
    await sink.write(Uint8Array.of(1, 2))
    // Out of order, and before and after the end has moved.
    writeAllAt(sink.descriptor, Uint8Array.of(5, 6), 4, path)
    sink.skip(4)
    writeAllAt(sink.descriptor, Uint8Array.of(3, 4), 2, path)
    sink.flush()
    sink.flush()
    await sink.write(Uint8Array.of(7))
    await sink.commit()
    expect([...(await readFile(path))]).toEqual([1, 2, 3, 4, 5, 6, 7])
  })

  test('that cannot be written to tell their name', () => {
    expect(() => writeAllAt(-1, Uint8Array.of(1), 0, 'a.bin')).toThrow(
      expect.objectContaining({ code: 'BASE_WRITE_FAILED', where: ['a.bin'] }),
    )
  })

  test('fail in commit when the disk failed in between, and leave nothing', async () => {
    const folder = freshFolder()
    const sink = await atomicFile(join(folder, 'a.bin'))
    if (!isFileSink(sink)) throw new Error('not a file')
    const probe = await open(folder, 'r')
    const datasync = vi
      .spyOn(Object.getPrototypeOf(probe) as FileHandle, 'datasync')
      .mockRejectedValueOnce(Object.assign(new Error('i/o error'), { code: 'EIO' }))
    await probe.close()
    try {
      await sink.write(Uint8Array.of(1))
      sink.flush()
      await new Promise((resolve) => setImmediate(resolve))
      // What works later does not make it undone.
      sink.flush()
      await sink.write(Uint8Array.of(2))
      await expect(sink.commit()).rejects.toMatchObject({ code: 'BASE_WRITE_FAILED', found: 'i/o error' })
      expect(datasync).toHaveBeenCalledTimes(2)
    } finally {
      datasync.mockRestore()
    }
    expect(await readdir(folder)).toEqual([])
  })

  test('leave nothing when discarded, also twice and while the disk writes', async () => {
    const folder = freshFolder()
    const sink = await atomicFile(join(folder, 'a.bin'))
    await sink.write(Uint8Array.of(1))
    if (isFileSink(sink)) sink.flush()
    await sink.discard()
    await sink.discard()
    expect(await readdir(folder)).toEqual([])
  })

  test('do not replace a file unless that is allowed', async () => {
    const folder = freshFolder()
    const path = join(folder, 'a.txt')
    await writeFile(path, 'old')
    await expect(writeFileAtomic(path, 'new')).rejects.toMatchObject({ code: 'BASE_EXISTS' })
    expect(await readFile(path, 'utf8')).toBe('old')
    await writeFileAtomic(path, 'new', { overwrite: true })
    expect(await readFile(path, 'utf8')).toBe('new')
  })

  test('in a folder that does not exist fail with the path', async () => {
    const path = join(freshFolder(), 'none', 'a.txt')
    await expect(writeFileAtomic(path, 'x')).rejects.toMatchObject({
      code: 'BASE_WRITE_FAILED',
      where: [path],
    })
  })
})

describe('file sources', () => {
  test.for([{ blocking: true }, { blocking: false }])(
    'read ranges (blocking: $blocking)',
    async ({ blocking }) => {
      const path = join(freshFolder(), 'a.bin')
      await writeFile(path, Uint8Array.of(1, 2, 3, 4, 5))
      const source = await fileSource(path, { blocking })
      const target = new Uint8Array(4)
      expect(source.sizeBytes).toBe(5)
      expect(await source.readInto(target, 3)).toBe(2)
      expect([...target]).toEqual([4, 5, 0, 0])
      await source.close()
    },
  )

  test.for([{ blocking: true }, { blocking: false }])(
    'a folder or a missing file is an error (blocking: $blocking)',
    async ({ blocking }) => {
      const folder = freshFolder()
      for (const path of [folder, join(folder, 'none')]) {
        await expect(fileSource(path, { blocking })).rejects.toMatchObject({
          code: 'BASE_READ_FAILED',
          where: [path],
        })
      }
    },
  )
})

test.each([true, false])('what is no file is refused at once (blocking: %s)', async (blocking) => {
  const folder = freshFolder()
  const pipe = join(folder, 'pipe')
  execFileSync('mkfifo', [pipe])
  for (const [path, found] of [
    [folder, 'it is a directory'],
    [pipe, 'it is a pipe or a device'],
    ['/dev/null', 'it is a pipe or a device'],
  ] as const)
    await expect(fileSource(path, { blocking })).rejects.toMatchObject({
      code: 'BASE_READ_FAILED',
      found,
    })
})
