import { parsePrintf, printfDigits } from '@skyloom/fits/tables'
import { MosaicError } from '../../errors.ts'
import { binGauss, LEVEL_COUNT } from './gaussian-levels.ts'
import { BIN_COUNT, type CumulativeHistogram, histogramSigma, percentileLevel } from './histogram.ts'
import { limitFacts, type Stretch } from './stretch.ts'

// As the programs that read the format know it.
const COMMENT = `# HISTOGRAM DATA
#
# The following data is strictly formatted (after these initial comments).
# The first line is the type of stretch, i.e., power law (linear/log/etc.):0,
# gaussian:1, gaussian-log:2 or asinh:3.
#
# The second are the data ranges the user gave in the various units (data value,
# percentiles, 'sigma' levels) plus the file data min, max, median and 'sigma'.
#
# The third (a little repetitive) are the file statistics used in the histogram
# calculation: data min, max, the width of the bins ((max-min)/NBIN) and the
# total number of pixels in the file.
#
# Then the conclusions, starting with the 256 data values that correspond to
# the lowest data value associated with a 'grayscale' output value.
# These are only saved for gaussian and gaussian-log stretches.  For the others
# We just compute on the fly.
#
# Finally, the NBIN histogram values.  The first column is the bin number.
# The second is the lowest data value that will go into that bin.  This is
# the part that is stretch type dependent.  Next is the count of pixels that
# ended up in that bin followed by the cumulative count, and finally the 
# chi^2 and sigma levels for the bin.
#
`

const KINDS = ['power', 'gaussian', 'gaussian-log', 'asinh'] as const
const GENERAL = parsePrintf('%g')
const EXPONENT = parsePrintf('%13.6e')

/**
 * A stretch with its histogram in the text form of mHistogram.
 *
 * @param ranges the range strings that the limits were given by
 */
export function formatHistogram(stretch: Stretch, ranges: readonly [string, string]): string {
  const { histogram } = stretch
  const { min, max, binWidth, count } = histogram
  const g = (value: number): string => printfDigits(GENERAL, value)
  const low = limitFacts(histogram, stretch.min)
  const high = limitFacts(histogram, stretch.max)
  const head = [
    `Type ${typeWords(stretch)}`,
    '',
    `Ranges (${ranges[0]} ${ranges[1]})`,
    `Value ${g(low.value)} ${g(high.value)}`,
    `Percentile ${g(low.percent)} ${g(high.percent)}`,
    `Sigma ${g(low.sigma)} ${g(high.sigma)}`,
    `Min/Max ${g(min)} ${g(max)}`,
    `Median/Sigma ${g(percentileLevel(histogram, 50))} ${g(histogramSigma(histogram))}`,
    '',
    `rmin ${g(min)}`,
    `rmax ${g(max)}`,
    `delta ${g(binWidth)}`,
    `npix ${count}`,
    '',
    'Stretch Lookup',
  ]
  const lookup = Array.from(
    { length: LEVEL_COUNT },
    (_, level) => `${level} ${exponent(stretch.levels[level] ?? 0)}`,
  )
  const lines = [...head, ...lookup, '', `${BIN_COUNT} Histogram Bins`, ...binLines(histogram)]
  return `${COMMENT}${lines.join('\n')}\n`
}

function typeWords({ kind, power, beta }: Stretch): string {
  const index = KINDS.indexOf(kind)
  if (kind === 'power') return `${index} ${power} (power)`
  return kind === 'asinh' ? `${index} ${printfDigits(GENERAL, beta)} (asinh)` : `${index} (${kind})`
}

function* binLines(histogram: CumulativeHistogram): Generator<string> {
  const { below, count, min, binWidth } = histogram
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    const here = (below[bin + 1] ?? count) - below[bin]!
    yield `${bin} ${exponent(min + bin * binWidth)} ${here} ${exponent(below[bin]!)} ${exponent(binGauss(histogram, bin))}`
  }
}

/** As `%13.6e`, which pads to 13 characters. */
function exponent(value: number): string {
  if (!Number.isFinite(value)) return printfDigits(EXPONENT, value).padStart(13)
  const text = value.toExponential(6)
  const at = text.indexOf('e') + 2
  return (text.length - at < 2 ? `${text.slice(0, at)}0${text.slice(at)}` : text).padStart(13)
}

