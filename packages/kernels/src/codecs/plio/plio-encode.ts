/** Words of the header of a line list, and its version number. */
const HEADER_WORDS = 7
const VERSION = 0x10000 - 100
/** Largest number in an instruction. */
const MAX_DATA = 4095
/** Largest pixel that a PLIO list holds: 2^24 - 1. */
export const PLIO_MAX_PIXEL: number = 0xffffff

const ZEROS = 0x0000
const SET_HIGH = 0x1000
const RAISE_HIGH = 0x2000
const LOWER_HIGH = 0x3000
const HIGHS = 0x4000
const ZEROS_THEN_HIGH = 0x5000
const RAISE_AND_PUT = 0x6000
const LOWER_AND_PUT = 0x7000

/**
 * A PLIO_1 line list of the pixels, big-endian 16-bit words; meant for masks with long runs.
 *
 * @param pixels each from 0 to {@link PLIO_MAX_PIXEL}
 * @returns undefined when a pixel is outside that range or the list needs more words than its header can say
 *
 * Source: FITS Standard 4.0, section 10.4.3.
 */
export function encodePlio(pixels: Int32Array): Uint8Array | undefined {
  const words: number[] = [0, HEADER_WORDS, VERSION, 0, 0, 0, 0]
  let high = 1
  let zeros = 0
  for (let start = 0; start < pixels.length; ) {
    const value = pixels[start]!
    if (value < 0 || value > PLIO_MAX_PIXEL) return undefined
    let end = start + 1
    while (end < pixels.length && pixels[end] === value) end++
    const runLength = end - start
    start = end
    if (value === 0) {
      zeros = runLength
      continue
    }
    putRun(words, zeros, value, value - high, runLength)
    zeros = 0
    high = value
  }
  putRepeated(words, ZEROS, zeros)
  if (words.length >= 2 ** 30) return undefined
  words[3] = words.length & 0x7fff
  words[4] = words.length >> 15
  const bytes = new Uint8Array(words.length * 2)
  words.forEach((word, index) => {
    bytes[2 * index] = word >> 8
    bytes[2 * index + 1] = word & 0xff
  })
  return bytes
}

/** Zeros, then `runLength` pixels of `value`, which is `change` away from the current high value. */
function putRun(words: number[], zeros: number, value: number, change: number, runLength: number): void {
  const isSmallChange = change !== 0 && Math.abs(change) <= MAX_DATA
  if (isSmallChange && runLength === 1) {
    putRepeated(words, ZEROS, zeros)
    words.push((change > 0 ? RAISE_AND_PUT : LOWER_AND_PUT) | Math.abs(change))
    return
  }
  if (isSmallChange) words.push((change > 0 ? RAISE_HIGH : LOWER_HIGH) | Math.abs(change))
  else if (change !== 0) words.push(SET_HIGH | (value & MAX_DATA), value >> 12)
  if (runLength === 1 && zeros > 0 && zeros < MAX_DATA) {
    words.push(ZEROS_THEN_HIGH | (zeros + 1))
    return
  }
  putRepeated(words, ZEROS, zeros)
  putRepeated(words, HIGHS, runLength)
}

function putRepeated(words: number[], operation: number, count: number): void {
  for (let left = count; left > 0; left -= MAX_DATA) words.push(operation | Math.min(left, MAX_DATA))
}
