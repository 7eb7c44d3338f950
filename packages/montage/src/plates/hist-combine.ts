import { join } from 'node:path'
import { pathExists } from '../command/files.ts'
import { DEBUG_OPTION, type ManualRow } from '../command/manual.ts'
import {
  defineModule,
  type ModuleCall,
  type MontageModule,
  operand,
  optionValue,
  type Place,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { mCombineHist } from '../viewer/combine-hist.ts'
import { HISTOGRAM_FIELDS, type HistogramResult } from '../viewer/histogram.ts'
import { stretchWords } from '../viewer/read-directives.ts'
import { scanWords } from '../viewer/word-scanner.ts'
import { aroundPlate } from './around-plate.ts'
import { type PlateRun, readPlateList } from './plate-run.ts'
import { DEFAULT_STRETCH } from './stage.ts'
import { stretchArgument } from './stretch-argument.ts'

/** Input of {@link mHPXHistCombine}. */
export interface HistCombineInput {
  readonly plateList: string
  /** Folder of the histograms, `PLATE.hist`. */
  readonly folder: string
  /** Name of a plate, or `all`. */
  readonly plate: string
  /** Histogram file that is written. */
  readonly output: string
  /** Range and curve as mViewer takes them; default `-1s max gaussian-log`. */
  readonly stretch?: readonly string[]
}

/** Input of {@link mHPXCombineHist}. */
export interface HpxCombineHistInput extends Omit<HistCombineInput, 'plate' | 'output'> {
  /** Folder of the histograms that are written; it must exist. */
  readonly outputFolder: string
}

/** Result of {@link mHPXCombineHist}. */
export interface HpxCombineHistResult {
  /** Histograms of plates that were written, beside that of all. */
  readonly count: number
}

/** Stands for all plates. */
const ALL = 'all'

/**
 * Adds the histograms of a plate and the plates around it, or of all plates, and makes one stretch of them.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_BAD_ARGUMENT`, `MONTAGE_CANNOT_WRITE`
 */
export async function mHPXHistCombine(input: HistCombineInput, place: Place = {}): Promise<HistogramResult> {
  const run = await readPlateList(input.plateList, place)
  return await combine(run, input, place)
}

/**
 * Does for every plate with a histogram what mHPXHistCombine does, and for all together.
 *
 * @throws MontageError as {@link mHPXHistCombine}
 */
export async function mHPXCombineHist(
  input: HpxCombineHistInput,
  place: Place = {},
): Promise<HpxCombineHistResult> {
  const run = await readPlateList(input.plateList, place)
  let count = 0
  for (const { name } of run.plates) {
    if (!(await pathExists(place, histogramOf(input.folder, name)))) continue
    await combine(run, { ...input, plate: name, output: histogramOf(input.outputFolder, name) }, place)
    count++
  }
  await combine(run, { ...input, plate: ALL, output: histogramOf(input.outputFolder, ALL) }, place)
  return { count }
}

async function combine(
  run: Pick<PlateRun, 'plates' | 'across'>,
  { plate, folder, output, stretch = DEFAULT_STRETCH }: HistCombineInput,
  place: Place,
): Promise<HistogramResult> {
  const near = plate === ALL ? run.plates : aroundPlate(run, plate)
  const histograms: string[] = []
  for (const { name } of near) {
    const path = histogramOf(folder, name)
    if (await pathExists(place, path)) histograms.push(path)
  }
  if (histograms.length === 0)
    throw new MontageError('MONTAGE_NO_FILE', `There are no histograms of ${plate} in ${folder}`, {
      where: [folder],
      remedy: 'make them with mHistogram',
    })
  const [min = '', max = '', ...mode] = stretch
  const words = scanWords(mode)
  return await mCombineHist({ histograms, output, min, max, ...stretchWords(words) }, place)
}

function histogramOf(folder: string, name: string): string {
  return join(folder, `${name}.hist`)
}

const STRETCH_OPTION: ManualRow = [
  '-t stretch',
  `Range and curve, one word for the shell; default \`${DEFAULT_STRETCH.join(' ')}\`.`,
]
const LIST_OPERANDS: readonly ManualRow[] = [
  ['platelist.tbl', 'Plate list of mHPXPlateList or mHiPSSetup.'],
  ['histdir', 'Folder of the histograms of the plates, `PLATE.hist` by mHistogram.'],
]

function stretchOption(call: ModuleCall): { readonly stretch?: readonly string[] } {
  const text = optionValue(call, 't')
  return text === undefined ? {} : { stretch: stretchArgument(text) }
}

/** The module mHPXHistCombine. */
export const histCombineModule: MontageModule = defineModule<HistCombineInput, HistogramResult>({
  name: 'mHPXHistCombine',
  summary: 'Adds the histograms of a plate and the plates around it.',
  usage: '%s [-d][-t stretch] platelist.tbl histdir plate|all out.hist',
  style: 'getopt',
  options: 'dt:',
  operands: [4, 4],
  isNamed: true,
  fields: HISTOGRAM_FIELDS,
  manual: {
    description:
      'Adds the histograms of a plate and the up to eight plates around it, or of all plates, and makes one stretch of them: pictures of neighbouring plates then look alike. Plates without a histogram are passed over.\n\nThe arguments of this module in Montage are not on record; these are our own.',
    options: [DEBUG_OPTION, STRETCH_OPTION],
    operands: [
      ...LIST_OPERANDS,
      ['plate|all', 'Name of the plate; `all` for all plates.'],
      ['out.hist', 'Histogram file that is written.'],
    ],
    returns: {
      min: 'Value shown as black.',
      minpercent: 'The same as a percentile.',
      minsigma: 'The same in standard deviations.',
      max: 'Value shown as white.',
      maxpercent: 'The same as a percentile.',
      maxsigma: 'The same in standard deviations.',
      datamin: 'Least value.',
      datamax: 'Largest value.',
    },
    example: ['mHPXHistCombine platelist.tbl histograms plate07_12 combined/plate07_12.hist'],
  },
  read: (call) => ({
    plateList: operand(call, 0),
    folder: operand(call, 1),
    plate: operand(call, 2),
    output: operand(call, 3),
    ...stretchOption(call),
  }),
  run: mHPXHistCombine,
})

/** The module mHPXCombineHist. */
export const hpxCombineHistModule: MontageModule = defineModule<HpxCombineHistInput, HpxCombineHistResult>({
  name: 'mHPXCombineHist',
  summary: 'Adds the histograms of neighbouring plates for all plates.',
  usage: '%s [-d][-t stretch] platelist.tbl histdir outdir',
  style: 'getopt',
  options: 'dt:',
  operands: [3, 3],
  isNamed: true,
  fields: [['count', 'd']],
  manual: {
    description:
      'Does for every plate with a histogram what mHPXHistCombine does for one, to `outdir/PLATE.hist`, and for all plates together, to `outdir/all.hist`.\n\nThe arguments of this module in Montage are not on record; these are our own.',
    options: [DEBUG_OPTION, STRETCH_OPTION],
    operands: [...LIST_OPERANDS, ['outdir', 'Folder of the histograms that are written.']],
    returns: { count: 'Plates with a histogram.' },
    example: ['mHPXCombineHist platelist.tbl histograms combined'],
  },
  read: (call) => ({
    plateList: operand(call, 0),
    folder: operand(call, 1),
    outputFolder: operand(call, 2),
    ...stretchOption(call),
  }),
  run: mHPXCombineHist,
})
