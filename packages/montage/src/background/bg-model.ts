import {
  classicallyUsed,
  formatCorrectionTable,
  type ImageCorrection,
  type ImageExtent,
  type OverlapFit,
  type RelaxOverlap,
  type RelaxSchedule,
  rejectFits,
  relaxBackground,
  solveBackgroundRobustly,
  usedIn2026,
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
import { type BgImage, readBgFits, readBgImages, type TableFit } from './bg-tables.ts'
import { readGapFits } from './gap-fits.ts'

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
  /**
   * `classic` (default): the relaxation of Montage 6.0; `toggle`, `flip`: those of 2026 with its choice of overlaps; `direct`: the robust
   * least-squares solution that the relaxations approach.
   */
  readonly method?: 'classic' | 'toggle' | 'flip' | 'direct'
  /** Folder with `gap.tbl` and `wrap.tbl`, overlaps across the seams of an HPX map. Goes with the relaxations. */
  readonly gapFolder?: string
}

/** Result of {@link mBgModel}; the classic method reports nothing but success. */
export interface BgModelResult {
  /** Corrections that are no numbers. */
  readonly nnan?: number
  /** Least and largest level of a correction. */
  readonly cmin?: number
  readonly cmax?: number
}

const DEFAULT_ITERATIONS = 10_000
/** More iterations change nothing any more and would only keep the machine busy. */
const MAX_ITERATIONS = 100_000_000

/**
 * Finds the background plane of every image from the planes fitted to their differences.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`, `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_CANNOT_WRITE`
 */
export async function mBgModel(input: BgModelInput, place: Place = {}): Promise<BgModelResult> {
  const { iterations = DEFAULT_ITERATIONS, method = 'classic' } = input
  if (!(iterations >= 1 && iterations <= MAX_ITERATIONS)) {
    const problem = `Number of iterations too small (${iterations}). This parameter is normally around 5000.`
    throw new MontageError('MONTAGE_BAD_ARGUMENT', problem, { allowed: `1 to ${MAX_ITERATIONS}` })
  }
  const is2026 = method === 'toggle' || method === 'flip' || input.gapFolder !== undefined
  const images = await readBgImages(input.images, place, {
    isLevelOnly: is2026 && input.isLevelOnly === true,
  })
  const fits = await readBgFits(input.fits, place)
  const corrections =
    method === 'direct'
      ? solveDirectly(images, fits, input)
      : await relax(images, fits, { ...input, iterations, method }, is2026, place)
  const ordered = is2026 ? [...corrections].sort((a, b) => a.id - b.id) : corrections
  const problem = `Failed to open output ${input.corrections}`
  await writeText(place, input.corrections, formatCorrectionTable(ordered), problem)
  return is2026 || method === 'direct' ? summaryOf(ordered) : {}
}

function summaryOf(corrections: readonly ImageCorrection[]): BgModelResult {
  const levels = corrections.map(({ c }) => c).filter((c) => !Number.isNaN(c))
  const cmin = levels.reduce((least, c) => Math.min(least, c), Infinity)
  const cmax = levels.reduce((most, c) => Math.max(most, c), -Infinity)
  const nnan = corrections.length - levels.length
  return levels.length === 0 ? { nnan, cmin: 0, cmax: 0 } : { nnan, cmin, cmax }
}

interface RelaxInput extends BgModelInput {
  readonly iterations: number
  readonly method: 'classic' | 'toggle' | 'flip'
}

async function relax(
  images: readonly BgImage[],
  fits: readonly TableFit[],
  input: RelaxInput,
  is2026: boolean,
  place: Place,
): Promise<readonly ImageCorrection[]> {
  const isUsed = input.usesAll === true ? undefined : usedFits(images, fits, is2026)
  const overlaps = fits.map(
    (fit, index): RelaxOverlap => ({ ...fit, isUsed: isUsed === undefined || isUsed[index] === true }),
  )
  const gaps = input.gapFolder === undefined ? [] : await readGapFits(input.gapFolder, images, place)
  const schedules: Readonly<Record<RelaxInput['method'], RelaxSchedule>> = {
    classic: 'all',
    toggle: 'toggle',
    flip: 'flip',
  }
  const schedule = input.isLevelOnly === true ? 'level' : schedules[input.method]
  const locked = new Set(images.filter(({ isLocked }) => isLocked).map(({ counter }) => counter))
  return relaxBackground([...overlaps, ...gaps], { iterations: input.iterations, schedule, locked })
}

/** Which fits the rules of 6.0 or 2026 use. */
function usedFits(
  images: readonly BgImage[],
  fits: readonly TableFit[],
  is2026: boolean,
): readonly boolean[] {
  const indexOf = new Map(images.map(({ counter }, index) => [counter, index]))
  const candidates = fits.map(({ plus, minus, fit }) => ({
    plus: indexOf.get(plus) ?? -1,
    minus: indexOf.get(minus) ?? -1,
    fit,
  }))
  const extents: readonly ImageExtent[] = images
  return is2026 ? usedIn2026(candidates, extents) : classicallyUsed(candidates, extents)
}

