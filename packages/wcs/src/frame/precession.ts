import { besselianYearToJd, julianYearToJd } from './frame.ts'
import { type Matrix3, multiply3, rotationX, rotationY, rotationZ, transpose3 } from './matrix3.ts'

const DEG_TO_RAD = Math.PI / 180
const ARCSEC_TO_RAD = Math.PI / 648000

/** Value of a polynomial, coefficients from the constant term up. */
function polynomial(t: number, coefficients: readonly number[]): number {
  return coefficients.reduceRight((sum, c) => sum * t + c, 0)
}

/** Julian centuries (TT) from J2000.0. */
function centuriesFromJ2000(jd: number): number {
  return (jd - 2451545) / 36525
}

/** Precession matrix from its three equatorial angles in arcseconds. */
function fromAngles(zetaArcsec: number, zArcsec: number, thetaArcsec: number): Matrix3 {
  return multiply3(
    rotationZ(-zArcsec * ARCSEC_TO_RAD),
    rotationY(thetaArcsec * ARCSEC_TO_RAD),
    rotationZ(-zetaArcsec * ARCSEC_TO_RAD),
  )
}

type Terms = readonly [number, number, number]

/** Terms in arcseconds of the three angles of a precession from a year off the base epoch over a span. */
interface PrecessionSeries {
  /** Polynomial in the start: what zeta and z grow by with the span. */
  readonly linear: Terms
  /** Square of the span, the same times the start, cube of the span. */
  readonly zeta: Terms
  readonly z: Terms
  readonly thetaLinear: Terms
  readonly theta: Terms
}

/** Matrix of a series. @param start from the base epoch of the series, in its unit; @param span likewise */
function fromSeries(start: number, span: number, series: PrecessionSeries): Matrix3 {
  const angle = (linear: Terms, [square, squareStart, cube]: Terms): number =>
    polynomial(span, [0, polynomial(start, linear), square + squareStart * start, cube])
  return fromAngles(
    angle(series.linear, series.zeta),
    angle(series.linear, series.z),
    angle(series.thetaLinear, series.theta),
  )
}

/**
 * Newcomb's precession between two Besselian years, in the system of FK4 without E-terms.
 *
 * Source: Newcomb's constants as expanded from 1850 by Kinoshita (1975, SAO Special Report 364) and given in the
 * Explanatory Supplement (Seidelmann 1992), section 3.214: the form that astropy uses.
 */
export function precessionNewcomb(fromYear: number, toYear: number): Matrix3 {
  return fromSeries((fromYear - 1850) / 1000, (toYear - fromYear) / 1000, {
    linear: [23035.545, 139.72, 0.06],
    zeta: [30.24, -0.27, 17.995],
    z: [109.48, 0.39, 18.325],
    thetaLinear: [20051.12, -85.29, -0.37],
    theta: [-42.65, -0.37, -41.8],
  })
}

/**
 * Newcomb's precession in the form of the spec of Montage: from 1900, tropical centuries.
 *
 * Source: Explanatory Supplement (1961), section 2B; it agrees with {@link precessionNewcomb} to a milliarcsecond
 * or so within this century and the last.
 */
export function precessionNewcomb1900(fromYear: number, toYear: number): Matrix3 {
  return fromSeries((fromYear - 1900) / 100, (toYear - fromYear) / 100, {
    linear: [2304.253, 1.3975, 0.00006],
    zeta: [0.3023, -0.00027, 0.018],
    z: [1.095, 0.00039, 0.01832],
    thetaLinear: [2004.685, -0.8533, -0.00037],
    theta: [-0.4267, -0.00037, -0.0418],
  })
}

/**
 * Precession between two Julian years by IAU 1976, the model that FK5 was built with.
 *
 * Source: Lieske et al. 1977, A&A 58, 1; Lieske 1979, A&A 73, 282.
 */
export function precessionIau1976(fromYear: number, toYear: number): Matrix3 {
  return fromSeries((fromYear - 2000) / 100, (toYear - fromYear) / 100, {
    linear: [2306.2181, 1.39656, -0.000139],
    zeta: [0.30188, -0.000344, 0.017998],
    z: [1.09468, 0.000066, 0.018203],
    thetaLinear: [2004.3109, -0.8533, -0.000217],
    theta: [-0.42665, -0.000217, -0.041833],
  })
}

