import { basename, join } from 'node:path'
import { fileFacts } from '@skyloom/base/node'
import { pathExists, pathOf, writeText } from '../command/files.ts'
import { STATUS_OPTION } from '../command/manual.ts'
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
import { callEach } from '../exec/call-each.ts'
import { inFolder } from '../exec/in-folder.ts'
import { TELL_OPTION, THREADS_OPTION } from '../exec/manual-options.ts'
import { type Telling, tellFailures } from '../exec/tell-failures.ts'
import { threadsArgument } from '../exec/threads-argument.ts'
import { readTemplateFile } from '../header/read-template.ts'
import { hasColumns, numbers, readTable, texts } from '../table/table-columns.ts'
import { type Border, borderArgument } from './border.ts'
import { drizzleArgument } from './project-input.ts'
import type { ProjectOneInput } from './project-one.ts'

/** Input of {@link mProjExec}. */
export interface ProjExecInput {
  /** Image metadata table. */
  readonly images: string
  readonly template: string
  /** Folder of the reprojected images; it must exist. */
  readonly folder: string
  /** Table of what became of each image. */
  readonly statistics: string
  /** Folder of the images; default: names of the table as they are. */
  readonly imageFolder?: string
  readonly isQuick?: boolean
  readonly isExact?: boolean
  readonly isEnergyMode?: boolean
  readonly isExpanded?: boolean
  readonly border?: Border
  readonly drizzle?: number
  /** First record to work on, counted from 0. */
  readonly firstRecord?: number
  /** Columns with the weight and the scale of each image; 0 counts as 1. */
  readonly weightColumn?: string
  readonly scaleColumn?: string
  /** Images at the same time; default 1. */
  readonly threads?: number
}

/** Result of {@link mProjExec}. */
export interface ProjExecResult {
  readonly count: number
  readonly failed: number
  readonly nooverlap: number
  /** A sentence for each image that failed. */
  readonly failures: readonly string[]
}

/** Beginnings of the sentences for images that lie beside the template. */
const OUTSIDE = ['No overlap', 'All pixels are blank']

/**
 * Reprojects the images of a table. An image that cannot be reprojected is counted, with its reason in the statistics, and does not stop
 * the others. The images are the same to the byte for any number of threads.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_BAD_HEADER`, `MONTAGE_BAD_ARGUMENT`, `MONTAGE_CANNOT_WRITE`
 */
export async function mProjExec(input: ProjExecInput, place: Place = {}): Promise<ProjExecResult> {
  await checkTable(input.images, place)
  await checkFolders(input, place)
  await readTemplateFile(place, input.template)
  const jobs = await readJobs(input, place)
  await writeText(place, input.statistics, '', "Can't open output file.")
  const attempts = await callEach(
    'projectOne',
    jobs.map(({ call }) => call),
    place,
    input.threads,
  )
  const rows = jobs.map(({ name }, index) => ({ name, attempt: attempts[index] }))
  const lines = rows.map(({ name, attempt }) =>
    attempt !== undefined && 'result' in attempt
      ? statisticsLine(name, '', attempt.result.time.toFixed(1))
      : statisticsLine(name, attempt?.reason ?? '', ''),
  )
  await writeText(place, input.statistics, lines.join(''), "Can't open output file.")
  const reasons = rows.flatMap(({ name, attempt }) =>
    attempt !== undefined && 'reason' in attempt ? [{ name, reason: attempt.reason }] : [],
  )
  const outside = reasons.filter(({ reason }) => OUTSIDE.some((text) => reason.startsWith(text)))
  return {
    count: jobs.length,
    failed: reasons.length - outside.length,
    nooverlap: outside.length,
    failures: reasons.map(({ name, reason }) => `${name}: ${reason}`),
  }
}

function statisticsLine(name: string, reason: string, seconds: string): string {
  return ` ${name.padEnd(60)} ${reason.padEnd(30)} ${seconds.padStart(10)}\n`
}

async function checkTable(path: string, place: Place): Promise<void> {
  if (await pathExists(place, path)) return
  throw new MontageError('MONTAGE_NO_FILE', `Image metadata file (${path}) does not exist`, {
    where: [path],
    remedy: 'make it with mImgtbl',
  })
}

async function checkFolders({ folder, imageFolder }: ProjExecInput, place: Place): Promise<void> {
  for (const [path, word] of [
    [imageFolder, 'Input'],
    [folder, 'Output'],
  ] as const) {
    if (path === undefined) continue
    const facts = await fileFacts(pathOf(place, path)).catch((cause: unknown) => {
      throw new MontageError('MONTAGE_NO_FILE', `${word} directory (${path}) does not exist`, {
        where: [path],
        cause,
      })
    })
    if (facts.kind !== 'folder')
      throw new MontageError('MONTAGE_NO_FILE', `Path (${path}) is not a directory`, { where: [path] })
  }
}

interface Job {
  readonly name: string
  readonly call: ProjectOneInput
}

