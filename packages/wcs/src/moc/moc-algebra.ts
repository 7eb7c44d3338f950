import { type CellRanges, lowWordPlace, wordsOf } from '../healpix/cell-ranges.ts'
import { fullMoc, type Moc } from './moc.ts'

/*
 * Results have the finer order of the two, the right one for MOCs as areas. For MOCs as lists of where data are, the standard
 * ("Working resolution") wants the coarser order: degrade the finer MOC first.
 */

/** The sky of either MOC. */
export function mocUnion(a: Moc, b: Moc): Moc {
  return combine(a, b, 0b1110)
}

/** The sky of both MOCs. */
export function mocIntersection(a: Moc, b: Moc): Moc {
  return combine(a, b, 0b1000)
}

/** The sky of the first MOC without that of the second. */
export function mocDifference(a: Moc, b: Moc): Moc {
  return combine(a, b, 0b0010)
}

/** The sky of one MOC and not the other. */
export function mocSymmetricDifference(a: Moc, b: Moc): Moc {
  return combine(a, b, 0b0110)
}

/** The sky that a MOC leaves out. */
export function mocComplement(moc: Moc): Moc {
  return combine(fullMoc(moc.maxOrder), moc, 0b0010)
}

/** True when two MOCs share sky. */
export function mocsOverlap(a: Moc, b: Moc): boolean {
  return mocIntersection(a, b).ranges.length > 0
}

/** True when the first MOC holds all of the second. */
export function mocContainsMoc(a: Moc, b: Moc): boolean {
  return mocDifference(b, a).ranges.length === 0
}

/**
 * One walk over the bounds of both MOCs. Bit `inA + 2 inB` of `truth` says whether the result holds what lies in a or not and in b or not.
 */
function combine(a: Moc, b: Moc, truth: number): Moc {
  return { maxOrder: Math.max(a.maxOrder, b.maxOrder), ranges: combineRanges(a.ranges, b.ranges, truth) }
}

function combineRanges(a: CellRanges, b: CellRanges, truth: number): CellRanges {
  const wordsA = wordsOf(a)
  const wordsB = wordsOf(b)
  const low = lowWordPlace()
  const high = 1 - low
  const out = new Uint32Array(wordsA.length + wordsB.length)
  let used = 0
  let i = 0
  let j = 0
  let state = 0
  let isOpen = 0
  while (i < wordsA.length || j < wordsB.length) {
    // Beyond the last bound stands one that is higher than all.
    const highA = i < wordsA.length ? wordsA[i + high]! : 4294967295
    const highB = j < wordsB.length ? wordsB[j + high]! : 4294967295
    const lowA = i < wordsA.length ? wordsA[i + low]! : 4294967295
    const lowB = j < wordsB.length ? wordsB[j + low]! : 4294967295
    const takesA = highA < highB || (highA === highB && lowA <= lowB)
    const takesB = highB < highA || (highA === highB && lowB <= lowA)
    if (takesA) {
      state ^= 1
      i += 2
    }
    if (takesB) {
      state ^= 2
      j += 2
    }
    const isInside = (truth >> state) & 1
    if (isInside !== isOpen) {
      out[used + high] = takesA ? highA : highB
      out[used + low] = takesA ? lowA : lowB
      used += 2
      isOpen = isInside
    }
  }
  return new BigUint64Array(out.slice(0, used).buffer)
}
