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
    for (let col = 0; col < width; col++) {
      const x = width > 1 ? col / (width - 1) : 0
      data[r * width + col] =
        levels.lowerLeft * (1 - x) * (1 - y) +
        levels.lowerRight * x * (1 - y) +
        levels.upperRight * x * y +
        levels.upperLeft * (1 - x) * y
    }
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
