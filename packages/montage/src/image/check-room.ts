import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pathOf } from '../command/files.ts'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import type { ImageOutput } from './write-images.ts'

/** Largest row that is made in memory, in pixels: 1 GiB of float64. */
const MAX_ROW_PIXELS = 2 ** 27

/**
 * Refuses images whose rows do not fit into memory, or that do not fit on the disk they go to, before the first pixel is made.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT` with the size and the limit
 */
export async function checkRoom(place: Place, outputs: readonly ImageOutput[]): Promise<void> {
  let bytes = 0
  for (const { path, layout } of outputs) {
    const size = layout.shape.toReversed().join(' x ')
    const row = layout.shape.at(-1) ?? 0
    if (row > MAX_ROW_PIXELS)
      throw tooLarge(path, size, `rows of ${row} pixels`, `rows of ${MAX_ROW_PIXELS} pixels`)
    bytes += (Math.abs(layout.bitpix) / 8) * layout.shape.reduce((product, length) => product * length, 1)
    const free = await freeBytes(dirname(pathOf(place, path)))
    if (free !== undefined && bytes > free)
      throw tooLarge(path, size, `${bytes} bytes`, `the ${free} bytes that are free there`)
  }
}

/** Free bytes of the disk of a folder; undefined where it cannot be known. */
async function freeBytes(folder: string): Promise<number | undefined> {
  const disk = await statfs(folder).catch(() => undefined)
  return disk === undefined || disk.blocks === 0 ? undefined : disk.bavail * disk.bsize
}

function tooLarge(path: string, size: string, found: string, allowed: string): MontageError {
  return new MontageError(
    'MONTAGE_BAD_ARGUMENT',
    `Image ${path} of ${size} pixels is too large: ${found}, allowed are ${allowed}`,
    { where: [path], found, allowed },
  )
}
