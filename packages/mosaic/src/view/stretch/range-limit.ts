import { MosaicError } from '../../errors.ts'
import { type CumulativeHistogram, percentileLevel, sigmaLevel } from './histogram.ts'

/** An end of the range of data values that a picture shows. */
export interface RangeLimit {
  /** A data value, a percentile of the pixels, or sigmas from the median. */
  readonly kind: 'value' | 'percentile' | 'sigma'
  readonly level: number
  /** Added in data units. */
  readonly offset: number
}

/** A limit without anything added. */
export function rangeLimit(kind: RangeLimit['kind'], level: number): RangeLimit {
  return { kind, level, offset: 0 }
}

const NUMBER = String.raw`[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`
const LIMIT = new RegExp(String.raw`^\s*(?:(?<word>min|max|med)|(?<number>${NUMBER}))(?<rest>.*)$`, 's')
const REST = new RegExp(String.raw`^(?<unit>[%sS]?)(?<offset>[+-]${NUMBER})?\s*$`)
const WORDS: ReadonlyMap<string, number> = new Map([
  ['min', 0],
  ['med', 50],
  ['max', 100],
])

/**
 * Reads a range string: `12.5`, `99.5%`, `-2s`, `min`, `max`, `med`, each with an optional number of data units added (`max-10`,
 * `50%+2.5`).
 *
 * @param what what the range is for, in the words of mViewer: `display min`
 * @throws MosaicError `MOSAIC_BAD_OPTION`
 */
export function parseRangeLimit(text: string, what: string): RangeLimit {
  const parts = LIMIT.exec(text)?.groups
  const word = parts?.['word']
  const rest = REST.exec(parts?.['rest'] ?? '')?.groups
  if (parts === undefined) throw badRange(`'${text}' is not a valid ${what}`, text)
  if (rest === undefined || (word !== undefined && rest['unit'] !== '')) {
    const isUnit = word === undefined && /^[a-zA-Z]$/.test(parts['rest'] ?? '')
    throw badRange(
      isUnit ? `'${text}' is not a valid ${what}` : `${what} '${text}' contains trailing junk`,
      text,
    )
  }
  const offset = Number(rest['offset'] ?? 0)
  if (word !== undefined) return { kind: 'percentile', level: WORDS.get(word) ?? 0, offset }
  const level = Number(parts['number'])
  if (!Number.isFinite(level) || !Number.isFinite(offset))
    throw badRange(`'${text}' is not a valid ${what}`, text)
  if (rest['unit'] === '') return { kind: 'value', level, offset }
  if (rest['unit'] !== '%') return { kind: 'sigma', level, offset }
  if (level < 0) throw badRange(`'${text}': negative percentile ${what}`, text)
  if (level > 100) throw badRange(`'${text}': percentile ${what} larger than 100`, text)
  return { kind: 'percentile', level, offset }
}

function badRange(problem: string, found: string): MosaicError {
  return new MosaicError('MOSAIC_BAD_OPTION', problem, {
    found,
    allowed:
      'a number, with % for percentiles or s for sigmas, or min, max, med; then +n or -n in data units',
  })
}

/** The data value of a limit. */
export function limitValue(histogram: CumulativeHistogram, { kind, level, offset }: RangeLimit): number {
  switch (kind) {
    case 'value':
      return level + offset
    case 'percentile':
      return percentileLevel(histogram, level) + offset
    case 'sigma':
      return sigmaLevel(histogram, level) + offset
  }
}
