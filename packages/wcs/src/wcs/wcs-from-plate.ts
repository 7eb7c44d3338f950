import { celestialPole } from '../celestial/pole.ts'
import { type PlaneMap, solvePlaneMap } from '../distortion/plane-map.ts'
import { type PlateSolution, plateMap } from '../distortion/plate-solution.ts'
import { WcsError } from '../errors.ts'
import { equatorialFrameOfPlate } from '../keywords/frame-keywords.ts'
import type { KeywordReader } from '../keywords/keyword-reader.ts'
import { readPlateSolution } from '../keywords/plate-keywords.ts'
import type { Matrix2 } from '../linear/linear.ts'
import { readLength } from './read-length.ts'
import type { Wcs } from './wcs.ts'
import type { WcsOptions } from './wcs-from-keywords.ts'

/**
 * The coordinate system of a Digitized Sky Survey image: its plate solution into the gnomonic projection about the plate's centre. The
 * reference pixel is the plate's centre, usually outside the image.
 *
 * @throws {WcsError} `WCS_BAD_DISTORTION` when the solution is incomplete or has no inverse
 */
export function wcsFromPlate(header: KeywordReader, options: WcsOptions): Wcs {
  const { plate, crval } = readPlateSolution(header)
  const { crpix, cd } = linearPart(header, plate)
  const ctype = (axis: 1 | 2, absent: string): string => header.text(`CTYPE${axis}`)?.trim() ?? absent
  return {
    name: options.name,
    projection: 'TAN',
    ctype: [ctype(1, 'RA---TAN'), ctype(2, 'DEC--TAN')],
    frame: options.frame ?? equatorialFrameOfPlate(header),
    width: readLength(header, 1, options.naxis),
    height: readLength(header, 2, options.naxis),
    pixelAxes: [1, 2],
    isLatFirst: false,
    crpix,
    crval,
    cd,
    matrixForm: 'plate',
    pv: [],
    pole: celestialPole({
      phi0Deg: 0,
      theta0Deg: 90,
      lonDeg: crval[0],
      latDeg: crval[1],
      lonPoleDeg: undefined,
      latPoleDeg: 90,
    }),
    planeOffset: [0, 0],
    phiCentreDeg: 0,
    sip: undefined,
    lookup: undefined,
    planeDistortion: undefined,
    plate,
    sipInverse: options.sipInverse ?? 'exact',
    warnings: header.has('CTYPE1')
      ? [
          {
            code: 'plate-solution',
            keyword: 'AMDX1',
            text: 'the plate solution counts, the projection keywords beside it do not',
          },
        ]
      : [],
  }
}

/** The pixel of the plate's centre and the matrix there. */
function linearPart(
  header: KeywordReader,
  plate: PlateSolution,
): { readonly crpix: readonly [number, number]; readonly cd: Matrix2 } {
  const map: PlaneMap = plateMap(plate)
  const guess = [0, 1].map(
    (k) => (plate.centreUm[k] ?? 0) / (plate.pixelSizeUm[k] ?? 1) - (plate.corner[k] ?? 0) + 0.5,
  )
  const [x = 0, y = 0] = guess
  const out = new Float64Array(6)
  const crpix = solvePlaneMap(map, 0, 0, x, y)
  if (crpix === undefined) {
    throw new WcsError('WCS_BAD_DISTORTION', 'plate solution does not reach the centre of its plate', {
      where: header.where('AMDX1'),
      found: 'no pixel for the centre',
      allowed: 'coefficients whose map has an inverse',
      remedy: "read the image with the option `plateSolution: 'ignore'`",
    })
  }
  map.evaluate(crpix[0], crpix[1], out)
  return { crpix, cd: [out[2]!, out[3]!, out[4]!, out[5]!] }
}
