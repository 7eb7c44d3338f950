import { intersectRegions, type Region } from '@skyloom/mosaic'
import { DEBUG_OPTION, HDU_OPTION, STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hduArgument,
  integerArgument,
  type ModuleCall,
  type MontageModule,
  operand,
  optionValue,
  type Place,
  usageError,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { inFolder } from '../exec/in-folder.ts'
import { outputBase } from './area-name.ts'
import { type OpenImage, openImage } from './open-image.ts'
import { writeParts } from './write-parts.ts'

/** Input of {@link mTileImage}. */
export interface TileImageInput {
  readonly image: string
  /** Begin of the names of the tiles, to which `i0j0.fits` is added. */
  readonly outputBase: string
  /** Number of tiles along each axis. */
  readonly nx: number
  readonly ny: number
  /** Pixels by which tiles reach over their sides, as far as the image goes; default 0. */
  readonly pad?: TilePad
  /** The only tile that is written, from 0; default: all. */
  readonly tile?: { readonly ix: number; readonly iy: number }
  readonly hdu?: number
}

/** Pixels by which a tile reaches over its sides. */
export interface TilePad {
  readonly left: number
  readonly right: number
  readonly bottom: number
  readonly top: number
}

/** Result of {@link mTileImage}. */
export interface TileImageResult {
  /** Tiles that were written. */
  readonly count: number
}

const NO_PAD: TilePad = { left: 0, right: 0, bottom: 0, top: 0 }

/**
 * Cuts an image into tiles. Tiles are as large as mTileHdr makes them in Montage of 2026: sides divided by the number of tiles, rounded up,
 * so that the last ones may be smaller. Pixels keep their type and scaling.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`, `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_CANNOT_WRITE`
 */
export async function mTileImage(input: TileImageInput, place: Place = {}): Promise<TileImageResult> {
  const { nx, ny, tile, pad = NO_PAD } = input
  checkNumbers(input)
  const opened = await openImage(place, input.image, input.hdu ?? 0)
  try {
    const regions = tileRegions(opened, { nx, ny }, pad).filter(
      ({ ix, iy }) => tile === undefined || (tile.ix === ix && tile.iy === iy),
    )
    if (regions.length === 0)
      throw new MontageError('MONTAGE_BAD_ARGUMENT', 'No pixels are left for the tile', {
        where: [input.image],
        found: `${nx} x ${ny} tiles of ${opened.width} x ${opened.height} pixels`,
        remedy: 'ask for fewer tiles',
      })
    const path = ({ ix, iy }: Tile): string => `${input.outputBase}i${ix}j${iy}.fits`
    const parts = regions.map((one) => ({ path: path(one), region: one.region }))
    await writeParts(place, opened, input.image, parts)
    return { count: regions.length }
  } finally {
    await opened.file.close()
  }
}

function checkNumbers({ nx, ny, pad = NO_PAD, tile = { ix: 0, iy: 0 } }: TileImageInput): void {
  const counts = [nx, ny].every((value) => Number.isSafeInteger(value) && value > 0)
  const isTile = tile.ix >= 0 && tile.iy >= 0 && tile.ix < nx && tile.iy < ny
  const pads = Object.values(pad).every((value: number) => Number.isSafeInteger(value) && value >= 0)
  if (counts && isTile && pads) return
  const problem =
    '(nx,ny) have to be positive integers, (ix,iy) have to be in the range (0..nx-1, 0..ny-1) and overlaps have to be 0 or more'
  const found = `nx ${nx}, ny ${ny}, ix ${tile.ix}, iy ${tile.iy}, overlap ${Object.values(pad).join(' ')}`
  throw new MontageError('MONTAGE_BAD_ARGUMENT', problem, { found })
}

interface Tile {
  readonly ix: number
  readonly iy: number
  readonly region: Region
}

/** The tiles that have pixels: rounding up may leave none for the last ones. */
function tileRegions(
  { width, height }: OpenImage,
  { nx, ny }: { readonly nx: number; readonly ny: number },
  pad: TilePad,
): readonly Tile[] {
  const stepX = Math.ceil(width / nx)
  const stepY = Math.ceil(height / ny)
  const tiles: Tile[] = []
  for (let iy = 0; iy * stepY < height && iy < ny; iy++) {
    for (let ix = 0; ix * stepX < width && ix < nx; ix++) {
      const wanted = {
        col: ix * stepX - pad.left,
        row: iy * stepY - pad.bottom,
        width: stepX + pad.left + pad.right,
        height: stepY + pad.bottom + pad.top,
      }
      tiles.push({ ix, iy, region: intersectRegions(wanted, { col: 0, row: 0, width, height }) })
    }
  }
  return tiles
}

function pairArgument(call: ModuleCall, name: string): readonly [number, number] | undefined {
  const text = optionValue(call, name)
  if (text === undefined) return undefined
  const problem = `Argument for -${name} (${text}) must be two whole numbers with a comma`
  const parts = text.split(',')
  if (parts.length !== 2) throw new MontageError('MONTAGE_BAD_ARGUMENT', problem, { found: text })
  const [first, second] = parts.map((part) => integerArgument(part, problem))
  return [first ?? 0, second ?? 0]
}

function readCall(call: ModuleCall): TileImageInput {
  const image = operand(call, 0)
  const hdu = hduArgument(call)
  const counts = pairArgument(call, 'n')
  if (counts !== undefined) {
    if (call.operands.length !== 1) throw usageError()
    const [nx, ny] = counts
    const [dx, dy] = pairArgument(call, 'o') ?? [0, 0]
    const tile = pairArgument(call, 't')
    const folder = optionValue(call, 'p')
    const pad = { left: 0, right: dx, bottom: 0, top: dy }
    const common = { image: inFolder(folder, image), outputBase: outputBase(image), nx, ny, pad, hdu }
    return tile === undefined ? common : { ...common, tile: { ix: tile[0], iy: tile[1] } }
  }
  if (call.operands.length < 4) throw usageError()
  const names = ['outbase', 'nx', 'ny', 'xpad', 'ypad']
  const number = (index: number): number =>
    integerArgument(operand(call, index), `${names[index - 1] ?? ''} must be a whole number`)
  const xpad = call.operands.length > 4 ? number(4) : 0
  const ypad = call.operands.length > 5 ? number(5) : xpad
  const pad = { left: xpad, right: xpad, bottom: ypad, top: ypad }
  return { image, outputBase: operand(call, 1), nx: number(2), ny: number(3), pad, hdu }
}

/** The module mTileImage, in the form of Montage 6.0, known by `-n`, and in that of 2026. */
export const tileImageModule: MontageModule = defineModule<TileImageInput, TileImageResult>({
  name: 'mTileImage',
  summary: 'Cuts an image into tiles.',
  usage:
    '%s [-n <num tiles in x>,<num tiles in y>][-o <pixel overlap in x>,<pixel overlap in y>][-p path][-t ix,iy] in.fits | %s [-d][-h hdu][-s statusfile] in.fits outbase nx ny [xpad [ypad]]',
  style: 'getopt',
  options: 'n:o:p:t:dh:s:',
  operands: [1, 6],
  isNamed: true,
  usageExitCode: 255,
  fields: [['count', 'd']],
  manual: {
    description:
      'Cuts an image into `nx` by `ny` tiles, which keep the type of its pixels. Tiles are as wide as the image divided by `nx`, rounded up; the last ones may be smaller, and when none is left for them they are not written. Names are `in` or `outbase` with `i<ix>j<iy>.fits`.\n\nThe program of Montage 6.0 writes its first tile in float64 and then crashes; here all tiles are written and a status line is printed.',
    synopsis: [
      '-n nx,ny [-o dx,dy] [-p path] [-t ix,iy] [-h hdu] [-s statusfile] in.fits',
      '[-d] [-h hdu] [-s statusfile] in.fits outbase nx ny [xpad [ypad]]',
    ],
    options: [
      ['-n nx,ny', 'Number of tiles along each axis.'],
      ['-o dx,dy', 'Pixels that a tile has in common with the next one to the right and above.'],
      ['-p path', 'Folder of the image; tiles are written to the current folder.'],
      ['-t ix,iy', 'Write only this tile, counted from 0.'],
      DEBUG_OPTION,
      HDU_OPTION,
      STATUS_OPTION,
    ],
    operands: [
      ['in.fits', 'FITS image.'],
      ['[outbase]', 'Begin of the names of the tiles.'],
      ['[nx]', 'Tiles along axis 1.'],
      ['[ny]', 'Tiles along axis 2.'],
      [
        '[xpad]',
        'Pixels by which tiles reach over their sides along axis 1, as far as the image goes; default 0.',
      ],
      ['[ypad]', 'The same along axis 2; default `xpad`.'],
    ],
    returns: { count: 'Tiles that were written.' },
    example: ['mTileImage -n 3,2 -o 10,10 mosaic.fits', 'mTileImage mosaic.fits tiles/m 3 2 10'],
  },
  read: readCall,
  run: mTileImage,
})
