import type { PixelBox } from './region.ts'

/** Pixels of a box, about: large enough to read fast, small beside any memory limit. */
const BOX_PIXELS = 1 << 20

/**
 * Boxes of whole rows that cover an image of any number of axes in the order of its pixels.
 *
 * @param axes lengths, NAXIS1 first; an image with an axis of length 0 has no boxes
 */
export function* rowBoxes(axes: readonly number[]): Generator<PixelBox, void, undefined> {
  const [width = 1, height = 1, ...upper] = axes
  const planes = upper.reduce((product, length) => product * length, 1)
  if (width === 0 || height === 0) return
  const rows = Math.max(1, Math.floor(BOX_PIXELS / width))
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