/**
 * Reads the text form of mHistogram, of this program or of Montage.
 *
 * The histogram is rebuilt from the counts of the bins; the limits have the six digits of the file.
 *
 * @throws MosaicError `MOSAIC_BAD_OPTION` with place and reason
 */
export function parseHistogram(text: string, name: string): Stretch {
  const lines = text.split(/\r?\n/)
  const find = (start: RegExp): number => lineOf(lines, start, name)
  const words = (start: RegExp): readonly number[] => {
    const at = find(start)
    const values = (lines[at] ?? '').trim().split(/\s+/).slice(1).map(Number)
    if (!Number.isFinite(values[0])) throw badFile(name, lines[at] ?? '', at)
    return values
  }
  const [index = 0, parameter = 0] = words(/^Type /)
  const kind = KINDS[index]
  const [low = 0, high = 0] = words(/^Value /)
  const [min = 0, max = 0] = words(/^Min\/Max /)
  const [count = 0] = words(/^npix /)
  if (kind === undefined || !(min < max) || !(count > 0))
    throw badFile(name, 'an empty histogram or unknown type')
  const histogram = readBins(lines, find(/^200000 Histogram Bins/) + 1, { min, max, count }, name)
  const lookup = find(/^Stretch Lookup/) + 1
  const hasLevels = kind === 'gaussian' || kind === 'gaussian-log'
  const levels = hasLevels ? lookupLevels(lines, lookup, name) : new Float64Array(0)
  return {
    kind,
    min: low,
    max: high === low ? low + 1 : high,
    power: kind === 'power' && Number.isFinite(parameter) ? parameter : 0,
    beta: kind === 'asinh' && Number.isFinite(parameter) ? parameter : 0,
    levels,
    histogram,
  }
}

/**
 * The data values of the 256 grey levels of a histogram file, whatever its stretch. Ones that are not Gaussian may have zeros only.
 *
 * @throws MosaicError `MOSAIC_BAD_OPTION` with place and reason
 */
export function parseHistogramLookup(text: string, name: string): Float64Array {
  const lines = text.split(/\r?\n/)
  return lookupLevels(lines, lineOf(lines, /^Stretch Lookup/, name) + 1, name)
}

function lookupLevels(lines: readonly string[], at: number, name: string): Float64Array {
  return Float64Array.from({ length: LEVEL_COUNT }, (_, level) => {
    const [number, value] = (lines[at + level] ?? '').trim().split(/\s+/).map(Number)
    if (number !== level || value === undefined || !Number.isFinite(value))
      throw badFile(name, lines[at + level] ?? '', at + level)
    return value
  })
}

function lineOf(lines: readonly string[], start: RegExp, name: string): number {
  const at = lines.findIndex((line) => start.test(line))
  if (at < 0) throw badFile(name, `no line that begins with ${start.source.slice(1)}`)
  return at
}

function readBins(
  lines: readonly string[],
  at: number,
  { min, max, count }: Pick<CumulativeHistogram, 'min' | 'max' | 'count'>,
  name: string,
): CumulativeHistogram {
  const below = new Float64Array(BIN_COUNT)
  let sum = 0
  for (let bin = 0; bin < BIN_COUNT; bin++) {
    const line = lines[at + bin] ?? ''
    const [number, , here] = line.trim().split(/\s+/, 3).map(Number)
    if (number !== bin || here === undefined || !(here >= 0)) throw badFile(name, line, at + bin)
    below[bin] = sum
    sum += here
  }
  if (sum !== count) throw badFile(name, `${sum} pixels in the bins, npix ${count}`)
  return { min, max, binWidth: (max - min) / (BIN_COUNT - 1), count, below }
}

function badFile(name: string, found: string, line?: number): MosaicError {
  return new MosaicError('MOSAIC_BAD_OPTION', `Invalid histogram file ${name}`, {
    where: line === undefined ? [name] : [name, `line ${line + 1}`],
    found,
    remedy: 'make the file with mHistogram',
  })
}