/** The calls of the table's records. */
async function readJobs(input: ProjExecInput, place: Place): Promise<readonly Job[]> {
  const { table } = await readTable(place, input.images, `Invalid image metadata file: ${input.images}`)
  const need = (column: string | undefined): void => {
    if (column === undefined || hasColumns(table, [column])) return
    const name = column.split('|')[0] ?? column
    throw new MontageError('MONTAGE_BAD_TABLE', `Need column ${name} in input`, { where: [input.images] })
  }
  need('fname|file')
  need(input.weightColumn)
  need(input.scaleColumn)
  const names = texts(table, 'fname|file')
  const hdus = hasColumns(table, ['hdu']) ? numbers(table, 'hdu') : undefined
  const weights = input.weightColumn === undefined ? undefined : numbers(table, input.weightColumn)
  const scales = input.scaleColumn === undefined ? undefined : numbers(table, input.scaleColumn)
  const jobs = names.map((name, record): Job => {
    const hdu = hdus?.[record] ?? 0
    const path = inFolder(input.imageFolder, name)
    const output = join(input.folder, `${hdus === undefined ? '' : `hdu${hdu}_`}${basename(name)}`)
    if (pathOf(place, path) === pathOf(place, output))
      throw new MontageError('MONTAGE_BAD_ARGUMENT', 'Output would overwrite input', {
        where: [path],
        remedy: 'choose another output folder',
      })
    const [weight, scale] = [weights?.[record] ?? 1, scales?.[record] ?? 1]
    return {
      name,
      call: {
        image: path,
        output: output.replace(/\.gz$/, ''),
        template: input.template,
        hdu,
        isQuick: input.isQuick === true,
        isExact: input.isExact === true,
        isEnergyMode: input.isEnergyMode === true,
        isExpanded: input.isExpanded === true,
        weight: weight === 0 ? 1 : weight,
        scale: scale === 0 ? 1 : scale,
        ...(input.border === undefined ? {} : { border: input.border }),
        ...(input.drizzle === undefined ? {} : { drizzle: input.drizzle }),
      },
    }
  })
  return jobs.slice(input.firstRecord ?? 0)
}

function readCall(call: ModuleCall): ProjExecInput & Telling {
  const border = optionValue(call, 'b')
  const drizzle = drizzleArgument(call)
  const restart = optionValue(call, 'r')
  const restartProblem = `Restart record (${restart ?? ''}) must be a non-negative integer`
  const imageFolder = optionValue(call, 'p')
  const weightColumn = optionValue(call, 'W')
  const scaleColumn = optionValue(call, 'x')
  const firstRecord = restart === undefined ? 0 : integerArgument(restart, restartProblem)
  if (firstRecord < 0)
    throw new MontageError('MONTAGE_BAD_ARGUMENT', restartProblem, { found: restart ?? '' })
  return {
    images: operand(call, 0),
    template: operand(call, 1),
    folder: operand(call, 2),
    statistics: operand(call, 3),
    isQuick: hasOption(call, 'q'),
    isExact: hasOption(call, 'e'),
    isEnergyMode: hasOption(call, 'f'),
    isExpanded: hasOption(call, 'X'),
    tells: hasOption(call, 'd'),
    firstRecord,
    threads: threadsArgument(call),
    ...(border === undefined ? {} : { border: borderArgument(border) }),
    ...(drizzle === undefined ? {} : { drizzle }),
    ...(imageFolder === undefined ? {} : { imageFolder }),
    ...(weightColumn === undefined ? {} : { weightColumn }),
    ...(scaleColumn === undefined ? {} : { scaleColumn }),
  }
}

/** The module mProjExec. */
export const projExecModule: MontageModule = defineModule<ProjExecInput & Telling, ProjExecResult>({
  name: 'mProjExec',
  summary: 'Reprojects the images of a table.',
  usage:
    '%s [-q(uick-mode)][-p rawdir] [-d] [-e(xact)] [-X(whole image)] [-b border] [-r restartrec] [-s statusfile] [-W weightColumn] [-x scaleColumn] images.tbl template.hdr projdir stats.tbl',
  style: 'getopt',
  options: 'qp:deXb:r:s:W:x:fz:j:',
  operands: [4, 4],
  isNamed: true,
  fields: [
    ['count', 'd'],
    ['failed', 'd'],
    ['nooverlap', 'd'],
  ],
  info: (result) => result.failures,
  manual: {
    description:
      'Reprojects every image of a table onto a header template. Images whose projection and that of the template are onto a plane go by way of mProjectPP; for others a tangent-plane header is fitted as by mTANHdr, and where it is good to 0.1 pixel mProjectPP uses it; images in another coordinate system, and those that no such header fits, go by way of mProject. The products have the names of the images, behind `hdu<N>_` when the table has a column `hdu`.',
    options: [
      ['-q', 'Quick: mProjectQL, nearest pixel.'],
      ['-p rawdir', 'Folder of the images; default: the names of the table as they are.'],
      TELL_OPTION,
      ['-e', 'Exact: mProject for all images.'],
      ['-X', 'Enlarge the template for each image so that it fits as a whole.'],
      ['-b border', 'Pixels that are left out, as for mProject.'],
      ['-r restartrec', 'First record to work on, from 0.'],
      STATUS_OPTION,
      ['-W weightColumn', 'Column with a weight for each image; 0 counts as 1.'],
      ['-x scaleColumn', 'Column with a factor of the pixel values of each image; 0 counts as 1.'],
      ['-f', 'Energy mode: keep flux per pixel.'],
      ['-z factor', 'Drizzle factor, as for mProject.'],
      THREADS_OPTION,
    ],
    operands: [
      ['images.tbl', 'Image metadata table.'],
      ['template.hdr', 'Header template.'],
      ['projdir', 'Folder of the products; it must exist.'],
      ['stats.tbl', 'Table to write: a line for each image.'],
    ],
    reads: [
      ['images.tbl', 'Columns `fname` (or `file`), if there is one `hdu`, and those of `-W` and `-x`.'],
    ],
    writes: [['stats.tbl', 'Name of the image, then seconds, or the reason why it failed. No header.']],
    returns: {
      count: 'images of the table',
      failed: 'images that could not be reprojected',
      nooverlap: 'images that lie beside the template',
    },
    example: ['mProjExec -j 4 -p raw images.tbl region.hdr projected stats.tbl'],
  },
  read: readCall,
  run: tellFailures(mProjExec),
})
