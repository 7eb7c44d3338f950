import { HPX_PLANE_FACES, hpxCdelt } from '@skyloom/mosaic'
import { TILE_PIXEL_ORDER } from './order-argument.ts'

/** A part of the turned HPX plane in galactic coordinates. */
export interface HpxTemplate {
  readonly width: number
  readonly height: number
  readonly crpix1: number
  readonly crpix2: number
  /** Degrees. */
  readonly cdelt: number
  /** Reference longitude, degrees. */
  readonly crval1: number
}

/** Decimals of CDELT that the classic programs write; they do not hold a pixel of deep orders. */
const CLASSIC_DECIMALS = 8

/** Pixels along a side of the plane whose tiles have this order. */
export function hpxPlaneSide(order: number): number {
  return HPX_PLANE_FACES * 2 ** (order + TILE_PIXEL_ORDER)
}

/**
 * The part of the plane that starts with this pixel, from 0.
 *
 * @param referenceDeg reference longitude: 180 for parts of the face on the seam, which is whole only with it; default 0
 */
export function hpxTemplate(
  order: number,
  part: { readonly col: number; readonly row: number; readonly width: number; readonly height: number },
  referenceDeg: 0 | 180 = 0,
): HpxTemplate {
  // A quarter turn moves the plane by one square along both axes.
  const centre = (hpxPlaneSide(order) + 1) / 2 - (referenceDeg / 90) * 2 ** (order + TILE_PIXEL_ORDER)
  return {
    width: part.width,
    height: part.height,
    crpix1: centre - part.col,
    crpix2: centre - part.row,
    cdelt: hpxCdelt(order + TILE_PIXEL_ORDER),
    crval1: referenceDeg,
  }
}

/** The header template as text. CDELT and PC have the eight decimals of the classic program and more at deeper orders. */
export function hpxTemplateText(
  { width, height, crpix1, crpix2, cdelt, crval1 }: HpxTemplate,
  order: number,
): string {
  const decimals = order === 0 ? CLASSIC_DECIMALS : CLASSIC_DECIMALS + Math.ceil(order * 0.7)
  const scale = cdelt.toFixed(decimals)
  const half = Math.SQRT1_2.toFixed(decimals)
  const lines = [
    'SIMPLE  = T',
    'BITPIX  = -64',
    'NAXIS   = 2',
    `NAXIS1  = ${width}`,
    `NAXIS2  = ${height}`,
    `CRPIX1  = ${crpix1.toFixed(1)}`,
    `CRPIX2  = ${crpix2.toFixed(1)}`,
    `PC1_1   = ${half}`,
    `PC1_2   = ${half}`,
    `PC2_1   = -${half}`,
    `PC2_2   = ${half}`,
    `CDELT1  = -${scale}`,
    `CDELT2  = ${scale}`,
    "CTYPE1  = 'GLON-HPX'",
    "CTYPE2  = 'GLAT-HPX'",
    `CRVAL1  = ${crval1.toFixed(1)}`,
    'CRVAL2  = 0.0',
    'LONPOLE = 180.0',
    'PV2_1   = 4',
    'PV2_2   = 3',
    'END',
  ]
  return `${lines.join('\n')}\n`
}
