import { execFileSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { makeMosaic } from '@skyloom/mosaic/node'
import { describe, expect, onTestFinished, test } from 'vitest'
import { DEMO_IMAGES, freshFolder } from './support/folders.ts'

/** True when a small file system can be mounted, which needs the rights of root. */
function canMount(): boolean {
  return process.getuid?.() === 0 && process.platform === 'linux'
}

async function smallDisk(size: string): Promise<string> {
  const folder = await freshFolder()
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder])
  onTestFinished(() => void execFileSync('umount', [folder]))
  return folder
}

describe.skipIf(!canMount())('a full disk (needs root for a small file system)', () => {
  test('ends the run with a clear error and leaves nothing behind', async () => {
    const outDir = join(await smallDisk('8m'), 'out')
    await expect(makeMosaic({ imagesDir: DEMO_IMAGES, outDir })).rejects.toMatchObject({
      code: 'BASE_DISK_FULL',
      message: expect.stringContaining('free space') as string,
    })
    expect(await readdir(outDir)).toEqual([])
  })

  test('also while images are spilled', async () => {
    const outDir = join(await smallDisk('4m'), 'out')
    const options = { imagesDir: DEMO_IMAGES, outDir, threads: 8, memoryBytes: 64 * 1024 * 1024 }
    await expect(makeMosaic(options)).rejects.toMatchObject({
      code: 'BASE_DISK_FULL',
      message: expect.stringContaining('--memory') as string,
    })
    expect(await readdir(outDir)).toEqual([])
  })
})
