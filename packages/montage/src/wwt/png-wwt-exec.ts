import { join } from 'node:path'
import { folderEntries } from '@skyloom/base/node'
import { pathExists, pathOf } from '../command/files.ts'
import { DEBUG_LEVEL_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  integerArgument,
  type ModuleCall,
  type MontageModule,
  type Place,
  realArgument,
  usageError,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { mViewer } from '../viewer/viewer.ts'
import type { ViewerImage } from '../viewer/viewer-input.ts'
import { toastLevelArgument } from './hdr-wwt-exec.ts'

/** Tiles of one colour with the histogram that all share. */
export interface TileChannel {
  readonly folder: string
  /** Histogram file of mHistogram. */
  readonly histogram: string
}

/** Input of {@link mPNGWWTExec}. */
export interface PngWwtExecInput {
  /** Deepest level of the tiles. */
  readonly level: number
  /** Tiles are named by this and their path: `base231.fits`. */
  readonly baseName: string
  /** One for grey pictures; blue, green and red for coloured ones. */
  readonly channels: readonly [TileChannel] | readonly [TileChannel, TileChannel, TileChannel]
  /** Colour table of grey pictures, 0 to 11. */
  readonly colorTable?: number
  /** Power of the true-colour rule of coloured pictures, 1 to 4. */
  readonly trueColor?: number
  /** Folder for the pictures; it must exist. */
  readonly pngFolder: string
}

/** Result of {@link mPNGWWTExec}. */
export interface PngWwtExecResult {
  readonly level: number
  /** Pictures that were written. */
  readonly nimage: number
}

/**
 * Makes a PNG of every tile that there is, all with one stretch. Coloured pictures are made where the tiles of all three colours are.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_CANNOT_WRITE`
 */
export async function mPNGWWTExec(input: PngWwtExecInput, place: Place = {}): Promise<PngWwtExecResult> {
  const { level, baseName, channels, colorTable, trueColor, pngFolder } = input
  for (const { histogram } of channels) {
    if (await pathExists(place, histogram)) continue
    throw new MontageError('MONTAGE_NO_FILE', `Cannot find histogram file [${histogram}].`, {
      where: [histogram],
    })
  }
  let nimage = 0
  for (const id of await commonTiles(channels, baseName, level, place)) {
    const images = channels.map(
      ({ folder, histogram }): ViewerImage => ({ file: join(folder, `${baseName}${id}.fits`), histogram }),
    )
    const [first, green, red] = images
    if (first === undefined) continue
    const shown = green === undefined || red === undefined ? { gray: first } : { blue: first, green, red }
    await mViewer(
      {
        ...shown,
        output: join(pngFolder, `${baseName}${id}.png`),
        noWcs: true,
        ...(colorTable === undefined ? {} : { colorTable }),
        ...(trueColor === undefined ? {} : { trueColor }),
      },
      place,
    )
    nimage++
  }
  return { level, nimage }
}

/** Paths of the tiles that all channels have, coarse ones first. */
async function commonTiles(
  channels: readonly TileChannel[],
  baseName: string,
  level: number,
  place: Place,
): Promise<readonly string[]> {
  const lists: ReadonlySet<string>[] = []
  for (const { folder } of channels) {
    const entries = await folderEntries(pathOf(place, folder)).catch((cause: unknown) => {
      throw new MontageError('MONTAGE_NO_FILE', `Cannot read tile directory [${folder}].`, {
        where: [folder],
        cause,
      })
    })
    lists.push(new Set(entries.map(({ name }) => name)))
  }
  const ids = [...(lists[0] ?? [])].flatMap((name) => {
    if (!name.startsWith(baseName) || !name.endsWith('.fits')) return []
    const id = name.slice(baseName.length, -'.fits'.length)
    return /^[0-3]*$/.test(id) && id.length <= level && lists.every((list) => list.has(name)) ? [id] : []
  })
  return ids.sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
}

function readCall(call: ModuleCall): PngWwtExecInput {
  const isColor = hasOption(call, 'c')
  if (call.operands.length !== (isColor ? 10 : 6)) throw usageError()
  const [table = '', level = '', baseName = '', ...rest] = call.operands
  const pngFolder = rest.at(-1) ?? ''
  const channel = (at: number): TileChannel => ({ folder: rest[at] ?? '', histogram: rest[at + 1] ?? '' })
  const facts = { level: toastLevelArgument(level), baseName, pngFolder }
  if (isColor) {
    const trueColor = realArgument(table, `True color power (${table}) must be a number from 1 to 4`)
    return { ...facts, channels: [channel(0), channel(2), channel(4)], trueColor }
  }
  const colorTable = integerArgument(table, `Color table (${table}) must be a whole number from 0 to 11`)
  return { ...facts, channels: [channel(0)], colorTable }
}

/** The module mPNGWWTExec. */
export const pngWwtExecModule: MontageModule = defineModule<PngWwtExecInput, PngWwtExecResult>({
  name: 'mPNGWWTExec',
  summary: 'Makes PNG pictures of the tiles of the WorldWide Telescope.',
  usage:
    'mPNGWWTExec [-d lev] colorTable tileLevel baseName grayDir gray.hist pngDir | mPNGWWTExec [-d lev] -c trueColor tileLevel baseName blueTileDir blue.hist greenTileDir green.hist redTileDir red.hist pngDir',
  style: 'leading',
  options: ['d:', 'c'],
  operands: [6, 10],
  isNamed: true,
  usageExitCode: 0,
  errorExitCode: 0,
  fields: [
    ['level', 'd'],
    ['nimage', 'd'],
  ],
  manual: {
    description:
      'Makes a PNG of every tile that mProjWWTExec has written, all with the stretch of one histogram file of mHistogram; with `-c` coloured ones of three sets of tiles, where all three are.',
    options: [DEBUG_LEVEL_OPTION, ['-c', 'Coloured pictures of three sets of tiles.']],
    operands: [
      ['colorTable', 'Colour table, 0 to 11.'],
      ['trueColor', 'With `-c`: power of the true-colour rule of mViewer, 1 to 4.'],
      ['tileLevel', 'Deepest level.'],
      ['baseName', 'First part of the names of the tiles.'],
      ['grayDir', 'Folder of the tiles.'],
      ['gray.hist', 'Histogram file.'],
      ['blueTileDir', 'With `-c`: folder of the blue tiles.'],
      ['blue.hist', 'Their histogram file.'],
      ['greenTileDir', 'Folder of the green tiles.'],
      ['green.hist', 'Their histogram file.'],
      ['redTileDir', 'Folder of the red tiles.'],
      ['red.hist', 'Their histogram file.'],
      ['pngDir', 'Folder for the pictures; it must exist.'],
    ],
    synopsis: [
      '[-d lev] colorTable tileLevel baseName grayDir gray.hist pngDir',
      '[-d lev] -c trueColor tileLevel baseName blueTileDir blue.hist greenTileDir green.hist redTileDir red.hist pngDir',
    ],
    returns: { level: 'The deepest level.', nimage: 'Pictures that were written.' },
    example: [
      'mHistogram -file m42.fits -1s max gaussian-log -out m42.hist',
      'mPNGWWTExec 0 4 m42_ tiles m42.hist png',
    ],
  },
  read: readCall,
  run: mPNGWWTExec,
})
