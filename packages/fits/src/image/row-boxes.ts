import type { Hdu } from '../hdu/hdu.ts'
import type { PixelBox } from './region.ts'

/** Pixels of a box, about: large enough to read fast, small beside any memory limit. */
const BOX_PIXELS = 1 << 20

/** Most pixels of a box where it takes so many to hold whole tiles. */
const MAX_BOX_PIXELS = 1 << 24

/** Rows of the tiles of a compressed image, each of which is then unpacked only once; 1 for plain images. */
export function tileRowsOf(hdu: Hdu): number {
  return hdu.type === 'compressed-image' ? Math.max(1, hdu.header.integer('ZTILE2', 1)) : 1
}

/**
 * Boxes of whole rows that cover an image of any number of axes in the order of its pixels.
 *
 * @param axes lengths, NAXIS1 first; an image with an axis of length 0 has no boxes
 * @param tileRows rows that are best read together, from {@link tileRowsOf}
 */
export function* rowBoxes(
  axes: readonly number[],
  tileRows: number = 1,
): Generator<PixelBox, void, undefined> {
  const [width = 1, height = 1, ...upper] = axes
  const planes = upper.reduce((product, length) => product * length, 1)
  if (width === 0 || height === 0) return
  const step = tileRows * width <= MAX_BOX_PIXELS ? tileRows : 1
  const rows = step * Math.max(1, Math.floor(BOX_PIXELS / (width * step)))
  for (let plane = 0; plane < planes; plane++) {
    const place: number[] = []
    let rest = plane
    for (const length of upper) {
      place.push(rest % length)
      rest = Math.floor(rest / length)
    }
    for (let row = 0; row < height; row += rows) {
      if (axes.length < 2) yield { start: [0], size: [width] }
      else
        yield {
          start: [0, row, ...place],
          size: [width, Math.min(rows, height - row), ...place.map(() => 1)],
        }
    }
  }
}
