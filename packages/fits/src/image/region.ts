import { FitsError, type FitsLocation } from '../errors.ts'
import type { Hdu } from '../hdu/hdu.ts'

/** Part of one image plane, in array indices from 0. */
export interface PixelRegion {
  readonly col: number
  readonly row: number
  readonly width: number
  readonly height: number
}

/** Part of an image of any number of axes, NAXIS1 first, in array indices from 0. */
export interface PixelBox {
  readonly start: readonly number[]
  readonly size: readonly number[]
}

/** Place of an HDU for messages. */
export function hduLocation(hdu: Hdu): FitsLocation {
  return { file: hdu.source.name, hdu: hdu.index, byteOffset: hdu.headerOffset }
}

/**
 * The box of one plane or of a region in it. An image of one axis has one row.
 *
 * @param plane counted from 0 over all axes beyond the second, the third axis fastest
 * @throws FitsError `FITS_BAD_REGION`
 */
export function planeBox(hdu: Hdu, region: PixelRegion | undefined, plane: number): PixelBox {
  const axes = hdu.shape.toReversed()
  const width = axes[0] ?? 0
  const height = axes[1] ?? 1
  const planes = axes.slice(2)
  const planeCount = planes.reduce((product, length) => product * length, 1)
  if (!Number.isInteger(plane) || plane < 0 || plane >= planeCount) {
    throw badRegion(hdu, 'there is no such plane', String(plane), `0 to ${planeCount - 1}`)
  }
  const chosen = region ?? { col: 0, row: 0, width, height }
  const start = [chosen.col, chosen.row]
  const size = [chosen.width, chosen.height]
  let rest = plane
  for (const length of planes) {
    start.push(rest % length)
    size.push(1)
    rest = Math.floor(rest / length)
  }
  return checkBox(hdu, { start, size })
}

/**
 * The box if it lies within the image, its missing axes filled in as whole.
 *
 * @throws FitsError `FITS_BAD_REGION`
 */
export function checkBox(
  hdu: Hdu,
  box: { readonly start?: readonly number[]; readonly size?: readonly number[] },
): PixelBox {
  const axes = hdu.shape.toReversed()
  while (axes.length < 2) axes.push(1)
  const start = axes.map((_, axis) => box.start?.[axis] ?? 0)
  const size = axes.map((length, axis) => box.size?.[axis] ?? length - (start[axis] ?? 0))
  const isInside = axes.every((length, axis) => {
    const first = start[axis] ?? 0
    const count = size[axis] ?? 0
    return (
      Number.isInteger(first) &&
      Number.isInteger(count) &&
      first >= 0 &&
      count >= 1 &&
      first + count <= length
    )
  })
  const hasMore = Math.max(box.start?.length ?? 0, box.size?.length ?? 0) > axes.length
  if (isInside && !hasMore) return { start, size }
  const found = `start ${(box.start ?? start).join(', ')}, size ${(box.size ?? size).join(', ')}`
  throw badRegion(hdu, 'the region does not lie within the image', found, `axes ${axes.join(' x ')}, from 0`)
}

/** Number of pixels in a box. */
export function boxPixelCount(box: PixelBox): number {
  return box.size.reduce((product, length) => product * length, 1)
}

/** The error for a region, plane or buffer that does not fit. */
export function badRegion(hdu: Hdu, problem: string, found: string, allowed: string): FitsError {
  return new FitsError('FITS_BAD_REGION', hduLocation(hdu), problem, { found, allowed })
}