/** Mean obliquity in radians by IAU 1980. Source: Lieske et al. 1977, A&A 58, 1. */
export function obliquityIau1980Rad(julianYear: number): number {
  return polynomial((julianYear - 2000) / 100, [84381.448, -46.815, -0.00059, 0.001813]) * ARCSEC_TO_RAD
}

/**
 * Newcomb's mean obliquity in radians for a Besselian year.
 *
 * Source: Newcomb 1895 (Tables of the Sun), with the constant term at B1950.
 */
export function obliquityNewcombRad(besselianYear: number): number {
  return polynomial((besselianYear - 1950) / 100, [84404.84, -46.85, -0.0033, 0.00182]) * ARCSEC_TO_RAD
}

/** Mean obliquity in radians by IAU 2006. Source: Hilton et al. 2006, CMDA 94, 351, table 1. */
export function obliquityIau2006Rad(jd: number): number {
  const t = centuriesFromJ2000(jd)
  return (
    polynomial(t, [84381.406, -46.836769, -0.0001831, 0.0020034, -0.000000576, -0.0000000434]) * ARCSEC_TO_RAD
  )
}

/**
 * Matrix from ICRS to the mean equator and equinox of a date: frame bias and IAU 2006 precession in one.
 *
 * Source: Fukushima-Williams angles of Hilton et al. 2006, CMDA 94, 351, table 1, used as in their equation for P x B:
 * R1(-epsilon) R3(-psi) R1(phi) R3(gamma).
 */
export function biasPrecessionIau2006(jd: number): Matrix3 {
  const t = centuriesFromJ2000(jd)
  const gamma = polynomial(t, [-0.052928, 10.556378, 0.4932044, -0.00031238, -0.000002788, 0.000000026])
  const phi = polynomial(t, [84381.412819, -46.811016, 0.0511268, 0.00053289, -0.00000044, -0.0000000176])
  const psi = polynomial(t, [-0.041775, 5038.481484, 1.5584175, -0.00018522, -0.000026452, -0.0000000148])
  return multiply3(
    rotationX(-obliquityIau2006Rad(jd)),
    rotationZ(-psi * ARCSEC_TO_RAD),
    rotationX(phi * ARCSEC_TO_RAD),
    rotationZ(gamma * ARCSEC_TO_RAD),
  )
}

/** Precession between two Julian years by IAU 2006, without frame bias. Source: as {@link biasPrecessionIau2006}. */
export function precessionIau2006(fromYear: number, toYear: number): Matrix3 {
  const fromIcrs = biasPrecessionIau2006(julianYearToJd(fromYear))
  // The frame bias of J2000 stands to the right of both factors and cancels.
  return multiply3(biasPrecessionIau2006(julianYearToJd(toYear)), transpose3(fromIcrs))
}

/** Matrix from ICRS to the mean ecliptic and equinox of a Julian year, IAU 2006. */
export function icrsToEclipticIau2006(julianYear: number): Matrix3 {
  const jd = julianYearToJd(julianYear)
  return multiply3(rotationX(obliquityIau2006Rad(jd)), biasPrecessionIau2006(jd))
}

/**
 * E-terms of aberration as a vector (radians): the part of the aberration of light that comes from the ellipticity of
 * the Earth's orbit and was left in mean positions of FK4.
 *
 * Source: Explanatory Supplement (Seidelmann 1992), sections 3.53 and 5.3, with kappa = 0.0056932 degree (20.496 arcsec),
 * eccentricity and perigee of Newcomb, obliquity IAU 1980.
 */
export function eTerms(besselianYear: number): readonly [number, number, number] {
  const jd = besselianYearToJd(besselianYear)
  const t = (jd - besselianYearToJd(1950)) / 36525
  const eccentricity = polynomial(t, [0.01673011, -0.00004193, -0.000000126])
  const perigeeRad = polynomial(t, [1015489.951, 6190.67, 1.65, 0.012]) * ARCSEC_TO_RAD
  const obliquityRad = obliquityIau1980Rad(2000 + centuriesFromJ2000(jd) * 100)
  const size = eccentricity * 0.0056932 * DEG_TO_RAD
  return [
    size * Math.sin(perigeeRad),
    -size * Math.cos(perigeeRad) * Math.cos(obliquityRad),
    -size * Math.cos(perigeeRad) * Math.sin(obliquityRad),
  ]
}