function solveDirectly(
  images: readonly BgImage[],
  fits: readonly TableFit[],
  { isLevelOnly = false, usesAll = false, images: path }: BgModelInput,
): readonly ImageCorrection[] {
  const indexOf = new Map(images.map(({ counter }, index) => [counter, index]))
  const place = (counter: number): number => {
    const index = indexOf.get(counter)
    if (index !== undefined) return index
    throw new MontageError('MONTAGE_BAD_TABLE', `Image ${counter} of a fit is not in the image table`, {
      where: [path],
      remedy: 'give the table that the overlaps were made from',
    })
  }
  const overlaps = fits.map(
    ({ plus, minus, fit }): OverlapFit => ({ plus: place(plus), minus: place(minus), fit }),
  )
  const reasons = usesAll ? [] : rejectFits(overlaps, images)
  const used = overlaps.filter((_, index) => reasons[index] === undefined)
  const locked = new Set(images.flatMap(({ isLocked }, index) => (isLocked ? [index] : [])))
  const moments = images.map((image) => image.moments)
  const { corrections } = solveBackgroundRobustly(moments, used, isLevelOnly ? 'level' : 'plane', { locked })
  return images.map(({ counter }, index) => ({ id: counter, ...corrections[index]! }))
}

function readCall(call: ModuleCall): BgModelInput {
  const text = optionValue(call, 'i')
  const problem = `Argument for -i (${text ?? ''}) cannot be interpreted as an integer`
  const gapFolder = optionValue(call, 'g')
  const methods = (['t', 'f', 'D'] as const).filter((name) => hasOption(call, name))
  if (methods.length > 1 || (methods[0] === 'D' && gapFolder !== undefined))
    throw new MontageError(
      'MONTAGE_BAD_ARGUMENT',
      'Options -t, -f and -D, and -D and -g, exclude each other',
      {
        found: methods.map((name) => `-${name}`).join(' '),
      },
    )
  const names = { t: 'toggle', f: 'flip', D: 'direct' } as const
  const [chosen] = methods
  return {
    images: operand(call, 0),
    fits: operand(call, 1),
    corrections: operand(call, 2),
    iterations: text === undefined ? DEFAULT_ITERATIONS : integerArgument(text, problem),
    isLevelOnly: hasOption(call, 'l'),
    usesAll: hasOption(call, 'a'),
    method: chosen === undefined ? 'classic' : names[chosen],
    ...(gapFolder === undefined ? {} : { gapFolder }),
  }
}

/** The module mBgModel. */
export const bgModelModule: MontageModule = defineModule<BgModelInput, BgModelResult>({
  name: 'mBgModel',
  summary: 'Finds background planes that make overlapping images agree.',
  usage:
    '%s [-i niter] [-l(evel-only)] [-d level] [-a(ll-overlaps)] [-t(oggle) | -f(lip) | -D(irect)] [-g gapdir] [-s statusfile] images.tbl fits.tbl corrections.tbl',
  style: 'getopt',
  options: 'i:ld:atfDg:s:',
  operands: [3, 3],
  isNamed: true,
  fields: [
    ['nnan', 'd'],
    ['cmin', 'g'],
    ['cmax', 'g'],
  ],
  manual: {
    description:
      'Finds for each image the background plane that makes overlapping images agree best, from the planes that were fitted to the differences of all pairs. By default the relaxation of Montage 6.0 is used: each image is moved half way towards its neighbours, `niter` times, first by levels alone, then by planes. Overlaps of few pixels, short ones and noisy ones are left out.\n\nThe level of the whole mosaic is left as it is; only differences between images are taken away. With `-D` the same least-squares problem is solved directly, which takes milliseconds also for thousands of images; overlaps that disagree with the others count less, and the images change least as a whole.\n\nImages with 1 in a column `locked` are not corrected.',
    options: [
      ['-i niter', 'Iterations; default 10000.'],
      ['-l', 'Correct levels only, no slopes.'],
      DEBUG_LEVEL_OPTION,
      ['-a', 'Use all fits, also those of small or noisy overlaps.'],
      [
        '-t',
        'Relaxation of Montage of 2026: levels in the first half of the iterations, then slopes only. It does not reach the solution that 6.0 approaches. Its choice of overlaps and the order of its table go with it.',
      ],
      ['-f', 'As `-t`, with levels and slopes in turns of 1000 iterations, or of a tenth of all.'],
      [
        '-D',
        'Solve directly and robustly instead of by relaxation. All images are in the table of corrections.',
      ],
      [
        '-g gapdir',
        'Folder with `gap.tbl` (column `file`: files of fits across the gaps of an HPX map) and `wrap.tbl` (columns `plus`, `minus`: files that show the same sky on both sides of its seam).',
      ],
      STATUS_OPTION,
    ],
    operands: [
      ['images.tbl', 'Image table as mImgtbl writes it of the projected images.'],
      ['fits.tbl', 'Table of fits by mFitExec, mDiffFitExec or mConcatFit.'],
      ['corrections.tbl', 'Table that is written.'],
    ],
    reads: [
      [
        'images.tbl',
        'Columns `cntr`, `naxis1`, `naxis2`, `crpix1`, `crpix2`, optionally `locked`; `fname` for `-g`.',
      ],
      [
        'fits.tbl',
        'Columns `plus`, `minus` (counters of the images) and the values of mFitplane; where a column `level_only` is not 0 only the first image is moved.',
      ],
    ],
    writes: [['corrections.tbl', 'Columns `id`, `a`, `b`, `c`: the plane to take from image `id`.']],
    returns: {
      nnan: 'With `-t`, `-f`, `-g` or `-D`: corrections that are no numbers.',
      cmin: 'With these: least level of a correction.',
      cmax: 'With these: largest level of a correction.',
    },
    example: [
      'mBgModel images.tbl fits.tbl corrections.tbl',
      'mBgModel -D images.tbl fits.tbl corrections.tbl',
    ],
  },
  read: readCall,
  run: mBgModel,
})
