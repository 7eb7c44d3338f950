import {
  type ClassicCandidate,
  classicallyUsed,
  FIT_FIELDS,
  formatCorrectionTable,
  type RelaxOverlap,
  relaxBackground,
} from '@skyloom/mosaic'
import { writeText } from '../command/files.ts'
import { DEBUG_LEVEL_OPTION, STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  integerArgument,
  type ModuleCall,
  type MontageModule,
  operand,
  optionValue,
  type Place,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { needColumns, numbers, readTable } from '../table/table-columns.ts'

/** Input of {@link mBgModel}. */
export interface BgModelInput {
  /** Image metadata table. */
  readonly images: string
  /** Table of fits. */
  readonly fits: string
  /** Table of corrections that is written. */
  readonly corrections: string
  /** Default 10000. */
  readonly iterations?: number
  readonly isLevelOnly?: boolean
  /** Use all fits, also those of small or noisy overlaps. */
  readonly usesAll?: boolean
}

/** {@link mBgModel} reports nothing but success. */
export type BgModelResult = Readonly<Record<string, never>>

const DEFAULT_ITERATIONS = 10_000
/** More iterations change nothing any more and would only keep the machine busy. */
const MAX_ITERATIONS = 100_000_000

/**
 * Finds the background plane of every image from the planes fitted to their differences, with the classic relaxation.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`, `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_CANNOT_WRITE`
 */
export async function mBgModel(input: BgModelInput, place: Place = {}): Promise<BgModelResult> {
  const { iterations = DEFAULT_ITERATIONS } = input
  if (!(iterations >= 1 && iterations <= MAX_ITERATIONS)) {
    const problem = `Number of iterations too small (${iterations}). This parameter is normally around 5000.`
    throw new MontageError('MONTAGE_BAD_ARGUMENT', problem, { allowed: `1 to ${MAX_ITERATIONS}` })
  }
  const extents = await readExtents(input.images, place)
  const fits = await readFits(input.fits, place)
  const isUsed = input.usesAll === true ? fits.map(() => true) : classicallyUsed(fits, extents)
  const overlaps = fits.map((fit, index): RelaxOverlap => ({ ...fit, isUsed: isUsed[index] === true }))
  const corrections = relaxBackground(overlaps, { iterations, isLevelOnly: input.isLevelOnly === true })
  const text = formatCorrectionTable(corrections)
  await writeText(place, input.corrections, text, `Failed to open output ${input.corrections}`)
  return {}
}

/** Sizes of the images by their counters. */
async function readExtents(
  path: string,
  place: Place,
): Promise<readonly { readonly width: number; readonly height: number }[]> {
  const { table } = await readTable(place, path, `Invalid image metadata file: ${path}`)
  const problem = 'Need columns: cntr nl ns crpix1 crpix2 in image info file'
  needColumns(table, ['cntr|id', 'nl|naxis2', 'ns|naxis1', 'crpix1', 'crpix2'], path, problem)
  const widths = numbers(table, 'ns|naxis1')
  const heights = numbers(table, 'nl|naxis2')
  const extents: { width: number; height: number }[] = []
  numbers(table, 'cntr|id').forEach((counter, row) => {
    if (Number.isInteger(counter) && counter >= 0 && counter < table.rowCount)
      extents[counter] = { width: widths[row]!, height: heights[row]! }
  })
  return Array.from({ length: table.rowCount }, (_, index) => extents[index] ?? { width: 0, height: 0 })
}

async function readFits(
  path: string,
  place: Place,
): Promise<readonly (ClassicCandidate & Omit<RelaxOverlap, 'isUsed'>)[]> {
  const { table } = await readTable(place, path, `Invalid background fit parameters file: ${path}`)
  const names = ['plus', 'minus', ...FIT_FIELDS]
  needColumns(table, names, path, `Need columns: ${names.join(' ')}`)
  const columns = new Map(names.map((name) => [name, numbers(table, name)]))
  return Array.from({ length: table.rowCount }, (_, row) => {
    const value = (name: string): number => columns.get(name)?.[row] ?? 0
    return {
      plus: value('plus'),
      minus: value('minus'),
      plane: { a: value('a'), b: value('b'), c: value('c') },
      box: {
        x: value('boxx'),
        y: value('boxy'),
        width: value('boxwidth'),
        height: value('boxheight'),
        angleDeg: value('boxang'),
      },
      fit: {
        npixel: value('npixel'),
        rms: value('rms'),
        xmin: value('xmin'),
        xmax: value('xmax'),
        ymin: value('ymin'),
        ymax: value('ymax'),
      },
    }
  })
}

function readCall(call: ModuleCall): BgModelInput {
  const text = optionValue(call, 'i')
  const problem = `Argument for -i (${text ?? ''}) cannot be interpreted as an integer`
  return {
    images: operand(call, 0),
    fits: operand(call, 1),
    corrections: operand(call, 2),
    iterations: text === undefined ? DEFAULT_ITERATIONS : integerArgument(text, problem),
    isLevelOnly: hasOption(call, 'l'),
    usesAll: hasOption(call, 'a'),
  }
}

/** The module mBgModel. */
export const bgModelModule: MontageModule = defineModule<BgModelInput, BgModelResult>({
  name: 'mBgModel',
  summary: 'Finds background planes that make overlapping images agree.',
  usage:
    '%s [-i niter] [-l(evel-only)] [-d level] [-a(ll-overlaps)] [-s statusfile] images.tbl fits.tbl corrections.tbl',
  style: 'getopt',
  options: 'i:ld:as:',
  operands: [3, 3],
  isNamed: true,
  fields: [],
  manual: {
    description:
      'Finds for each image the background plane that makes overlapping images agree best, from the planes that were fitted to the differences of all pairs. The classic relaxation is used: each image is moved half way towards its neighbours, `niter` times.\n\nThe level of the whole mosaic is left as it is; only differences between images are taken away.',
    options: [
      ['-i niter', 'Iterations; default 10000.'],
      ['-l', 'Correct levels only, no slopes.'],
      DEBUG_LEVEL_OPTION,
      ['-a', 'Use all fits, also those of small or noisy overlaps.'],
      STATUS_OPTION,
    ],
    operands: [
      ['images.tbl', 'Image table as mImgtbl writes it of the projected images.'],
      ['fits.tbl', 'Table of fits by mFitExec, mDiffFitExec or mConcatFit.'],
      ['corrections.tbl', 'Table that is written.'],
    ],
    reads: [
      ['images.tbl', 'Columns `cntr`, `naxis1`, `naxis2`, `crpix1`, `crpix2`.'],
      ['fits.tbl', 'Columns `plus`, `minus` (counters of the images) and the values of mFitplane.'],
    ],
    writes: [['corrections.tbl', 'Columns `id`, `a`, `b`, `c`: the plane to take from image `id`.']],
    example: ['mBgModel images.tbl fits.tbl corrections.tbl'],
  },
  read: readCall,
  run: mBgModel,
})
