import {
  combineHistograms,
  formatHistogram,
  makeStretch,
  parseHistogram,
  type StretchRequest,
} from '@skyloom/mosaic/view'
import { readText, writeText } from '../command/files.ts'
import {
  defineModule,
  type ModuleCall,
  type MontageModule,
  type Place,
  usageError,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { HISTOGRAM_FIELDS, type HistogramResult, histogramResult } from './histogram.ts'
import { classicErrors, stretchRequest } from './open-channel.ts'
import { stretchWords } from './read-directives.ts'
import type { ViewerImage } from './viewer-input.ts'
import { COMBINE_MANUAL } from './viewer-manual.ts'
import { scanWords } from './word-scanner.ts'

/** Input of {@link mCombineHist}. */
export interface CombineHistInput extends Omit<ViewerImage, 'file' | 'histogram'> {
  /** Histogram files of mHistogram. */
  readonly histograms: readonly string[]
  readonly output: string
}

/**
 * Adds histograms over the range of them all and makes one stretch of them, so that many images are shown alike.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_ARGUMENT`, `MONTAGE_CANNOT_WRITE`
 */
export async function mCombineHist(input: CombineHistInput, place: Place = {}): Promise<HistogramResult> {
  const { histograms, output, ...limits } = input
  const request: StretchRequest = stretchRequest({ file: '', ...limits })
  const parts = []
  for (const path of histograms) {
    const text = await readText(place, path, `Cannot open histogram file ${path}`)
    parts.push(classicErrors(() => parseHistogram(text, path).histogram))
  }
  const combined = combineHistograms(parts)
  if (combined === undefined) throw new MontageError('MONTAGE_BAD_ARGUMENT', 'No histogram files given')
  const stretch = classicErrors(() => makeStretch(combined, request))
  const text = formatHistogram(stretch, [limits.min ?? 'min', limits.max ?? 'max'])
  await writeText(place, output, text, 'Cannot open output histogram file.')
  return histogramResult(stretch)
}

function readCall({ operands }: ModuleCall): CombineHistInput {
  if (operands.length < 2) throw usageError()
  const words = scanWords(operands)
  const histograms: string[] = []
  let limits: Omit<ViewerImage, 'file' | 'histogram'> = {}
  let output: string | undefined
  while (!words.isAtEnd) {
    const word = words.next()
    if (word === '-d') continue
    if (word === '-stretch') {
      const [min = '', max = ''] = words.need('-stretch', 2)
      limits = { min, max, ...stretchWords(words) }
    } else if (word === '-out') [output] = words.need('-out', 1)
    else if (word.startsWith('-'))
      throw new MontageError('MONTAGE_BAD_ARGUMENT', `Invalid directive: ${word}`)
    else histograms.push(word)
  }
  if (output === undefined)
    throw new MontageError('MONTAGE_BAD_ARGUMENT', 'No output histogram file name given')
  if (histograms.length === 0) throw new MontageError('MONTAGE_BAD_ARGUMENT', 'No histogram files given')
  return { histograms, output, ...limits }
}

/** The module mCombineHist. */
export const combineHistModule: MontageModule = defineModule<CombineHistInput, HistogramResult>({
  name: 'mCombineHist',
  summary: 'Adds histograms and makes one stretch for all their images.',
  usage: '%s [-d] -stretch minrange maxrange [mode [beta]] -out out.hist in.hist ...',
  style: 'words',
  options: [],
  operands: [1, Number.MAX_SAFE_INTEGER],
  isNamed: true,
  fields: HISTOGRAM_FIELDS,
  read: readCall,
  run: mCombineHist,
  manual: COMBINE_MANUAL,
})
