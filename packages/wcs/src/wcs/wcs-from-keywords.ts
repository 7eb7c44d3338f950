import { cotDeg } from '../celestial/angles.ts'
import { checkTable, type LookupDistortion } from '../distortion/lookup.ts'
import { WcsError } from '../errors.ts'
import { type CelestialFrame, resolveFrame } from '../frame/frame.ts'
import { type CelestialAxes, findCelestialAxes } from '../keywords/axes.ts'
import { readPv } from '../keywords/distortion-keywords.ts'
import { frameOf } from '../keywords/frame-keywords.ts'
import { type KeywordReader, type KeywordSource, keywordReader } from '../keywords/keyword-reader.ts'
import { hasMatrix, hasModernPc, type OtherPixels, readLinearPart } from '../keywords/linear-keywords.ts'
import { hasPlateSolution } from '../keywords/plate-keywords.ts'
import type { HeaderRules } from '../keywords/rules.ts'
import { unitDeg } from '../keywords/unit.ts'
import {
  isProjectionCode,
  makeProjection,
  PROJECTION_CODES,
  type ProjectionCode,
} from '../projection/make-projection.ts'
import type { ProjectionParameters } from '../projection/projection.ts'
import { imageLongitude } from './image-longitude.ts'
import { type LongitudeParameters, placePole, readLongitudeParameters } from './place-pole.ts'
import { readDistortion } from './read-distortion.ts'
import { readLength } from './read-length.ts'
import type { SipInverse, Wcs, WcsWarning } from './wcs.ts'
import { wcsFromPlate } from './wcs-from-plate.ts'

/** How to read a coordinate system from keywords. */
export interface WcsOptions {
  /** Name of the image for messages. */
  readonly name?: string
  /** Lengths of the pixel axes, where the keywords do not tell (NAXISn of a text header, for example). */
  readonly naxis?: readonly number[]
  /** Letter of an alternative description (Paper I, section 2.1): `A` reads CTYPE1A and so on. Default the primary one. */
  readonly alternate?: string
  /** Frame to use whatever the header says. */
  readonly frame?: CelestialFrame
  /** Whose reading counts where readings differ; default `fits`. */
  readonly rules?: HeaderRules
  /** How sky to pixel undoes SIP; default `exact`. */
  readonly sipInverse?: SipInverse
  /** Tables of a lookup-table distortion, read from the extensions that {@link lookupReferences} names. */
  readonly lookup?: LookupDistortion
  /**
   * Whether the plate solution of a Digitized Sky Survey image counts before its projection keywords, which approximate it.
   * Default `use`, as wcslib and Montage do.
   */
  readonly plateSolution?: 'use' | 'ignore'
  /**
   * Native longitudes of cylindrical projections. `native` (default): -180 to 180 degrees, as Paper II and wcslib have it; pixels beyond
   * have no sky. `image`: within 180 degrees of the middle of the image, for maps laid out beyond the seam.
   */
  readonly longitudeRange?: 'native' | 'image'
  /** Pixels on axes that are neither fitsX nor fitsY, by axis number; default 1. Only matters where axes are coupled. */
  readonly otherPixels?: OtherPixels
}

/** Codes that stand for another projection with a distortion or with fixed parameters. */
const ALIASES: ReadonlyMap<string, ProjectionCode> = new Map<string, ProjectionCode>([
  ['TPV', 'TAN'],
  ['TNX', 'TAN'],
  ['ZPX', 'ZPN'],
  ['GLS', 'SFL'],
  ['NCP', 'SIN'],
])

/** Highest m of PVi_m on the latitude axis: 29, as far as any program writes ZPN. */
const LAST_PV = 29

