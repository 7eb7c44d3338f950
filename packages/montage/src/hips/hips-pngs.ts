import { mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type HipsTile, tilePath, transposeAxesInto } from '@skyloom/mosaic'
import { pathExists, pathOf } from '../command/files.ts'
import { DEBUG_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  type ModuleCall,
  type MontageModule,
  type Place,
  usageError,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { readPlane, writePlane } from '../image/open-image.ts'
import { mViewer } from '../viewer/viewer.ts'
import { fitsTilesOf } from './tile-files.ts'

/** Tiles of one colour with the histogram that all share. */
export interface HipsChannel {
  /** Folder of a HiPS with FITS tiles. */
  readonly folder: string
  /** Histogram file of mHistogram. */
  readonly histogram: string
}

/** Input of {@link mHiPSPNGs}. */
export interface HipsPngsInput {
  /** One for grey pictures; blue, green and red for coloured ones. */
  readonly channels: readonly [HipsChannel] | readonly [HipsChannel, HipsChannel, HipsChannel]
  /** Folder of the HiPS that the pictures go to. */
  readonly pngFolder: string
  /** Leave rows and columns as they are; default false: mirrored, as viewers want tiles of mHiPSTiles. */
  readonly isNotTransposed?: boolean
}

/** Result of {@link mHiPSPNGs}. */
export interface HipsPngsResult {
  readonly directory: string
  /** Pictures that were written. */
  readonly nimage: number
  /** Tiles that could not be read. */
  readonly nerror: number
}

/**
 * Makes a PNG of every FITS tile of a HiPS, all with one stretch; of three sets of tiles coloured ones, where all three are.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_CANNOT_WRITE`
 */
export async function mHiPSPNGs(input: HipsPngsInput, place: Place = {}): Promise<HipsPngsResult> {
  const { channels, pngFolder } = input
  for (const { histogram } of channels) {
    if (await pathExists(place, histogram)) continue
    throw new MontageError('MONTAGE_NO_FILE', `Cannot find histogram file [${histogram}].`, {
      where: [histogram],
    })
  }
  const key = ({ order, npix }: HipsTile): string => `${order} ${npix}`
  const [first, ...others] = channels
  const sets: ReadonlySet<string>[] = []
  for (const { folder } of others) sets.push(new Set((await fitsTilesOf(place, folder)).map(key)))
  const tiles = (await fitsTilesOf(place, first.folder)).filter((tile) =>
    sets.every((set) => set.has(key(tile))),
  )
  let [nimage, nerror] = [0, 0]
  for (const tile of tiles) {
    if (await makePng(input, tile, place)) nimage++
    else nerror++
  }
  return { directory: pngFolder, nimage, nerror }
}

/** Makes one picture; false when a tile cannot be read. */
async function makePng(input: HipsPngsInput, tile: HipsTile, place: Place): Promise<boolean> {
  const output = join(input.pngFolder, tilePath(tile, 'png'))
  await mkdir(dirname(pathOf(place, output)), { recursive: true })
  const files: string[] = []
  try {
    const images: { readonly file: string; readonly histogram: string }[] = []
    for (const [index, { folder, histogram }] of input.channels.entries()) {
      const path = join(folder, tilePath(tile, 'fits'))
      if (input.isNotTransposed === true) images.push({ file: path, histogram })
      else {
        const file = `${output}.${index}.fits`
        files.push(file)
        await writeTransposed(place, path, file)
        images.push({ file, histogram })
      }
    }
    const [gray, green, red] = images
    if (gray === undefined) return false
    const shown = green === undefined || red === undefined ? { gray } : { blue: gray, green, red }
    await mViewer({ ...shown, output, noWcs: true }, place)
    return true
  } catch (error) {
    if (error instanceof MontageError && error.code === 'MONTAGE_BAD_IMAGE') return false
    throw error
  } finally {
    for (const file of files) await rm(pathOf(place, file), { force: true })
  }
}

async function writeTransposed(place: Place, from: string, to: string): Promise<void> {
  const { header, width, height, data } = await readPlane(place, from)
  const turned = new Float64Array(data.length)
  transposeAxesInto(turned, data, [width, height], [1, 0])
  await writePlane(place, to, header, { width: height, height: width, data: turned })
}

function readCall(call: ModuleCall): HipsPngsInput {
  const isNotTransposed = hasOption(call, 'n')
  const pngFolder = call.operands.at(-1) ?? ''
  const channel = (at: number): HipsChannel => ({
    folder: call.operands[at] ?? '',
    histogram: call.operands[at + 1] ?? '',
  })
  if (call.operands.length === 3) return { channels: [channel(0)], pngFolder, isNotTransposed }
  if (call.operands.length !== 7) throw usageError()
  return { channels: [channel(0), channel(2), channel(4)], pngFolder, isNotTransposed }
}

/** The module mHiPSPNGs. */
export const hipsPngsModule: MontageModule = defineModule<HipsPngsInput, HipsPngsResult>({
  name: 'mHiPSPNGs',
  summary: 'Makes PNG pictures of the tiles of a HiPS.',
  usage:
    '%s [-d][-n] hipsDir histfile pngDir | %s [-d][-n] blueDir blue.hist greenDir green.hist redDir red.hist pngDir',
  style: 'getopt',
  options: 'dn',
  operands: [3, 7],
  isNamed: true,
  fields: [
    ['directory', 's'],
    ['nimage', 'd'],
    ['nerror', 'd'],
  ],
  manual: {
    description:
      'Makes a PNG of every FITS tile of a HiPS with the stretch of one histogram file of mHistogram, or coloured ones of three sets of tiles. Pictures are mirrored along the diagonal, as viewers want tiles that mHiPSTiles has cut; tiles of `skyloom mosaic hips` stand so already and take `-n`.',
    options: [DEBUG_OPTION, ['-n', 'Do not mirror.']],
    operands: [
      ['hipsDir', 'Folder of a HiPS with FITS tiles.'],
      ['histfile', 'Histogram file.'],
      ['blueDir', 'Folder of the blue tiles.'],
      ['blue.hist', 'Their histogram file.'],
      ['greenDir', 'Folder of the green tiles.'],
      ['green.hist', 'Their histogram file.'],
      ['redDir', 'Folder of the red tiles.'],
      ['red.hist', 'Their histogram file.'],
      ['pngDir', 'Folder of the HiPS that the pictures go to; may be `hipsDir`.'],
    ],
    synopsis: [
      '[-d][-n] hipsDir histfile pngDir',
      '[-d][-n] blueDir blue.hist greenDir green.hist redDir red.hist pngDir',
    ],
    returns: {
      directory: 'Folder of the pictures.',
      nimage: 'Pictures that were written.',
      nerror: 'Tiles that could not be read.',
    },
    example: [
      'mHistogram -file plate.fits -1s max gaussian-log -out plate.hist',
      'mHiPSPNGs hips plate.hist hips',
    ],
  },
  read: readCall,
  run: mHiPSPNGs,
})
