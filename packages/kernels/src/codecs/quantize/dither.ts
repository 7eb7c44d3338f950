/** Methods of dithering by the number that kernels know them by. */
export const DITHERINGS = ['NO_DITHER', 'SUBTRACTIVE_DITHER_1', 'SUBTRACTIVE_DITHER_2'] as const

/** How numbers were added before rounding when floats were quantized: the keyword `ZQUANTIZ`. */
export type Dithering = (typeof DITHERINGS)[number]

/** Length of the standard sequence; `ZDITHER0` is 1 to this number. */
export const DITHER_COUNT = 10_000

let sequence: Float32Array | undefined

/**
 * The standard sequence of 10,000 numbers in [0, 1), single precision.
 *
 * Source: FITS Standard 4.0, appendix I: Park & Miller's minimal standard generator with seed 1.
 */
export function ditherSequence(): Float32Array {
  if (sequence !== undefined) return sequence
  const values = new Float32Array(DITHER_COUNT)
  let seed = 1
  for (let i = 0; i < DITHER_COUNT; i++) {
    seed = (seed * 16807) % 2147483647
    values[i] = seed / 2147483647
  }
  sequence = values
  return values
}

/** Index of the number of `ditherSequence` from which a tile's own start is derived. */
export function ditherSeed(tileRow: number, ditherStart: number): number {
  return (tileRow + ditherStart - 1) % DITHER_COUNT
}

/** Where in the sequence the walk for a seed begins. */
export function ditherOffset(seed: number): number {
  return Math.floor(Math.fround(ditherSequence()[seed]! * 500))
}