/**
 * Reads the celestial coordinate system of an image from its keywords.
 *
 * @param get value of a keyword, undefined when absent
 * @throws {WcsError} naming keyword, value found and values allowed; the codes are those of the groups keywords, linear,
 *   projection, celestial and distortion in {@link WcsErrorCode}; `WCS_BAD_FRAME` for a frame option that does not exist
 *
 * Source: FITS WCS Papers I and II; SIP: Shupe et al. 2005; TPV: registry of FITS conventions.
 */
export function wcsFromKeywords(get: KeywordSource, options: WcsOptions = {}): Wcs {
  const header = keywordReader(get, options.name)
  const alternate = checkedAlternate(options.alternate ?? '')
  checkLookup(options.lookup)
  if (options.frame !== undefined) resolveFrame(options.frame)
  if (alternate === '' && options.plateSolution !== 'ignore' && hasPlateSolution(header)) {
    return wcsFromPlate(header, options)
  }
  const rules = options.rules ?? 'fits'
  const axes = findCelestialAxes(header, alternate)
  const projection = projectionOf(header, axes, alternate)
  const lonUnit = unitDeg(header, `CUNIT${axes.lonAxis}${alternate}`)
  const latUnit = unitDeg(header, `CUNIT${axes.latAxis}${alternate}`)
  const linear = readLinearPart(
    header,
    axes,
    alternate,
    [lonUnit, latUnit],
    options.otherPixels ?? new Map(),
    rules,
  )
  const crval = [
    (header.number(`CRVAL${axes.lonAxis}${alternate}`) ?? 0) * lonUnit,
    readLatitude(header, `CRVAL${axes.latAxis}${alternate}`, latUnit),
  ] as const
  const { sip, planeDistortion, projp, warnings } = readDistortion(header, axes, alternate, options.lookup)
  // SCAMP's PV keywords beside SIP would move the native pole if they were read as those of Paper II; astropy drops them too.
  const isScampBesideSip = sip !== undefined && axes.code === 'TAN'
  const usesPv = planeDistortion?.kind !== 'tpv' && !isScampBesideSip
  const pv = projp ?? (usesPv ? projectionParameters(header, axes, alternate, crval[1]) : [])
  const spherical = placed(header, axes, alternate, () => makeProjection(projection, pv, { centreDeg: 0 }))
  const parameters = longitudeParameters(header, axes, alternate, usesPv, crval[1], rules)
  const { pole, planeOffset } = placed(header, axes, alternate, () => placePole(spherical, crval, parameters))
  const [xAxis, yAxis] = linear.pixelAxes
  const width = readLength(header, xAxis, options.naxis)
  const height = readLength(header, yAxis, options.naxis)
  const wcs: Wcs = {
    name: options.name,
    projection,
    ctype: [axes.lonType, axes.latType],
    frame: options.frame ?? frameOf(header, axes, alternate, rules),
    width,
    height,
    pixelAxes: linear.pixelAxes,
    isLatFirst: axes.latAxis < axes.lonAxis,
    crpix: linear.crpix,
    crval,
    cd: linear.cd,
    matrixForm: linear.form,
    pv,
    pole,
    planeOffset,
    phiCentreDeg: 0,
    sip,
    lookup: options.lookup,
    planeDistortion,
    plate: undefined,
    sipInverse: options.sipInverse ?? 'exact',
    warnings: [...matrixWarnings(header, axes, alternate, rules), ...warnings],
  }
  return options.longitudeRange === 'image' ? { ...wcs, phiCentreDeg: imageLongitude(wcs) } : wcs
}

/** Runs a step that knows nothing of headers; its errors get the header's name and the keyword as this header has it. */
function placed<T>(header: KeywordReader, axes: CelestialAxes, alternate: string, step: () => T): T {
  try {
    return step()
  } catch (error) {
    if (!(error instanceof WcsError)) throw error
    const keyword = (error.where[0] ?? '').replace(/^PV2_/, `PV${axes.latAxis}_`) + alternate
    throw new WcsError(error.code, error.problem, {
      where: header.where(keyword),
      ...(error.found === undefined ? {} : { found: error.found }),
      ...(error.allowed === undefined ? {} : { allowed: error.allowed }),
      ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
      cause: error,
    })
  }
}

