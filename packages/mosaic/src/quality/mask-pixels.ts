import type { NativeArray } from '@skyloom/fits'

/**
 * Functions that blank pixels of an image (make them NaN). Each gives the number of pixels that had a value before.
 */

/** Blanks values from `saturation` on and those of a list. */
export function maskValues(
  pixels: Float32Array,
  {
    saturation = Infinity,
    bad = [],
  }: { readonly saturation?: number | undefined; readonly bad?: readonly number[] },
): number {
  // As stored: float32.
  const list = new Set(bad.map(Math.fround))
  const limit = saturation
  let count = 0
  for (let i = 0; i < pixels.length; i++) {
    const value = pixels[i]!
    if (value >= limit || (list.size > 0 && list.has(value))) {
      count += Number.isNaN(value) ? 0 : 1
      pixels[i] = Number.NaN
    }
  }
  return count
}

/** Blanks pixels whose mask has one of the bits set, or with all bits wanted, is anything but 0. */
export function maskByBits(pixels: Float32Array, mask: NativeArray, bits: number): number {
  let count = 0
  const isAll = bits === ALL_BITS
  const wide = BigInt(bits)
  for (let i = 0; i < pixels.length; i++) {
    const flags = mask[i]!
    const isBad =
      typeof flags === 'bigint'
        ? isAll
          ? flags !== 0n
          : (flags & wide) !== 0n
        : isAll
          ? flags !== 0
          : (flags & bits) !== 0
    if (isBad && !Number.isNaN(pixels[i]!)) {
      count++
      pixels[i] = Number.NaN
    }
  }
  return count
}

/** Every bit of a mask. */
export const ALL_BITS = 0xffffffff

/**
 * Blanks pixels whose weight or variance is not a positive finite number, and makes that NaN wherever the image has no data, so that both know
 * the same pixels.
 *
 * @returns pixels that had a value before, and the first negative number with its place
 */
export function maskByPlane(
  pixels: Float32Array,
  plane: Float32Array,
): { readonly count: number; readonly negativeAt: number | undefined } {
  let count = 0
  let negativeAt: number | undefined
  for (let i = 0; i < pixels.length; i++) {
    const number = plane[i]!
    if (!(number > 0 && number < Infinity)) {
      if (number < 0) negativeAt ??= i
      if (!Number.isNaN(pixels[i]!)) {
        count++
        pixels[i] = Number.NaN
      }
    }
    if (!(Math.abs(pixels[i]!) < Infinity)) plane[i] = Number.NaN
  }
  return { count, negativeAt }
}
