import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { freshFolder } from '../../../../testing/folders.ts'
import { memorySink } from '../bytes/sink.ts'
import { memorySource, readExactly } from '../bytes/source.ts'
import { atomicFile, writeFileAtomic } from './atomic-file.ts'
import { fileSource } from './file-source.ts'
import { mountFiles } from './mounted-files.ts'
import { fileFacts, folderEntries, readFileText, writeFileText } from './read-files.ts'

afterEach(() => mountFiles(undefined))

/** Mounts one file to read and takes one that is written. @returns what was written */
function mountPair(folder: string): () => string {
  const written = memorySink('written')
  mountFiles({
    find: (path) => {
      if (path !== join(folder, 'in.txt')) return undefined
      const bytes = new TextEncoder().encode('caf\u00e9')
      return { sizeBytes: bytes.length, open: () => memorySource(bytes, path) }
    },
    namesIn: (path) => (path === folder ? ['in.txt'] : []),
    create: (path) => (path === join(folder, 'out.txt') ? written : undefined),
  })
  return () => new TextDecoder().decode(written.bytes())
}

test('a mounted file is read under its path in every way, also when the path is written in another form', async () => {
  const folder = freshFolder()
  mountPair(folder)
  const path = `${folder}/./sub/../in.txt`
  const source = await fileSource(path, { blocking: true })
  expect(new TextDecoder().decode(await readExactly(source, 0, source.sizeBytes))).toBe('caf\u00e9')
  expect(await readFileText(path, 'utf8')).toBe('caf\u00e9')
  expect(await readFileText(path, 'latin1')).toBe('caf\u00c3\u00a9')
  expect(await fileFacts(path)).toEqual({ kind: 'file', sizeBytes: 5, changedMs: 0 })
  await expect(atomicFile(path)).rejects.toMatchObject({ code: 'BASE_EXISTS' })
})

test('a folder shows mounted files among its own', async () => {
  const folder = freshFolder()
  await mkdir(join(folder, 'sub'))
  await writeFile(join(folder, 'own.txt'), '')
  mountPair(folder)
  const entries = await folderEntries(folder)
  expect(entries.map(({ name, isFolder }) => `${name} ${isFolder}`).sort()).toEqual([
    'in.txt false',
    'own.txt false',
    'sub true',
  ])
})

test('a mount takes the files that it is asked for, and leaves others to the disk', async () => {
  const folder = freshFolder()
  const written = mountPair(folder)
  await writeFileAtomic(join(folder, 'out.txt'), 'atomic ')
  await writeFileText(join(folder, 'out.txt'), 'plain')
  expect(written()).toBe('atomic plain')
  expect(await readdir(folder)).toEqual([])
  await writeFileText(join(folder, 'other.txt'), 'text')
  expect(await readdir(folder)).toEqual(['other.txt'])
  expect(await readFileText(join(folder, 'other.txt'), 'utf8')).toBe('text')
  expect(await fileFacts(folder)).toMatchObject({ kind: 'folder' })
})