function checkedAlternate(alternate: string): string {
  if (/^[A-Z]?$/.test(alternate)) return alternate
  throw new WcsError('WCS_BAD_VALUE', 'not the letter of an alternative coordinate description', {
    where: ['alternate'],
    found: alternate,
    allowed: 'A to Z, or nothing for the primary description',
  })
}

function projectionOf(header: KeywordReader, axes: CelestialAxes, alternate: string): ProjectionCode {
  const code = ALIASES.get(axes.code) ?? axes.code
  if (isProjectionCode(code)) return code
  throw new WcsError('WCS_UNKNOWN_PROJECTION', 'unknown projection', {
    where: header.where(`CTYPE${axes.lonAxis}${alternate}`),
    found: axes.code,
    allowed: [...PROJECTION_CODES, ...ALIASES.keys()].join(', '),
    remedy: 'correct the projection code in both CTYPEs',
  })
}

/** CRVAL of the latitude axis in degrees. */
function readLatitude(header: KeywordReader, keyword: string, unit: number): number {
  const latDeg = (header.number(keyword) ?? 0) * unit
  if (Math.abs(latDeg) <= 90) return latDeg
  throw new WcsError('WCS_BAD_LATITUDE', 'reference latitude is beyond the pole', {
    where: header.where(keyword),
    found: String(latDeg),
    allowed: '-90 to 90 degrees',
    remedy: 'correct the reference value',
  })
}

/** PVi_m of the latitude axis; for NCP those of the SIN it stands for (Paper II, section 6.1.2). */
function projectionParameters(
  header: KeywordReader,
  axes: CelestialAxes,
  alternate: string,
  latDeg: number,
): ProjectionParameters {
  if (axes.code !== 'NCP') return readPv(header, axes.latAxis, alternate, LAST_PV)
  const cot = cotDeg(latDeg)
  if (Number.isFinite(cot)) return [undefined, 0, cot]
  throw new WcsError('WCS_BAD_PARAMETER', 'projection NCP does not exist on the equator', {
    where: header.where(`CRVAL${axes.latAxis}${alternate}`),
    found: String(latDeg),
    allowed: 'a reference latitude other than 0',
    remedy: 'correct the reference value or the projection code in CTYPE',
  })
}

/** Parameters of the longitude axis; GLS measures from its own reference latitude (Paper II, section 6.1.4). */
function longitudeParameters(
  header: KeywordReader,
  axes: CelestialAxes,
  alternate: string,
  usesPv: boolean,
  latDeg: number,
  rules: HeaderRules,
): LongitudeParameters {
  const parameters = readLongitudeParameters(header, axes.lonAxis, alternate, usesPv)
  if (axes.code !== 'GLS' || rules === 'montage') return parameters
  return { ...parameters, isOffset: true, phi0Deg: 0, theta0Deg: latDeg }
}

function checkLookup(lookup: LookupDistortion | undefined): void {
  for (const [place, pair] of [
    ['lookup.detector', lookup?.detector],
    ['lookup.prior', lookup?.prior],
  ] as const) {
    pair?.forEach((table, axis) => {
      if (table !== undefined) checkTable(table, [`${place}[${axis}]`])
    })
  }
}

function matrixWarnings(
  header: KeywordReader,
  axes: CelestialAxes,
  alternate: string,
  rules: HeaderRules,
): readonly WcsWarning[] {
  if (!hasMatrix(header, 'CD', axes, alternate) || !hasMatrix(header, 'PC', axes, alternate)) return []
  const isPc = rules === 'fits' && hasModernPc(header, axes, alternate)
  const text = isPc ? 'PC counts, CD beside it is not used' : 'CD counts, PC beside it is not used'
  return [{ code: 'matrix-forms-mixed', keyword: `CD1_1${alternate}`, text }]
}
