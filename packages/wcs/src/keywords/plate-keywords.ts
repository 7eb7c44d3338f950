import { PLATE_COEFFICIENT_COUNT, type PlateSolution } from '../distortion/plate-solution.ts'
import { WcsError } from '../errors.ts'
import type { KeywordReader } from './keyword-reader.ts'

/** A plate solution with the position of the plate's centre. */
export interface PlateKeywords {
  readonly plate: PlateSolution
  /** Right ascension and declination of the plate's centre, degrees. */
  readonly crval: readonly [number, number]
}

/** True when a header carries a plate solution of the Digitized Sky Survey. */
export function hasPlateSolution(header: KeywordReader): boolean {
  return header.has('PLTRAH') && header.has('AMDX1') && header.has('AMDY1')
}

/**
 * Reads the plate solution of a Digitized Sky Survey image.
 *
 * @throws {WcsError} `WCS_BAD_DISTORTION` when one of its keywords is missing or makes no sense
 *
 * Source: Space Telescope Science Institute, "GetImage" manual, appendix on astrometry.
 */
export function readPlateSolution(header: KeywordReader): PlateKeywords {
  const need = (keyword: string): number => {
    const value = header.number(keyword)
    if (value === undefined) throw badPlate(header, keyword, 'nothing', 'a number')
    return value
  }
  const positive = (keyword: string): number => {
    const value = need(keyword)
    if (!(value > 0)) throw badPlate(header, keyword, String(value), 'above 0')
    return value
  }
  const coefficients = (name: string): number[] =>
    Array.from({ length: PLATE_COEFFICIENT_COUNT }, (_, i) => header.number(`${name}${i + 1}`) ?? 0)
  const lonDeg = 15 * (need('PLTRAH') + need('PLTRAM') / 60 + need('PLTRAS') / 3600)
  const size = need('PLTDECD') + need('PLTDECM') / 60 + need('PLTDECS') / 3600
  const latDeg = header.text('PLTDECSN')?.trim() === '-' ? -size : size
  if (!(Math.abs(latDeg) <= 90)) throw badPlate(header, 'PLTDECD', String(latDeg), '-90 to 90 degrees')
  return {
    plate: {
      kind: 'plate',
      corner: [header.number('CNPIX1') ?? 0, header.number('CNPIX2') ?? 0],
      pixelSizeUm: [positive('XPIXELSZ'), positive('YPIXELSZ')],
      centreUm: [need('PPO3'), need('PPO6')],
      amdX: coefficients('AMDX'),
      amdY: coefficients('AMDY'),
    },
    crval: [lonDeg, latDeg],
  }
}

function badPlate(header: KeywordReader, keyword: string, found: string, allowed: string): WcsError {
  return new WcsError('WCS_BAD_DISTORTION', 'plate solution is incomplete', {
    where: header.where(keyword),
    found,
    allowed,
    remedy: "restore the keyword, or read the image with the option `plateSolution: 'ignore'`",
  })
}
