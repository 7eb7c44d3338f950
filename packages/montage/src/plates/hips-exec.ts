import { mkdir } from 'node:fs/promises'
import { DEBUG_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  type ModuleCall,
  type MontageModule,
  optionValue,
  type Place,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { callEach } from '../exec/call-each.ts'
import { THREADS_OPTION } from '../exec/manual-options.ts'
import { countOf, runStep } from '../exec/run-step.ts'
import { threadsArgument } from '../exec/threads-argument.ts'
import { BLENDED, CORRECTED } from './background-stages.ts'
import { ALL_HISTOGRAM } from './picture-stages.ts'
import { HIPS, MOSAICS, type PlateRun, readPlateRun } from './plate-run.ts'
import { type HipsSetupInput, mHiPSSetup, readSetup, SETUP_OPERANDS, SETUP_OPTIONS } from './setup.ts'
import { EXACT_OPTION, type StageOptions } from './stage.ts'
import { STAGES } from './stages.ts'

/** Input of {@link mHiPSExec}. */
export interface HipsExecInput extends HipsSetupInput {
  /** Match the backgrounds of the images of each plate, and of the plates. */
  readonly matchesBackgrounds?: boolean
  /** Reproject by exact areas. */
  readonly isExact?: boolean
  /** Scripts at the same time, each in a thread of its own; default 1. */
  readonly threads?: number
}

/** Result of {@link mHiPSExec}. */
export interface HipsExecResult {
  readonly order: number
  /** Plates that images touch. */
  readonly plates: number
  /** Pictures of tiles of all orders. */
  readonly ntile: number
  /** Folder of the HiPS. */
  readonly hips: string
}

/** Stages of the backgrounds of plates. */
const BACKGROUND = ['mHPXDiffScripts', 'mHPXGapScripts', 'mHPXBgScripts', 'mHPXBgCorrectScripts'] as const

/**
 * Makes a HiPS of the images of a table plate by plate: does here what the scripts of all stages do. A run that was interrupted goes on where
 * it stood when its folder is given again.
 *
 * @throws MontageError as mHiPSSetup; `MONTAGE_NO_RESULT` with the module that failed and its sentence
 */
export async function mHiPSExec(input: HipsExecInput, place: Place = {}): Promise<HipsExecResult> {
  const { folder, matchesBackgrounds = false, isExact = false, threads = 1 } = input
  const run = await begunRun(input, place)
  const stage = async (module: string, options: StageOptions = {}): Promise<void> =>
    await runStage(run, module, options, threads)
  await stage('mHPXMosaicScripts', { matchesImages: matchesBackgrounds, isExact })
  if (matchesBackgrounds) {
    for (const module of BACKGROUND) await stage(module)
    await stage('mHPXBlendScripts', { input: CORRECTED })
  }
  const plates = { input: matchesBackgrounds ? BLENDED : MOSAICS }
  for (const module of ['mHPXShrinkScripts', 'mHiPSTileScripts', 'mHPXHistogramScripts'])
    await stage(module, plates)
  await stage('mHPXCombineHistScripts')
  await mkdir(`${run.folder}/${HIPS}`, { recursive: true })
  const pictures = await runStep('mHiPSPNGs', [HIPS, ALL_HISTOGRAM, HIPS], run.folder)
  if (run.order >= 3) await runStep('mHiPSAllSky', [HIPS], run.folder)
  const ntile = countOf(pictures, 'nimage')
  return { order: run.order, plates: run.plates.length, ntile, hips: `${folder}/${HIPS}` }
}

/** The run of the folder, begun when it is not. */
async function begunRun(input: HipsExecInput, place: Place): Promise<PlateRun> {
  try {
    return await readPlateRun(input.folder, place)
  } catch (error) {
    if (!(error instanceof MontageError && error.code === 'MONTAGE_NO_FILE')) throw error
  }
  await mHiPSSetup(input, place)
  return await readPlateRun(input.folder, place)
}

async function runStage(
  run: PlateRun,
  module: string,
  options: StageOptions,
  threads: number,
): Promise<void> {
  const stage = STAGES.find((one) => one.module === module)
  for (const group of stage?.groups(run, options) ?? []) {
    const inputs = group.map((script) => ({ script, folder: run.folder }))
    const attempts = await callEach('runScript', inputs, { cwd: run.folder }, threads)
    for (const [index, attempt] of attempts.entries())
      if ('reason' in attempt)
        throw new MontageError('MONTAGE_NO_RESULT', `${group[index]?.name ?? module}: ${attempt.reason}`, {
          where: [run.folder],
          remedy: 'mend the cause and give the same command again: what is done stays',
        })
  }
}

function readCall(call: ModuleCall): HipsExecInput {
  const threads = optionValue(call, 'j') === undefined ? {} : { threads: threadsArgument(call) }
  return {
    ...readSetup(call),
    matchesBackgrounds: hasOption(call, 'b'),
    isExact: hasOption(call, 'e'),
    ...threads,
  }
}

/** The module mHiPSExec. */
export const hipsExecModule: MontageModule = defineModule<HipsExecInput, HipsExecResult>({
  name: 'mHiPSExec',
  summary: 'Makes a HiPS of the images of a table plate by plate.',
  usage: '%s [-d][-b][-e][-j threads][-o order][-n nplate][-P pad][-p imgdir] images.tbl hipsdir',
  style: 'getopt',
  options: 'dbej:o:n:P:p:',
  operands: [2, 2],
  isNamed: true,
  fields: [
    ['order', 'd'],
    ['plates', 'd'],
    ['ntile', 'd'],
    ['hips', 's'],
  ],
  manual: {
    description:
      'Does in one call what mHiPSSetup and the scripts of all stages do: the mosaics of the plates, with `-b` the model of their backgrounds, the coarser orders, the tiles as FITS and PNG, the all-sky picture. When the folder holds a run that was interrupted it goes on. Memory is that of one plate for each thread.\n\n`skyloom mosaic hips` makes a HiPS of matching images faster and with all that viewers ask for: coverage map, properties, frame of choice.\n\nThe arguments of this module in Montage are not on record; these are our own.',
    options: [
      DEBUG_OPTION,
      ['-b', 'Match the backgrounds of the images of each plate, and those of the plates.'],
      EXACT_OPTION,
      THREADS_OPTION,
      ...SETUP_OPTIONS,
    ],
    operands: SETUP_OPERANDS,
    writes: [['hips', 'The HiPS, galactic: `NorderK/DirD/NpixN.fits` and `.png`, `Norder3/Allsky.fits`.']],
    returns: {
      order: 'Deepest order of the tiles.',
      plates: 'Plates that images touch.',
      ntile: 'Tiles of all orders.',
      hips: 'Folder of the HiPS.',
    },
    example: ['mImgtbl raw raw.tbl', 'mHiPSExec -j 4 -p raw raw.tbl m42'],
  },
  read: readCall,
  run: mHiPSExec,
})
