import { join } from 'node:path'
import { readImage } from '@skyloom/fits'
import { cellOfPlane, HPX_PLANE_FACES, tilePath } from '@skyloom/mosaic'
import { type HealpixCell, nestedIndex } from '@skyloom/wcs'
import { DEBUG_LEVEL_OPTION, HDU_OPTION } from '../command/manual.ts'
import { defineModule, hduArgument, type MontageModule, operand, type Place } from '../command/module.ts'
import { TILE_SIDE } from '../healpix/order-argument.ts'
import { plateInPlane } from '../healpix/plate-in-plane.ts'
import { openImage } from '../image/open-image.ts'
import { writePart } from '../image/write-part.ts'

/** Input of {@link mHiPSTiles}. */
export interface HipsTilesInput {
  /** Image on the grid of mHPXHdr, or a part of it. */
  readonly plate: string
  /** Folder of the HiPS; folders of orders are made in it. */
  readonly hipsFolder: string
  /** Number of the HDU; default the first with pixels. */
  readonly hdu?: number
}

/** Result of {@link mHiPSTiles}. */
export interface HipsTilesResult {
  /** Tiles that were written. */
  readonly ntile: number
}

/**
 * Cuts the tiles of 512 x 512 pixels out of a plate of the HPX plane; tiles without data are left out, tiles that reach beyond the plate too.
 * Pixels keep their type and stand as on the plate; HiPS viewers want them mirrored, as `skyloom mosaic hips` writes them.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_HEADER`, `MONTAGE_CANNOT_WRITE`
 */
export async function mHiPSTiles(input: HipsTilesInput, place: Place = {}): Promise<HipsTilesResult> {
  const opened = await openImage(place, input.plate, input.hdu ?? 0)
  try {
    const { order, col, row } = plateInPlane(opened.header, input.plate)
    let ntile = 0
    const first = (origin: number): number => Math.ceil(origin / TILE_SIDE)
    const end = (origin: number, length: number): number => Math.floor((origin + length) / TILE_SIDE)
    for (let tileRow = first(row); tileRow < end(row, opened.height); tileRow++) {
      for (let tileCol = first(col); tileCol < end(col, opened.width); tileCol++) {
        const cell = wrappedCell(order, tileCol, tileRow)
        if (cell === undefined) continue
        const region = {
          col: tileCol * TILE_SIDE - col,
          row: tileRow * TILE_SIDE - row,
          width: TILE_SIDE,
          height: TILE_SIDE,
        }
        const { data } = await readImage(opened.hdu, { as: 'float32', region })
        if (data.every(Number.isNaN)) continue
        const path = join(input.hipsFolder, tilePath({ order, npix: nestedIndex(cell) }, 'fits'))
        await writePart(place, opened, input.plate, region, { path, makesFolder: true })
        ntile++
      }
    }
    return { ntile }
  } finally {
    await opened.file.close()
  }
}

/** The cell at a place of the plane; the second place of the face on the seam counts too. */
function wrappedCell(order: number, col: number, row: number): HealpixCell | undefined {
  const turn = (HPX_PLANE_FACES - 1) * 2 ** order
  const isSeam = col >= turn && row >= turn
  return cellOfPlane({ order, col: isSeam ? col - turn : col, row: isSeam ? row - turn : row })
}

/** The module mHiPSTiles. */
export const hipsTilesModule: MontageModule = defineModule<HipsTilesInput, HipsTilesResult>({
  name: 'mHiPSTiles',
  summary: 'Cuts the HiPS tiles out of a plate of a HEALPix map.',
  usage: '%s [-d level] plate.fits hipsDir',
  style: 'getopt',
  options: 'd:h:',
  operands: [2, 2],
  isNamed: true,
  fields: [['ntile', 'd']],
  manual: {
    description:
      'Cuts all whole tiles of 512 x 512 pixels that hold data out of an image on the grid of mHPXHdr, or a part of it, to `NorderK/DirD/NpixN.fits`. Pixels stand as on the plate. Viewers want them mirrored: `skyloom mosaic hips` makes a whole HiPS for them at once.',
    options: [DEBUG_LEVEL_OPTION, HDU_OPTION],
    operands: [
      ['plate.fits', 'FITS image in the HPX projection, turned by 45 degrees.'],
      ['hipsDir', 'Folder of the HiPS.'],
    ],
    returns: { ntile: 'Tiles that were written.' },
    example: [
      'mHPXHdr 0 allsky.hdr',
      'mProject sky.fits plate.fits allsky.hdr',
      'mHiPSTiles plate.fits hips',
    ],
  },
  read: (call) => ({ plate: operand(call, 0), hipsFolder: operand(call, 1), hdu: hduArgument(call) }),
  run: mHiPSTiles,
})
