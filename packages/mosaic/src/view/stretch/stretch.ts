import { MosaicError } from '../../errors.ts'
import { gaussianLevels } from './gaussian-levels.ts'
import { type CumulativeHistogram, percentBelow, sigmasAbove } from './histogram.ts'
import { limitValue, type RangeLimit, rangeLimit } from './range-limit.ts'

/** How data values between black and white become grey levels. */
export type StretchMode =
  /** `power` logarithms one after the other; 0 is linear, 1 log, 2 loglog. */
  | { readonly kind: 'power'; readonly power: number }
  /** Histogram equalisation to a Gaussian. */
  | { readonly kind: 'gaussian' }
  | { readonly kind: 'gaussian-log' }
  | { readonly kind: 'asinh'; readonly beta: RangeLimit }

/** Linear stretch. */
export const LINEAR: StretchMode = { kind: 'power', power: 0 }
/** Beta of the asinh stretch when none is given: 2 sigmas. */
export const DEFAULT_BETA: RangeLimit = rangeLimit('sigma', 2)

/** What a picture shows of an image's values, and how. */
export interface StretchRequest {
  readonly min: RangeLimit
  readonly max: RangeLimit
  readonly mode: StretchMode
}

/** A stretch with its limits as data values. */
export interface Stretch {
  readonly kind: StretchMode['kind']
  /** Data value shown as black; above `max` for negatives. */
  readonly min: number
  readonly max: number
  readonly power: number
  readonly beta: number
  /** Data values of the 256 levels for the Gaussian stretches, else empty. */
  readonly levels: Float64Array
  readonly histogram: CumulativeHistogram
}

/** Limits in all units, as status lines and histogram files have them. */
export interface LimitFacts {
  readonly value: number
  readonly percent: number
  readonly sigma: number
}

/** A data value with its percentile and its distance from the median in sigmas. */
export function limitFacts(histogram: CumulativeHistogram, value: number): LimitFacts {
  return { value, percent: percentBelow(histogram, value), sigma: sigmasAbove(histogram, value) }
}

/** Most logarithms one after the other: more change nothing. */
const MAX_POWER = 1000

/**
 * Reads the name of a stretch: `linear`, `log`, `loglog`, a whole number of logarithms, a word with g for Gaussian (ending in g or l:
 * gaussian-log), a word with a for asinh.
 *
 * @returns undefined when it is none
 */
export function parseStretchMode(word: string, beta: RangeLimit = DEFAULT_BETA): StretchMode | undefined {
  const name = word.toLowerCase()
  if (/^\d+$/.test(name)) return { kind: 'power', power: Math.min(MAX_POWER, Number(name)) }
  if (/^lin/.test(name)) return LINEAR
  if (name === 'log') return { kind: 'power', power: 1 }
  if (name === 'loglog') return { kind: 'power', power: 2 }
  if (name.startsWith('a')) return { kind: 'asinh', beta }
  if (!name.startsWith('g')) return undefined
  return name.length > 1 && /[gl]$/.test(name) ? { kind: 'gaussian-log' } : { kind: 'gaussian' }
}

/** A stretch over an image's values. Equal limits are parted by 1. */
export function makeStretch(histogram: CumulativeHistogram, request: StretchRequest): Stretch {
  const { mode } = request
  const min = limitValue(histogram, request.min)
  const upper = limitValue(histogram, request.max)
  const max = upper === min ? min + 1 : upper
  const hasLevels = mode.kind === 'gaussian' || mode.kind === 'gaussian-log'
  if (hasLevels && max < min)
    throw new MosaicError('MOSAIC_BAD_OPTION', `a ${mode.kind} stretch needs a minimum below its maximum`, {
      found: `${min} and ${max}`,
      remedy: 'use an inverse colour table for negatives',
    })
  return {
    kind: mode.kind,
    min,
    max,
    power: mode.kind === 'power' ? mode.power : 0,
    beta: mode.kind === 'asinh' ? limitValue(histogram, mode.beta) : 0,
    levels: hasLevels ? gaussianLevels(histogram, min, max, mode.kind) : new Float64Array(0),
    histogram,
  }
}

/**
 * The level of a data value as a real number from 0 to 255, NaN for NaN.
 *
 * Power: `ln(9 x + 1)` as often as `power` says; asinh: `asinh(beta x) / beta`; x runs from 0 at `min` to 1 at `max`.
 */
export function stretchedLevel(stretch: Stretch, value: number): number {
  return Math.min(255, openLevel(stretch, value))
}

/** As {@link stretchedLevel}, but what goes beyond 255 stays beyond: for rules that compare channels. */
export function openLevel(stretch: Stretch, value: number): number {
  const { kind, min, max, power, beta, levels } = stretch
  if (levels.length > 0) return Number.isNaN(value) ? value : firstAtLeast(levels, value)
  const x = Math.max(0, (value - min) / (max - min))
  if (kind === 'asinh') return beta === 0 ? 255 * x : (255 * Math.asinh(beta * x)) / beta
  let level = Math.min(1, x)
  for (let i = 0; i < power; i++) level = Math.log(9 * level + 1)
  return 255 * level
}

/** First entry that is not below the value, the last one when there is none. */
function firstAtLeast(levels: Float64Array, value: number): number {
  let low = 0
  let high = levels.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (levels[middle]! >= value) high = middle
    else low = middle + 1
  }
  return low
}
