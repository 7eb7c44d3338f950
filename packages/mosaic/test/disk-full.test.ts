import { execFileSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { makeMosaic } from '@skyloom/mosaic/node'
import { describe, expect, onTestFinished, test } from 'vitest'
import { demoImages, freshFolder } from '../../../testing/folders.ts'

/** True when a small file system can be mounted, which needs the rights of root. */
function canMount(): boolean {
  return process.getuid?.() === 0 && process.platform === 'linux'
}

function smallDisk(size: string): string {
  const folder = freshFolder()
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder])
  onTestFinished(() => void execFileSync('umount', [folder]))
  return folder
}

describe.skipIf(!canMount())('a full disk (needs root for a small file system)', () => {
  test('ends the run with a clear error and leaves nothing behind', async () => {
    const outDir = join(smallDisk('8m'), 'out')
    await expect(makeMosaic({ imagesDir: demoImages, outDir })).rejects.toMatchObject({
      code: 'BASE_DISK_FULL',
      message: expect.stringContaining('free space') as string,
    })
    expect(await readdir(outDir)).toEqual([])
  })

  test('also while images are spilled', async () => {
    const outDir = join(smallDisk('4m'), 'out')
    const options = { imagesDir: demoImages, outDir, threads: 8, memoryBytes: 64 * 1024 * 1024 }
    await expect(makeMosaic(options)).rejects.toMatchObject({
      code: 'BASE_DISK_FULL',
      message: expect.stringContaining('--memory') as string,
    })
    expect(await readdir(outDir)).toEqual([])
  })
})
