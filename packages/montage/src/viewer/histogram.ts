import { formatHistogram, limitFacts } from '@skyloom/mosaic/view'
import { writeText } from '../command/files.ts'
import {
  defineModule,
  type ModuleCall,
  type MontageModule,
  type Place,
  usageError,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { openChannel, type PixelPart, stretchRequest } from './open-channel.ts'
import { stretchWords } from './read-directives.ts'
import type { ViewerImage } from './viewer-input.ts'
import { HISTOGRAM_MANUAL } from './viewer-manual.ts'
import { scanWords } from './word-scanner.ts'

/** Input of {@link mHistogram}. */
export interface HistogramInput extends Omit<ViewerImage, 'histogram'> {
  /** Only pixels of this part are counted; default all. */
  readonly range?: PixelPart
  readonly output: string
}

/** Limits of the stretch and range of the values. */
export interface HistogramResult {
  readonly min: number
  readonly minpercent: number
  readonly minsigma: number
  readonly max: number
  readonly maxpercent: number
  readonly maxsigma: number
  readonly datamin: number
  readonly datamax: number
}

/**
 * Counts the values of an image and writes histogram and stretch as a text that mViewer reads with `-histfile`.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_ARGUMENT`, `MONTAGE_CANNOT_WRITE`
 */
export async function mHistogram(input: HistogramInput, place: Place = {}): Promise<HistogramResult> {
  const { output, range, ...image } = input
  stretchRequest(image)
  const channel = await openChannel(place, image, range)
  await channel.image.file.close()
  const text = formatHistogram(channel.stretch, [image.min ?? 'min', image.max ?? 'max'])
  await writeText(place, output, text, 'Cannot open output histogram file.')
  return histogramResult(channel.stretch)
}

/** What the histogram modules return of a stretch. */
export function histogramResult(stretch: Parameters<typeof formatHistogram>[0]): HistogramResult {
  const { histogram } = stretch
  const low = limitFacts(histogram, stretch.min)
  const high = limitFacts(histogram, stretch.max)
  return {
    min: low.value,
    minpercent: low.percent,
    minsigma: low.sigma,
    max: high.value,
    maxpercent: high.percent,
    maxsigma: high.sigma,
    datamin: histogram.min,
    datamax: histogram.max,
  }
}

/** Values of the status line of the histogram modules. */
export const HISTOGRAM_FIELDS = [
  ['min', 'g'],
  ['minpercent', 'f2'],
  ['minsigma', 'f2'],
  ['max', 'g'],
  ['maxpercent', 'f2'],
  ['maxsigma', 'f2'],
  ['datamin', 'g'],
  ['datamax', 'g'],
] as const

function readCall({ operands }: ModuleCall): HistogramInput {
  if (operands.length < 2) throw usageError()
  const words = scanWords(operands)
  let image: Omit<ViewerImage, 'histogram'> | undefined
  let output: string | undefined
  let range: PixelPart | undefined
  while (!words.isAtEnd) {
    const word = words.next()
    if (word === '-d') continue
    if (word === '-file') {
      const [file = '', min = '', max = ''] = words.need('-file', 3)
      image = { file, min, max, ...stretchWords(words) }
    } else if (word === '-out') [output] = words.need('-out', 1)
    else if (word === '-range') range = readRange(words.need('-range', 4))
    else if (image === undefined)
      throw new MontageError('MONTAGE_BAD_ARGUMENT', 'No input FITS file name given')
    else throw new MontageError('MONTAGE_BAD_ARGUMENT', `Invalid directive: ${word}`)
  }
  if (image === undefined) throw new MontageError('MONTAGE_BAD_ARGUMENT', 'No input FITS file name given')
  if (output === undefined)
    throw new MontageError('MONTAGE_BAD_ARGUMENT', 'No output histogram file name given')
  return { ...image, output, ...(range === undefined ? {} : { range }) }
}

function readRange(words: readonly string[]): PixelPart {
  const [x0 = 0, x1 = 0, y0 = 0, y1 = 0] = words.map(Number)
  const isRange = [x0, x1, y0, y1].every(Number.isInteger) && x0 <= x1 && y0 <= y1
  if (isRange && words.every((word) => word.trim() !== '')) return { x0, x1, y0, y1 }
  throw new MontageError('MONTAGE_BAD_ARGUMENT', `Invalid pixel range: ${words.join(' ')}`, {
    allowed: 'x0 x1 y0 y1, whole pixels from 1, first not above last',
  })
}

/** The module mHistogram. */
export const histogramModule: MontageModule = defineModule<HistogramInput, HistogramResult>({
  name: 'mHistogram',
  summary: 'Counts the values of an image and writes a stretch that images can share.',
  usage:
    '%s [-d] [-range x0 x1 y0 y1] -file in.fits minrange maxrange [logpower/gaussian/gaussian-log/asinh [asinh-beta]] -out out.hist',
  style: 'words',
  options: [],
  operands: [1, 100],
  isNamed: true,
  fields: HISTOGRAM_FIELDS,
  read: readCall,
  run: mHistogram,
  manual: HISTOGRAM_MANUAL,
})
