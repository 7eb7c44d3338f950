/** Noise of one tile and the range of its values. */
export interface NoiseEstimate {
  /** Standard deviation from one pixel to the next; 0 when it cannot be told. */
  readonly noise: number
  readonly min: number
  readonly max: number
  /** Values that are numbers. */
  readonly goodCount: number
}

/**
 * Background noise of an image from differences of neighbours in a row: robust against stars and slopes.
 * The smallest of three estimates is taken, from differences of second, third and fifth order; each is the median
 * over rows of the median of a row.
 *
 * @param cols length of a row; rows too short for an estimate are joined to one. Pixels that are NaN or infinite are left
 *   out, as if the row were shorter
 *
 * Source: Stoehr et al. 2007, ST-ECF Newsletter 42, p. 4 (the factors make a Gaussian's deviation of each median);
 * Pence, Seaman & White 2009, PASP 121, 414, section 3 (third order).
 */
export function estimateNoise(values: Float32Array | Float64Array, cols: number): NoiseEstimate {
  if (cols < MIN_NOISE_PIXELS && cols < values.length) return estimateNoise(values, values.length)
  const { min, max, goodCount } = rangeOf(values)
  // Differences in units of the range are safe in single precision, whatever the unit of the image is.
  const unit = max > min ? max - min : 1
  const line = new Float64Array(cols)
  const differences = [new Float32Array(cols), new Float32Array(cols), new Float32Array(cols)] as const
  const medians: readonly number[][] = [[], [], []]
  for (let start = 0; start < values.length; start += cols) {
    let length = 0
    const end = Math.min(values.length, start + cols)
    for (let i = start; i < end; i++) {
      const value = values[i]!
      // The difference of a number with itself is 0, that of NaN and infinities is not.
      if (value - value === 0) line[length++] = value
    }
    if (length < MIN_NOISE_PIXELS) continue
    const count = differencesInto(differences, line, length, 1 / unit)
    differences.forEach((list, order) => medians[order]?.push(medianOf(list.subarray(0, count))))
  }
  const estimates = FACTORS.map((factor, order) => factor * medianOf(Float32Array.from(medians[order] ?? [])))
  const known = estimates.filter((noise) => noise > 0)
  return { noise: known.length > 0 ? Math.min(...known) * unit : 0, min, max, goodCount }
}

/** Fewest good pixels of a row for fifth-order differences, which span nine. */
const MIN_NOISE_PIXELS = 9
/**
 * From the median absolute difference of second, third and fifth order to the standard deviation of Gaussian noise.
 * Source: Stoehr et al. 2007.
 */
const FACTORS: readonly number[] = [1.0483579, 0.6052697, 0.1772048]

/** Least and greatest number, and how many there are. */
export function rangeOf(values: Float32Array | Float64Array): Omit<NoiseEstimate, 'noise'> {
  let min = Infinity
  let max = -Infinity
  let goodCount = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (value - value !== 0) continue
    if (value < min) min = value
    if (value > max) max = value
    goodCount++
  }
  return { min, max, goodCount }
}

/** Absolute differences around pixels that have four neighbours on both sides; gives their count. */
function differencesInto(
  [second, third, fifth]: readonly [Float32Array, Float32Array, Float32Array],
  line: Float64Array,
  length: number,
  factor: number,
): number {
  const count = length - 8
  for (let i = 0; i < count; i++) {
    const here = line[i + 4]!
    const before = line[i + 2]!
    const after = line[i + 6]!
    const both = before + after
    second[i] = Math.abs(here - after) * factor
    third[i] = Math.abs(2 * here - both) * factor
    fifth[i] = Math.abs(6 * here - 4 * both + line[i]! + line[i + 8]!) * factor
  }
  return count
}

/**
 * The middle one of numbers that are not negative, the upper one of two; 0 for none. Found by counting: the bits of such
 * numbers are in the order of the numbers, so the bucket of the median is known after one pass and only that is looked at
 * again. On rows of 5,000 pixels it is 8 times faster than sorting.
 */
export function medianOf(values: Float32Array): number {
  if (values.length === 0) return 0
  let bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  let rank = values.length >> 1
  if (members.length < values.length) members = new Uint32Array(2 * values.length)
  for (const shift of SHIFTS) {
    counts.fill(0)
    for (let i = 0; i < bits.length; i++) counts[(bits[i]! >>> shift) & (BUCKETS - 1)]!++
    let bucket = 0
    while (counts[bucket]! <= rank) rank -= counts[bucket++]!
    // Of one left no more is to be found out.
    if (bits.length === 1) break
    let count = 0
    for (let i = 0; i < bits.length; i++) {
      const word = bits[i]!
      // Written over in place from the second pass on: `count` never passes `i`.
      if (((word >>> shift) & (BUCKETS - 1)) === bucket) members[count++] = word
    }
    bits = members.subarray(0, count)
  }
  asFloat.word[0] = bits[0]!
  return asFloat.number[0]!
}

/** Buckets of 11 bits: 32 bits are 11 of them, 11 and 10 (the two lowest shifts overlap by one bit, which does no harm). */
const BUCKETS = 2048
const SHIFTS: readonly number[] = [21, 10, 0]
// Kept from call to call: fresh arrays for every row would cost more than the counting.
const counts = new Uint32Array(BUCKETS)
let members = new Uint32Array(4096)
const asFloat = viewsOfWord()

function viewsOfWord(): { readonly word: Uint32Array; readonly number: Float32Array } {
  const word = new Uint32Array(1)
  return { word, number: new Float32Array(word.buffer) }
}
