import { LEVEL_HALF } from '@skyloom/kernels'
import type { PixelValues } from './histogram.ts'
import { type Stretch, stretchedLevel } from './stretch.ts'

const HALF = LEVEL_HALF
/** Behind the cells of both halves. */
const LAST_CELL = 2 * HALF
/** Part of the levels whose thresholds lie in the first half: stretches crowd them near the sky background. */
const FINE_PART = 0.9
const LAST_LEVEL = 255

/** Turns data values into whole levels fast; made once for a stretch. */
export interface LevelTable {
  /** Values become t = sign x value: -1 for negatives, so that levels always rise with t. */
  readonly sign: 1 | -1
  /** Least t of each level, and one that is never reached. */
  readonly thresholds: Float64Array
  readonly firstT: number
  readonly fineScale: number
  /** Where the second half begins. */
  readonly splitT: number
  readonly coarseScale: number
  /** Level of the least t of each cell; one cell more than are used. */
  readonly cells: Uint8Array
}

/**
 * Table of a stretch. The levels are exactly those of the formula: thresholds are found by bisection down to neighbouring numbers.
 *
 * @param rounding `nearest` for pictures of one image, `down` for the channels of three-colour pictures
 */
export function levelTable(stretch: Stretch, rounding: 'nearest' | 'down'): LevelTable {
  const sign = stretch.max > stretch.min ? 1 : -1
  const isTabulated = stretch.levels.length > 0
  const thresholds = isTabulated ? tabulated(stretch.levels) : bisected(stretch, sign, rounding)
  const reached = thresholds.filter((threshold) => threshold > -Infinity && threshold < Infinity)
  const firstT = reached[0] ?? 0
  const lastT = reached.at(-1) ?? firstT
  const splitT = reached[Math.floor(FINE_PART * reached.length)] ?? lastT
  const places = {
    firstT,
    fineScale: cellScale(firstT, splitT),
    splitT,
    coarseScale: cellScale(splitT, lastT),
  }
  const cells = new Uint8Array(LAST_CELL + 2).fill(LAST_LEVEL)
  for (let level = 0, cell = 0; level < LAST_LEVEL && cell <= LAST_CELL; level++) {
    // Thresholds rise with the level, so do their cells; the next level begins behind its threshold's cell.
    const end = cellOf(thresholds[level + 1]!, places) + 1
    cells.fill(level, cell, end)
    cell = Math.max(cell, end)
  }
  return { sign, thresholds: Float64Array.of(...thresholds, Number.NaN), ...places, cells }
}

/** Cells in a unit of t over a range; any number does for an empty one. */
function cellScale(from: number, to: number): number {
  return to > from ? Math.min(HALF / (to - from), Number.MAX_VALUE) : 1
}

/** Least value of each level of a Gaussian stretch: the next number above the entry before. */
function tabulated(levels: Float64Array): Float64Array {
  return levels.map((_, level) => (level === 0 ? -Infinity : nextAbove(levels[level - 1]!)))
}

function bisected(stretch: Stretch, sign: 1 | -1, rounding: 'nearest' | 'down'): Float64Array {
  const thresholds = new Float64Array(LAST_LEVEL + 1).fill(Infinity)
  thresholds[0] = -Infinity
  const level = (t: number): number => stretchedLevel(stretch, sign * t)
  const bottom = sign * stretch.min
  const top = topOf(stretch, sign)
  for (let index = 1; index <= LAST_LEVEL; index++) {
    const wanted = rounding === 'nearest' ? index - 0.5 : index
    if (level(top) < wanted) break
    thresholds[index] = leastWith((t) => level(t) >= wanted, bottom, top)
  }
  return thresholds
}

/** A t at which the stretch has reached its end or the largest value. */
function topOf({ kind, max, histogram }: Stretch, sign: 1 | -1): number {
  const ends = [sign * max, sign * histogram.min, sign * histogram.max]
  return kind === 'asinh' ? Math.max(...ends) : sign * max
}

/** Least number between two, the upper one included, for which a rising condition holds; it holds for the upper one. */
function leastWith(holds: (t: number) => boolean, from: number, to: number): number {
  let [low, high] = [from, to]
  for (;;) {
    const middle = low + (high - low) / 2
    if (middle <= low || middle >= high) return high
    if (holds(middle)) high = middle
    else low = middle
  }
}

function nextAbove(value: number): number {
  if (!Number.isFinite(value)) return value
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value === 0 ? 0 : value)
  view.setBigInt64(0, view.getBigInt64(0) + (value < 0 ? -1n : 1n))
  return view.getFloat64(0)
}

/** The cell of a t, as {@link levelsInto} finds it. */
function cellOf(
  t: number,
  {
    firstT,
    fineScale,
    splitT,
    coarseScale,
  }: Pick<LevelTable, 'firstT' | 'fineScale' | 'splitT' | 'coarseScale'>,
): number {
  const fine = (t - firstT) * fineScale
  if (fine < HALF) return fine > 0 ? Math.floor(fine) : 0
  const coarse = (t - splitT) * coarseScale
  return coarse < HALF ? HALF + (coarse > 0 ? Math.floor(coarse) : 0) : LAST_CELL
}

/** Where levels go. */
export interface LevelPlaces {
  /** Level of pixels without data; default 0. */
  readonly blankLevel?: number
  /** Place of the first level; default 0. */
  readonly offset?: number
  /** From one level to the next; default 1. */
  readonly stride?: number
}

/**
 * Writes the level of each value.
 *
 * Two to four table look-ups a pixel for every stretch: 4 times as fast as logarithms.
 */
export function levelsInto(
  out: Uint8Array,
  table: LevelTable,
  data: PixelValues,
  { blankLevel = 0, offset = 0, stride = 1 }: LevelPlaces = {},
): void {
  const { sign, thresholds, firstT, fineScale, splitT, coarseScale, cells } = table
  for (let i = 0, place = offset; i < data.length; i++, place += stride) {
    const t = sign * data[i]!
    // NaN fails all comparisons and lands in the last cell.
    const fine = (t - firstT) * fineScale
    let cell = fine > 0 ? fine | 0 : 0
    if (!(fine < HALF)) {
      const coarse = (t - splitT) * coarseScale
      cell = coarse < HALF ? HALF + (coarse > 0 ? coarse | 0 : 0) : LAST_CELL
    }
    let low = cells[cell]!
    // Most cells hold one threshold at most: a step without a branch that the processor would mispredict.
    low += Number(t >= thresholds[low + 1]!)
    let high = cells[cell + 1]!
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (t >= thresholds[middle]!) low = middle
      else high = middle - 1
    }
    out[place] = Number.isNaN(t) ? blankLevel : low
  }
}
