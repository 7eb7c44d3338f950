import { cp, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { SURVEYS_SECTION } from '../archive/surveys-manual.ts'
import { pathOf, readText, writeText } from '../command/files.ts'
import {
  defineModule,
  hasOption,
  integerArgument,
  type ModuleCall,
  type MontageModule,
  operand,
  optionValue,
  type Place,
  realArgument,
} from '../command/module.ts'
import { templateBox } from '../dag/template-box.ts'
import { MontageError } from '../errors.ts'
import { readTemplateFile } from '../header/read-template.ts'
import { THREADS_OPTION } from './manual-options.ts'
import { countOf, runStep } from './run-step.ts'
import { threadsArgument } from './threads-argument.ts'

/** Input of {@link mExec}. */
export interface ExecInput {
  readonly survey: string
  readonly band: string
  /** Header template: its file, or its text. */
  readonly template: { readonly file: string } | { readonly text: string }
  /** Folder that is made for the work; default: a new one in the current folder. */
  readonly workspace?: string
  /** Folder of images that are there already; default: they come from the archive. */
  readonly rawFolder?: string
  /** Interpolate instead of exact areas. */
  readonly isQuick?: boolean
  /** Correct levels only, no slopes. */
  readonly isLevelOnly?: boolean
  /** What stays of intermediate files: `all`, `tables` (default), `none`. */
  readonly keeps?: 'all' | 'tables' | 'none'
  /** Shrink the images by this factor first. */
  readonly shrinkFactor?: number
  /** Tiles along each axis; default one mosaic. */
  readonly tiles?: { readonly x: number; readonly y: number }
  /** The mosaic; default `mosaic.fits` in the workspace. */
  readonly output?: string
  /** Images worked on at the same time; default 1. */
  readonly threads?: number
}

/** Result of {@link mExec}. */
export interface ExecResult {
  /** The mosaic; with tiles the folder of the tiles. */
  readonly output: string
  /** What was done, a sentence for each step. */
  readonly steps: readonly string[]
}

/** Pixels of the longer side of the picture. */
const PICTURE_PIXELS = 1000

/**
 * Makes a mosaic in a folder of its own: finds and gets the images, projects them, matches their backgrounds, adds them, and draws the
 * mosaic. What fails leaves the folder as it is, for a look.
 *
 * @throws MontageError `MONTAGE_NO_RESULT` with the name of the module that failed and its sentence, and those of arguments and files
 */
export async function mExec(input: ExecInput, place: Place = {}): Promise<ExecResult> {
  const header = await templateText(input, place)
  const work = await makeWorkspace(input.workspace, place)
  await writeText({ cwd: work }, 'region.hdr', header, "Can't write header template to workspace")
  await readTemplateFile({ cwd: work }, 'region.hdr')
  const steps: string[] = []
  const step = async (name: string, ...args: readonly (string | number)[]): Promise<number> => {
    const values = await runStep(name, args, work)
    steps.push(
      `${name} ${[...values].flatMap(([key, value]) => (key === 'stat' || key === 'module' ? [] : [`${key}=${value}`])).join(' ')}`.trim(),
    )
    return countOf(values, 'count')
  }
  const raw = await bringImages(input, work, place, step)
  const threads = input.threads === undefined ? [] : ['-j', input.threads]
  await mkdir(join(work, 'projected'))
  if ((await step('mImgtbl', raw, 'rimages.tbl')) === 0)
    throw noImages('No image has usable coordinates', raw)
  const quick = input.isQuick === true ? ['-q'] : []
  await step(
    'mProjExec',
    ...quick,
    ...threads,
    '-p',
    raw,
    'rimages.tbl',
    'region.hdr',
    'projected',
    'stats.tbl',
  )
  const count = await step('mImgtbl', 'projected', 'pimages.tbl')
  if (count === 0) throw noImages('No images were successfully projected', `${work}/stats.tbl`)
  const corrected = count > 1 ? await correct(input, work, threads, step) : 'projected'
  const output = await add(input, work, corrected, place, step)
  await tidy(input.keeps ?? 'tables', work)
  return { output, steps }
}

type Step = (name: string, ...args: readonly (string | number)[]) => Promise<number>

function noImages(problem: string, where: string): MontageError {
  return new MontageError('MONTAGE_NO_RESULT', problem, { where: [where] })
}

async function templateText({ template }: ExecInput, place: Place): Promise<string> {
  if ('text' in template) return template.text
  return await readText(place, template.file, `Can't open original header template file: [${template.file}]`)
}

async function makeWorkspace(workspace: string | undefined, place: Place): Promise<string> {
  if (workspace === undefined) return await mkdtemp(pathOf(place, 'mosaic_'))
  const path = pathOf(place, workspace)
  await mkdir(path).catch((cause: unknown) => {
    throw new MontageError(
      'MONTAGE_CANNOT_WRITE',
      `Can't create workspace (may already exist): ${workspace}`,
      {
        where: [path],
        cause,
      },
    )
  })
  return path
}

/** The folder of the images, from the workspace. */
async function bringImages(input: ExecInput, work: string, place: Place, step: Step): Promise<string> {
  const { survey, band, rawFolder, shrinkFactor } = input
  let raw = rawFolder === undefined ? 'raw' : pathOf(place, rawFolder)
  if (rawFolder === undefined) {
    await mkdir(join(work, 'raw'))
    const { location, widthDeg, heightDeg } = await templateBox('region.hdr', { cwd: work })
    if ((await step('mArchiveList', survey, band, location, widthDeg, heightDeg, 'remote.tbl')) === 0)
      throw noImages('No data was available for the region specified', `${survey} ${band}`)
    await step('mArchiveExec', '-p', 'raw', 'remote.tbl')
  }
  if (shrinkFactor === undefined) return raw
  await mkdir(join(work, 'shrunken'))
  for (const name of (await readdir(pathOf({ cwd: work }, raw))).sort()) {
    if (!/\.fits?(?:\.gz)?$/i.test(name) || /_area\.fits$/i.test(name)) continue
    await step('mShrink', join(raw, name), join('shrunken', name.replace(/\.gz$/i, '')), shrinkFactor)
  }
  raw = 'shrunken'
  return raw
}

/** Matches the backgrounds; gives the folder of the corrected images. */
async function correct(
  input: ExecInput,
  work: string,
  threads: readonly (string | number)[],
  step: Step,
): Promise<string> {
  const level = input.isLevelOnly === true ? ['-l'] : []
  await Promise.all(['diffs', 'corrected'].map(async (name) => await mkdir(join(work, name))))
  if ((await step('mOverlaps', 'pimages.tbl', 'diffs.tbl')) === 0) return 'projected'
  await step(
    'mDiffFitExec',
    ...level,
    ...threads,
    '-p',
    'projected',
    'diffs.tbl',
    'region.hdr',
    'diffs',
    'fits.tbl',
  )
  await step('mBgModel', ...level, 'pimages.tbl', 'fits.tbl', 'corrections.tbl')
  await step('mBgExec', ...threads, '-p', 'projected', 'pimages.tbl', 'corrections.tbl', 'corrected')
  return 'corrected'
}

async function add(
  input: ExecInput,
  work: string,
  folder: string,
  place: Place,
  step: Step,
): Promise<string> {
  await step('mImgtbl', folder, 'cimages.tbl')
  const { x = 1, y = 1 } = input.tiles ?? {}
  if (x > 1 || y > 1) {
    await mkdir(join(work, 'tiles'))
    for (let index = 0; index < x * y; index++) {
      const [ix, iy] = [index % x, Math.floor(index / x)]
      const base = join('tiles', `tile_${ix}_${iy}`)
      await step('mTileHdr', 'region.hdr', `${base}.hdr`, x, y, ix, iy)
      await step('mAdd', '-e', '-p', folder, 'cimages.tbl', `${base}.hdr`, `${base}.fits`)
    }
    return join(work, 'tiles')
  }
  await step('mAdd', '-e', '-p', folder, 'cimages.tbl', 'region.hdr', 'mosaic.fits')
  await step('mShrink', '-f', 'mosaic.fits', 'mosaic_small.fits', PICTURE_PIXELS)
  await step(
    'mViewer',
    '-ct',
    1,
    '-gray',
    'mosaic_small.fits',
    '-1s',
    'max',
    'gaussian-log',
    '-out',
    'mosaic.png',
  )
  if (input.output === undefined) return join(work, 'mosaic.fits')
  return await moveMosaic(work, pathOf(place, input.output))
}

async function moveMosaic(work: string, output: string): Promise<string> {
  const areaOutput = output.replace(/(?:\.fits?)?$/i, '_area.fits')
  for (const [from, to] of [
    ['mosaic.fits', output],
    ['mosaic_area.fits', areaOutput],
  ] as const)
    await rename(join(work, from), to).catch(async (error: unknown) => {
      // Another disk: copied beside its name and renamed there.
      if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
      await cp(join(work, from), `${to}.part`)
      await rename(`${to}.part`, to)
    })
  return output
}

async function tidy(keeps: 'all' | 'tables' | 'none', work: string): Promise<void> {
  if (keeps === 'all') return
  const folders = ['projected', 'diffs', 'corrected', 'shrunken', ...(keeps === 'none' ? ['raw'] : [])]
  for (const name of folders) await rm(join(work, name), { recursive: true, force: true })
  await rm(join(work, 'mosaic_small.fits'), { force: true })
  if (keeps === 'tables') return
  for (const name of await readdir(work)) {
    if (!/^(?:mosaic(?:_area)?\.fits|mosaic\.png|tiles)$/.test(basename(name)))
      await rm(join(work, name), { recursive: true })
  }
}

function readCall(call: ModuleCall): ExecInput & { readonly tells: boolean } {
  const [file, text] = [optionValue(call, 'f'), optionValue(call, 'h')]
  if (file === undefined && text === undefined)
    throw new MontageError('MONTAGE_BAD_ARGUMENT', 'Must have either header file (-f) or header text (-h)')
  const count = (name: string): number => {
    const given = optionValue(call, name) ?? '1'
    const problem = `Number of tiles (${given}) must be a whole number from 1`
    const value = integerArgument(given, problem)
    if (value >= 1) return value
    throw new MontageError('MONTAGE_BAD_ARGUMENT', problem, { found: given })
  }
  const shrink = optionValue(call, 's')
  const problem = `Shrink factor (${shrink ?? ''}) must be a number above 0`
  const shrinkFactor = shrink === undefined ? undefined : realArgument(shrink, problem)
  if (shrinkFactor !== undefined && shrinkFactor <= 0)
    throw new MontageError('MONTAGE_BAD_ARGUMENT', problem, { found: shrink ?? '' })
  const [rawFolder, output, workspace] = [optionValue(call, 'r'), optionValue(call, 'o'), call.operands[2]]
  return {
    survey: operand(call, 0),
    band: operand(call, 1),
    template: file === undefined ? { text: `${(text ?? '').replaceAll('\\n', '\n')}\n` } : { file },
    isQuick: hasOption(call, 'q'),
    isLevelOnly: hasOption(call, 'l'),
    keeps: hasOption(call, 'k') ? 'all' : hasOption(call, 'c') ? 'none' : 'tables',
    tiles: { x: count('n'), y: count('m') },
    threads: threadsArgument(call),
    tells: integerArgument(optionValue(call, 'd') ?? '0', 'Invalid debug level.') > 0,
    ...(shrinkFactor === undefined ? {} : { shrinkFactor }),
    ...(rawFolder === undefined ? {} : { rawFolder }),
    ...(output === undefined ? {} : { output }),
    ...(workspace === undefined ? {} : { workspace }),
  }
}

/** The module mExec. */
export const execModule: MontageModule = defineModule<
  ExecInput & { readonly tells: boolean },
  ExecResult & { readonly tells: boolean }
>({
  name: 'mExec',
  summary: 'Makes a mosaic of a survey from start to end.',
  usage:
    '%s [-q(uick-mode)][-r rawdir][-n ntile][-m ntiley][-l(evel only)][-k(eep all)][-c(lean)][-s shrinkFactor][-o output.fits][-d(ebug) level][-f region.hdr | -h header] survey band [workspace-dir]',
  style: 'getopt',
  options: 'qr:n:m:lkcs:o:d:f:h:j:',
  operands: [2, 3],
  isNamed: false,
  fields: [],
  info: ({ tells, steps }) => (tells ? steps : []),
  manual: {
    description:
      'Finds the images of a survey that cover a template, gets them, projects them, matches their backgrounds, adds them, and draws the mosaic, each step by the module of its name in a folder of its own. What fails leaves that folder as it is and says which module failed and why.\n\n`skyloom mosaic make` makes a mosaic of images that are there already faster, without intermediate files.',
    options: [
      ['-q', 'Quick mode: interpolate instead of computing areas (mProjectQL).'],
      ['-r rawdir', 'Folder of images that are there already; no archive is asked.'],
      ['-n ntilex', 'Add the mosaic in so many tiles along axis 1.'],
      ['-m ntiley', 'Add the mosaic in so many tiles along axis 2.'],
      ['-l', 'Correct levels only, no slopes.'],
      ['-k', 'Keep all intermediate images.'],
      ['-c', 'Keep nothing but the mosaic.'],
      ['-s shrinkFactor', 'Shrink the images by this factor first.'],
      ['-o output.fits', 'The mosaic; default `mosaic.fits` in the workspace.'],
      ['-d level', 'Above 0: tell about every step in a line with `stat="INFO"`.'],
      ['-f region.hdr', 'Header template of the mosaic.'],
      ['-h header', 'Text of the header template, lines parted by line feeds or `\\n`.'],
      THREADS_OPTION,
    ],
    operands: [
      ['survey', 'Survey of the registry: `2MASS`.'],
      ['band', 'Band of the survey: `J`.'],
      [
        '[workspace-dir]',
        'Folder that is made for the work and must not exist; default: a new one named `mosaic_...`.',
      ],
    ],
    writes: [
      [
        'mosaic.fits, mosaic_area.fits',
        'The mosaic and the area of its pixels; with tiles `tiles/tile_X_Y.fits`.',
      ],
      ['mosaic.png', 'A picture of at most 1000 pixels a side.'],
      [
        'region.hdr, remote.tbl, rimages.tbl, pimages.tbl, stats.tbl, diffs.tbl, fits.tbl, corrections.tbl, cimages.tbl',
        'Template and tables of the steps.',
      ],
    ],
    sections: [SURVEYS_SECTION],
    example: [
      'mHdr "M 42" 0.5 region.hdr',
      'mExec -f region.hdr 2MASS J m42',
      'mExec -r raw -o m42.fits -c -f region.hdr 2MASS J',
    ],
  },
  read: readCall,
  run: async ({ tells, ...input }, place) => ({ ...(await mExec(input, place)), tells }),
})
