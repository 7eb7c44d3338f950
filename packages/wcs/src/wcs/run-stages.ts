import { WcsError } from '../errors.ts'
import type { Stage } from '../projection/projection.ts'

/** Points handled together: three arrays of this length stay in the first-level cache. */
export const CHUNK = 512

interface Scratch {
  readonly p: Float64Array
  readonly q: Float64Array
  readonly s: Float64Array
}

let scratch: Scratch | undefined

/** Three work arrays of {@link CHUNK} numbers, made at first use and shared by all runs, which never overlap. */
export function workArrays(): Scratch {
  scratch ??= { p: new Float64Array(CHUNK), q: new Float64Array(CHUNK), s: new Float64Array(CHUNK) }
  return scratch
}

/**
 * Runs points through steps, from two arrays into two others (which may be the same), without allocating.
 *
 * A point that is NaN in one result is NaN in both.
 */
export function runStages(
  stages: readonly Stage[],
  inA: Float64Array,
  inB: Float64Array,
  outA: Float64Array,
  outB: Float64Array,
  count: number,
): void {
  checkLengths(inA, inB, outA, outB, count)
  const { p, q, s } = workArrays()
  for (let start = 0; start < count; start += CHUNK) {
    const length = Math.min(CHUNK, count - start)
    for (let i = 0; i < length; i++) {
      p[i] = inA[start + i]!
      q[i] = inB[start + i]!
    }
    for (const stage of stages) stage(p, q, s, length)
    for (let i = 0; i < length; i++) {
      const a = p[i]!
      const b = q[i]!
      // Infinity minus itself is NaN: what is not finite becomes NaN in both.
      const check = a - a + (b - b)
      outA[start + i] = a + check
      outB[start + i] = b + check
    }
  }
}

/**
 * Checks that four arrays hold `count` points.
 *
 * @throws {WcsError} `WCS_BAD_ARRAYS`
 */
export function checkLengths(
  inA: Float64Array,
  inB: Float64Array,
  outA: Float64Array,
  outB: Float64Array,
  count: number,
): void {
  const shortest = Math.min(inA.length, inB.length, outA.length, outB.length)
  if (Number.isInteger(count) && count >= 0 && count <= shortest) return
  throw new WcsError('WCS_BAD_ARRAYS', 'arrays of coordinates do not hold the points asked for', {
    found: `lengths ${inA.length}, ${inB.length}, ${outA.length}, ${outB.length}, count ${count}`,
    allowed: 'a count from 0 to the length of the shortest array',
    remedy: 'give arrays of equal length',
  })
}
