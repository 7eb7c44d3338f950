import { hpxCdelt } from '@skyloom/mosaic'
import { defineModule, type MontageModule, operand, type Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { needColumns, numbers, readTable } from '../table/table-columns.ts'
import { MAX_TILE_ORDER, TILE_PIXEL_ORDER } from './order-argument.ts'

/** Input of {@link mHPXOrder}. */
export interface HpxOrderInput {
  /** Image metadata table. */
  readonly images: string
}

/** Result of {@link mHPXOrder}. */
export interface HpxOrderResult {
  /** Smallest pixel side of the images in degrees. */
  readonly cdelt: number
  /** Order of HiPS tiles whose pixels are the first ones that are smaller. */
  readonly order: number
  /** Pixel side of that order in degrees. */
  readonly order_cdelt: number
  /** 2^order. */
  readonly nside: number
}

/**
 * The first order of HiPS tiles whose pixels are smaller than those of all images.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_NO_RESULT`
 */
export async function mHPXOrder(input: HpxOrderInput, place: Place = {}): Promise<HpxOrderResult> {
  const problem = `Invalid image metadata file: ${input.images}`
  const { table } = await readTable(place, input.images, problem)
  needColumns(table, ['cdelt1', 'cdelt2'], input.images, 'Need columns: cdelt1, cdelt2 in image list')
  const sides = [...numbers(table, 'cdelt1'), ...numbers(table, 'cdelt2')].map(Math.abs)
  const cdelt = sides.reduce((least, side) => (side > 0 ? Math.min(least, side) : least), Infinity)
  if (!Number.isFinite(cdelt))
    throw new MontageError('MONTAGE_BAD_TABLE', problem, {
      where: [input.images],
      found: 'no pixel scale other than 0',
    })
  for (let order = 0; order <= MAX_TILE_ORDER; order++) {
    const orderCdelt = hpxCdelt(order + TILE_PIXEL_ORDER)
    if (orderCdelt < cdelt) return { cdelt, order, order_cdelt: orderCdelt, nside: 2 ** order }
  }
  throw new MontageError(
    'MONTAGE_NO_RESULT',
    'The pixels of the images are smaller than those of every order.',
    {
      found: `${cdelt} degrees`,
      allowed: `above ${hpxCdelt(MAX_TILE_ORDER + TILE_PIXEL_ORDER)} degrees`,
    },
  )
}

/** The module mHPXOrder. */
export const hpxOrderModule: MontageModule = defineModule<HpxOrderInput, HpxOrderResult>({
  name: 'mHPXOrder',
  summary: 'Finds the order of HiPS tiles that fits a set of images.',
  usage: '%s images.tbl',
  style: 'leading',
  options: [],
  operands: [1, 1],
  isNamed: true,
  fields: [
    ['cdelt', 'g'],
    ['order', 'd'],
    ['order_cdelt', 'g'],
    ['nside', 'd'],
  ],
  manual: {
    description:
      'The first order of HiPS tiles of 512 pixels whose pixels are smaller than the smallest ones of the images.',
    options: [],
    operands: [['images.tbl', 'Image metadata table with columns `cdelt1` and `cdelt2`.']],
    returns: {
      cdelt: 'Smallest pixel side of the images in degrees.',
      order: 'The order.',
      order_cdelt: 'Its pixel side in degrees.',
      nside: 'Tiles along a side of a face.',
    },
    example: ['mHPXOrder images.tbl'],
  },
  read: (call) => ({ images: operand(call, 0) }),
  run: mHPXOrder,
})
