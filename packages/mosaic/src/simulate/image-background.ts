import { inverseNormal } from '../view/stretch/inverse-normal.ts'

/** Levels at the corners of an image. */
export interface CornerLevels {
  readonly lowerLeft: number
  readonly lowerRight: number
  readonly upperRight: number
  readonly upperLeft: number
}

/**
 * Some rows of a background that goes bilinearly from corner to corner; the centres of the corner pixels have the given levels.
 *
 * @param size of the whole image
 * @param row first row, from 0
 */
export function backgroundRows(
  levels: CornerLevels,
  size: { readonly width: number; readonly height: number },
  row: number,
  height: number,
): Float64Array {
  const { width } = size
  const data = new Float64Array(width * height)
  for (let r = 0; r < height; r++) {
    const y = size.height > 1 ? (row + r) / (size.height - 1) : 0
    const left = levels.lowerLeft + (levels.upperLeft - levels.lowerLeft) * y
    const right = levels.lowerRight + (levels.upperRight - levels.lowerRight) * y
    for (let col = 0; col < width; col++)
      data[r * width + col] = left + (right - left) * (width > 1 ? col / (width - 1) : 0)
  }
  return data
}

/** Adds normal noise, in place. @param random uniform numbers in [0, 1) */
export function addNoise(data: Float64Array, sigma: number, random: () => number): void {
  for (let i = 0; i < data.length; i++) {
    let uniform = random()
    while (uniform === 0) uniform = random()
    data[i] = data[i]! + sigma * inverseNormal(uniform)
  }
}
