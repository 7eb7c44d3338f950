import { padToWidth, parsePrintf, printfDigits } from '@skyloom/fits/tables'
import type { MontageFrame, MontageSystem, SkyPosition } from '@skyloom/wcs'
import type { CubeAxis } from '../table/sky-points.ts'

/** The pixels of a template. */
export interface TemplateGrid {
  readonly naxis1: number
  readonly naxis2: number
  /** In the frame of the template. */
  readonly centre: SkyPosition
  /** Degrees per pixel. */
  readonly cdelt: number
  /** Degrees. */
  readonly crota2: number
}

const AXIS_NAMES: ReadonlyMap<MontageSystem, readonly [string, string]> = new Map([
  ['EQUJ', ['RA--', 'DEC-']],
  ['EQUB', ['RA--', 'DEC-']],
  ['ECLJ', ['ELON', 'ELAT']],
  ['ECLB', ['ELON', 'ELAT']],
  ['GAL', ['GLON', 'GLAT']],
  ['SGAL', ['SLON', 'SLAT']],
])

/** Decimals of degrees in classic templates. */
const CLASSIC_DECIMALS = 9

/**
 * The lines of a header template, END last.
 *
 * @param code     projection: `TAN`
 * @param decimals of degrees; 9 as the classic programs write them, which is too coarse for pixels far below an arcsecond
 */
export function templateLines(
  grid: TemplateGrid,
  frame: MontageFrame,
  code: string,
  cube: readonly CubeAxis[] = [],
  decimals: number = CLASSIC_DECIMALS,
): readonly string[] {
  const [lon, lat] = AXIS_NAMES.get(frame.system) ?? ['RA--', 'DEC-']
  const number = (keyword: string, format: string, value: number): string => {
    const conversion = parsePrintf(format)
    const width = conversion.width === 'longest' ? 0 : conversion.width
    return `${keyword.padEnd(8)}= ${padToWidth(conversion, printfDigits(conversion, value), width)}`
  }
  const hasEquinox = frame.system !== 'GAL' && frame.system !== 'SGAL'
  const degrees = `%${decimals + 5}.${decimals}f`
  return [
    'SIMPLE  = T',
    'BITPIX  = -64',
    `NAXIS   = ${2 + cube.length}`,
    `NAXIS1  = ${grid.naxis1}`,
    `NAXIS2  = ${grid.naxis2}`,
    ...cube.map((axis) => `NAXIS${axis.axis}  = ${axis.naxis}`),
    `CTYPE1  = '${lon}-${code}'`,
    `CTYPE2  = '${lat}-${code}'`,
    ...(hasEquinox ? [number('EQUINOX', '%g', frame.epochYear ?? 2000)] : []),
    number('CRVAL1', degrees, grid.centre.lonDeg),
    number('CRVAL2', degrees, grid.centre.latDeg),
    ...cube.map((axis) => number(`CRVAL${axis.axis}`, '%14.9f', axis.crval)),
    number('CRPIX1', '%14.4f', (grid.naxis1 + 1) / 2),
    number('CRPIX2', '%14.4f', (grid.naxis2 + 1) / 2),
    ...cube.map((axis) => number(`CRPIX${axis.axis}`, '%14.4f', axis.crpix)),
    number('CDELT1', degrees, -grid.cdelt),
    number('CDELT2', degrees, grid.cdelt),
    ...cube.map((axis) => number(`CDELT${axis.axis}`, '%14.9f', axis.cdelt)),
    number('CROTA2', degrees, grid.crota2),
    'END',
  ]
}
