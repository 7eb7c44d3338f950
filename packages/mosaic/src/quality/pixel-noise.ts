import { estimateNoise } from '@skyloom/kernels'

/** Pixels that are looked at, in rows that are spread evenly: some 100,000 give the noise within 1 %. */
const ENOUGH_PIXELS = 128 * 1024
/** Rows that are looked at in any case: the noise is the median of what they give. */
const MIN_ROWS = 64

/**
 * Standard deviation of the background noise of an image from differences of neighbours, robust against stars and slopes; 0 when it cannot be
 * told. With weights (inverse variances but for a factor) that of value times root of weight: the root of the factor.
 *
 * @param weights NaN where the image has no data
 */
export function pixelNoise(pixels: Float32Array, width: number, weights?: Float32Array): number {
  const height = pixels.length / width
  const wanted = Math.max(MIN_ROWS, Math.ceil(ENOUGH_PIXELS / width))
  const step = Math.max(1, Math.floor(height / wanted))
  const rows = Math.ceil(height / step)
  const sample = new Float32Array(rows * width)
  for (let row = 0; row < rows; row++) {
    const start = row * step * width
    const line = pixels.subarray(start, start + width)
    if (weights === undefined) {
      sample.set(line, row * width)
      continue
    }
    for (let col = 0; col < width; col++)
      sample[row * width + col] = line[col]! * Math.sqrt(weights[start + col]!)
  }
  return estimateNoise(sample, width).noise
}
