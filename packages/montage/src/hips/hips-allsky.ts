import { join } from 'node:path'
import { Header } from '@skyloom/fits'
import { ALLSKY_SIZE, allskyPicture, thumbnail, tilePath } from '@skyloom/mosaic'
import { healpixCellCount } from '@skyloom/wcs'
import { DEBUG_OPTION } from '../command/manual.ts'
import { defineModule, type MontageModule, operand, type Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { readPlane, writePixels } from '../image/open-image.ts'
import { fitsTilesOf } from './tile-files.ts'

/** Input of {@link mHiPSAllSky}. */
export interface HipsAllSkyInput {
  /** Folder of the HiPS. */
  readonly hipsFolder: string
}

/** Result of {@link mHiPSAllSky}. */
export interface HipsAllSkyResult {
  /** Tiles of order 3 that are there, and that are not. */
  readonly ntile: number
  readonly nmissing: number
}

/** Order of the tiles in the picture. */
const ORDER = 3

/**
 * Makes `Norder3/Allsky.fits` of the FITS tiles of order 3 of a HiPS, 64 x 64 pixels each.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_NO_RESULT`, `MONTAGE_CANNOT_WRITE`
 */
export async function mHiPSAllSky(input: HipsAllSkyInput, place: Place = {}): Promise<HipsAllSkyResult> {
  const { hipsFolder } = input
  const tiles = (await fitsTilesOf(place, hipsFolder)).filter(({ order }) => order === ORDER)
  if (tiles.length === 0)
    throw new MontageError('MONTAGE_NO_RESULT', `No tiles of order 3 in [${hipsFolder}].`, {
      where: [hipsFolder],
    })
  const small = new Map<number, Float32Array>()
  for (const tile of tiles) {
    const { data } = await readPlane(place, join(hipsFolder, tilePath(tile, 'fits')))
    small.set(tile.npix, thumbnail(Float32Array.from(data)))
  }
  const { width, height } = ALLSKY_SIZE
  const layout = { bitpix: -32 as const, shape: [height, width] }
  const path = join(hipsFolder, `Norder${ORDER}`, 'Allsky.fits')
  await writePixels(place, path, new Header(), layout, allskyPicture(small))
  return { ntile: tiles.length, nmissing: healpixCellCount(ORDER) - tiles.length }
}

/** The module mHiPSAllSky. */
export const hipsAllSkyModule: MontageModule = defineModule<HipsAllSkyInput, HipsAllSkyResult>({
  name: 'mHiPSAllSky',
  summary: 'Makes the all-sky picture of a HiPS.',
  usage: '%s [-d] hipsDir',
  style: 'getopt',
  options: 'd',
  operands: [1, 1],
  isNamed: true,
  fields: [
    ['ntile', 'd'],
    ['nmissing', 'd'],
  ],
  manual: {
    description:
      'Makes `Norder3/Allsky.fits` of the FITS tiles of order 3 of a HiPS: 27 tiles in a row, 64 x 64 pixels each, the first at the upper left; NaN where there is no tile.',
    options: [DEBUG_OPTION],
    operands: [['hipsDir', 'Folder of the HiPS.']],
    returns: { ntile: 'Tiles of order 3.', nmissing: 'Tiles that are not there, of 768.' },
    example: ['mHiPSAllSky hips'],
  },
  read: (call) => ({ hipsFolder: operand(call, 0) }),
  run: mHiPSAllSky,
})
