import type { CelestialPole } from '../celestial/pole.ts'
import type { LookupDistortion } from '../distortion/lookup.ts'
import type { PlateSolution } from '../distortion/plate-solution.ts'
import type { Sip } from '../distortion/sip.ts'
import type { Tnx } from '../distortion/tnx.ts'
import type { Tpv } from '../distortion/tpv.ts'
import type { CelestialFrame } from '../frame/frame.ts'
import type { MatrixForm } from '../keywords/linear-keywords.ts'
import type { Matrix2 } from '../linear/linear.ts'
import type { ProjectionCode } from '../projection/make-projection.ts'

/** Something in a header that was read in one of several ways or could not be used. */
export interface WcsWarning {
  readonly code: WcsWarningCode
  readonly keyword: string
  readonly text: string
}

/** Kinds of {@link WcsWarning}. */
export type WcsWarningCode =
  /** PV keywords that the projection does not use, or that SIP displaces. */
  | 'pv-ignored'
  /** PV keywords under TAN, read as SCAMP means them, as TPV. */
  | 'pv-under-tan'
  /** SIP coefficients used although CTYPE lacks the suffix -SIP. */
  | 'sip-without-suffix'
  /** SIP coefficients not used because CTYPE names another distortion. */
  | 'sip-ignored'
  /** CTYPE names a distortion and its coefficients are not there. */
  | 'distortion-missing'
  /** A distortion of Paper IV that is not a lookup table. */
  | 'distortion-unknown'
  /** A plate solution counts and the projection keywords beside it do not, or the other way round. */
  | 'plate-solution'
  /** A suffix of CTYPE that names no known distortion. */
  | 'suffix-unknown'
  /** Both PC and CD. */
  | 'matrix-forms-mixed'
  /** The header names lookup tables that were not given. */
  | 'lookup-tables-missing'

/**
 * The celestial coordinate system of an image: plain data, which may be copied, stored as JSON and sent to workers.
 *
 * Pixels are those of the FITS convention: the centre of the first pixel is (1, 1). Angles are degrees.
 */
export interface Wcs {
  /** Name for messages, such as the file. */
  readonly name: string | undefined
  /** Code of the spherical projection. TPV, TNX and ZPX appear as the projection beneath their distortion. */
  readonly projection: ProjectionCode
  /** CTYPE of longitude and latitude as the header has them. */
  readonly ctype: readonly [string, string]
  /** Frame of the celestial coordinates. */
  readonly frame: CelestialFrame
  /** Pixels along fitsX and fitsY, undefined when the header does not tell. */
  readonly width: number | undefined
  readonly height: number | undefined
  /** Numbers (from 1) of the pixel axes that are fitsX and fitsY. */
  readonly pixelAxes: readonly [number, number]
  /** True when the latitude stands on the lower numbered axis ("axis swap"). Positions are (lon, lat) all the same. */
  readonly isLatFirst: boolean
  /** Reference pixel along fitsX and fitsY. */
  readonly crpix: readonly [number, number]
  /** Longitude and latitude of the reference point. */
  readonly crval: readonly [number, number]
  /** Degrees per pixel: d(lon)/dx, d(lon)/dy, d(lat)/dx, d(lat)/dy of the projection plane. */
  readonly cd: Matrix2
  /** How the header wrote the matrix. */
  readonly matrixForm: MatrixForm
  /** Projection parameters PVi_m of the latitude axis by m. */
  readonly pv: readonly (number | undefined)[]
  /** Position of the native pole. */
  readonly pole: CelestialPole
  /** Plane coordinates of the reference point when PVi_0 of the longitude axis moves it, else (0, 0). */
  readonly planeOffset: readonly [number, number]
  /** Centre of the native longitudes of cylindrical projections. */
  readonly phiCentreDeg: number
  /** Polynomial distortion in pixels. */
  readonly sip: Sip | undefined
  /** Lookup-table distortion in pixels. */
  readonly lookup: LookupDistortion | undefined
  /** Distortion of the projection plane. */
  readonly planeDistortion: Tpv | Tnx | undefined
  /** Plate solution from pixels to the plane; `crpix` and `cd` are then its linear part at the plate's centre. */
  readonly plate: PlateSolution | undefined
  /** How sky to pixel undoes SIP. */
  readonly sipInverse: SipInverse
  readonly warnings: readonly WcsWarning[]
}

/**
 * How sky to pixel undoes SIP: `exact` by Newton's method on A and B, so that pixel to sky to pixel closes;
 * `coefficients` with AP and BP as written and without any inverse when they are absent, as Montage does.
 */
export type SipInverse = 'exact' | 'coefficients'
