import { throwIfAborted } from '@skyloom/base'
import type { Hdu, HduType } from '../hdu/hdu.ts'
import { readCube } from '../image/read-image.ts'
import { rowBoxes, tileRowsOf } from '../image/row-boxes.ts'

/** What an HDU holds and, for images, the statistics of its pixels. */
export interface HduStatistics {
  readonly index: number
  /** EXTNAME, or an empty string. */
  readonly name: string
  readonly type: HduType
  readonly bitpix: number
  /** Slowest axis first. */
  readonly shape: readonly number[]
  /** Count of finite pixels; absent for HDUs that are no images, like all that follow. */
  readonly finite?: number
  /** Count of pixels that are NaN, infinite or BLANK. */
  readonly blank?: number
  /** Of the finite physical values; null when there is none. */
  readonly min?: number | null
  readonly max?: number | null
  readonly mean?: number | null
  /** Square root of the mean square. */
  readonly rms?: number | null
}

/**
 * Statistics of an HDU, BSCALE, BZERO and BLANK applied, in float64. Images are read in blocks of rows, so they may be larger
 * than memory.
 *
 * @throws FitsError as `readImage`
 */
export async function hduStatistics(hdu: Hdu, signal?: AbortSignal): Promise<HduStatistics> {
  const { index, name, type, bitpix, shape } = hdu
  const facts = { index, name, type, bitpix, shape }
  const pixels = shape.reduce((product, length) => product * length, 1)
  if ((type !== 'image' && type !== 'compressed-image') || shape.length === 0) return facts
  const sums = { finite: 0, min: Infinity, max: -Infinity, mean: 0, squares: 0 }
  for (const box of rowBoxes(shape.toReversed(), tileRowsOf(hdu))) {
    throwIfAborted(signal)
    addBlock(sums, (await readCube(hdu, { as: 'float64', ...box, signal })).data)
  }
  const { finite, min, max, mean, squares } = sums
  const hasData = finite > 0
  return {
    ...facts,
    finite,
    blank: pixels - finite,
    min: hasData ? min : null,
    max: hasData ? max : null,
    mean: hasData ? mean : null,
    rms: hasData ? Math.sqrt(squares / finite + mean * mean) : null,
  }
}

interface Sums {
  finite: number
  min: number
  max: number
  mean: number
  /** Sum of squared distances from the mean. */
  squares: number
}

/** Adds a block, combining means and squares without loss (Chan, Golub & LeVeque 1983, equation 2.1). */
function addBlock(sums: Sums, block: Float64Array): void {
  let count = 0
  let total = 0
  for (const value of block) {
    if (!Number.isFinite(value)) continue
    count++
    total += value
    if (value < sums.min) sums.min = value
    if (value > sums.max) sums.max = value
  }
  if (count === 0) return
  const mean = total / count
  let squares = 0
  for (const value of block) if (Number.isFinite(value)) squares += (value - mean) ** 2
  const all = sums.finite + count
  const shift = mean - sums.mean
  sums.squares += squares + shift * shift * ((sums.finite * count) / all)
  sums.mean += (shift * count) / all
  sums.finite = all
}
