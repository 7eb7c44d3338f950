import type { PlaneMap } from './plane-map.ts'

/** Terms of a SIP polynomial: `[power of u, power of v, coefficient]`. */
export type SipTerms = readonly (readonly [number, number, number])[]

/** A SIP distortion; u and v are pixels from CRPIX. */
export interface Sip {
  readonly kind: 'sip'
  readonly aOrder: number
  readonly bOrder: number
  readonly a: SipTerms
  readonly b: SipTerms
  /** Inverse polynomials, undefined when the header has none. */
  readonly ap: SipTerms | undefined
  readonly bp: SipTerms | undefined
}

/**
 * Polynomial sum of c u^i v^j as dense rows for Horner's scheme, with its derivatives.
 */
export interface Polynomial2 {
  /** Highest power of u and of v. */
  readonly order: number
  /** Coefficient of u^i v^j at `j * (order + 1) + i`. */
  readonly coefficients: Float64Array
}

/** Dense form of a list of terms. */
export function polynomialOf(terms: SipTerms): Polynomial2 {
  const order = terms.reduce((most, [i, j]) => Math.max(most, i + j), 0)
  const coefficients = new Float64Array((order + 1) * (order + 1))
  for (const [i, j, value] of terms) coefficients[j * (order + 1) + i] = value
  return { order, coefficients }
}

/** Value and derivatives of a polynomial: writes them to `out[0]`, `out[1]` (d/du) and `out[2]` (d/dv). */
export function evaluatePolynomial(polynomial: Polynomial2, u: number, v: number, out: Float64Array): void {
  const { order, coefficients } = polynomial
  const width = order + 1
  let value = 0
  let du = 0
  let dv = 0
  for (let j = order; j >= 0; j--) {
    let row = 0
    let rowDu = 0
    // Terms beyond total degree `order` are zero in all conventions that use this.
    for (let k = j * width + order - j; k >= j * width; k--) {
      rowDu = rowDu * u + row
      row = row * u + coefficients[k]!
    }
    dv = dv * v + value
    value = value * v + row
    du = du * v + rowDu
  }
  out[0] = value
  out[1] = du
  out[2] = dv
}

/**
 * The SIP map of pixels from CRPIX to undistorted pixels from CRPIX: f = u + A(u, v), g = v + B(u, v).
 *
 * Source: Shupe et al. 2005, ASPC 347, 491 (the SIP convention), equations 2 and 3.
 */
export function sipMap(sip: Pick<Sip, 'a' | 'b'>): PlaneMap {
  const a = polynomialOf(sip.a)
  const b = polynomialOf(sip.b)
  const part = new Float64Array(3)
  return {
    evaluate: (u, v, out) => {
      evaluatePolynomial(a, u, v, part)
      out[0] = u + part[0]!
      out[2] = 1 + part[1]!
      out[3] = part[2]!
      evaluatePolynomial(b, u, v, part)
      out[1] = v + part[0]!
      out[4] = part[1]!
      out[5] = 1 + part[2]!
    },
  }
}

/** The AP and BP polynomials of a header as a map of undistorted to distorted pixels; absent ones count as zero. */
export function sipInverseMap(sip: Sip): PlaneMap {
  return sipMap({ a: sip.ap ?? [], b: sip.bp ?? [] })
}
