import type { PlaneMap } from './plane-map.ts'

/** Coefficients PV1_0 to PV1_39 and PV2_0 to PV2_39 of the TPV convention, absent ones filled in. */
export interface Tpv {
  readonly kind: 'tpv'
  /** Of the longitude axis. */
  readonly lon: readonly number[]
  /** Of the latitude axis. */
  readonly lat: readonly number[]
}

/** Number of TPV coefficients for each axis. */
export const TPV_COEFFICIENT_COUNT = 40

/** Powers of (own axis, other axis) of the terms without r, by index; undefined marks the powers of r. */
const TPV_POWERS: readonly (readonly [number, number] | undefined)[] = tpvPowers()

/** Power of r at the indices that are powers of r. */
const TPV_RADIAL: ReadonlyMap<number, number> = new Map([
  [3, 1],
  [11, 3],
  [23, 5],
  [39, 7],
])

function tpvPowers(): (readonly [number, number] | undefined)[] {
  const powers: (readonly [number, number] | undefined)[] = []
  for (let degree = 0; degree <= 7; degree++) {
    for (let other = 0; other <= degree; other++) powers.push([degree - other, other])
    if (degree % 2 === 1) powers.push(undefined)
  }
  return powers
}

/** Powers of a TPV term: own coordinate, other coordinate, r. */
export interface TpvTermPowers {
  readonly own: number
  readonly other: number
  readonly radial: number
}

/** Powers of term `m` of the TPV convention, 0 to 39. */
export function tpvTermPowers(m: number): TpvTermPowers {
  const [own, other] = TPV_POWERS[m] ?? [0, 0]
  return { own, other, radial: TPV_RADIAL.get(m) ?? 0 }
}

interface Term extends TpvTermPowers {
  readonly coefficient: number
}

function termsOf(coefficients: readonly number[]): Term[] {
  return coefficients.flatMap((coefficient, m) =>
    coefficient === 0 ? [] : [{ ...tpvTermPowers(m), coefficient }],
  )
}

/**
 * The TPV map of intermediate world coordinates (xi, eta in degrees) to those of the gnomonic projection:
 * xi' = sum PV1_k t_k(xi, eta), eta' = sum PV2_k t_k(eta, xi).
 *
 * Source: registry of FITS conventions, "TPV World Coordinate System" (NOAO 2011); the same as SCAMP's PV keywords under TAN.
 */
export function tpvMap(tpv: Tpv): PlaneMap {
  const lon = axisPolynomial(termsOf(tpv.lon))
  const lat = axisPolynomial(termsOf(tpv.lat))
  const part = new Float64Array(3)
  return {
    evaluate: (xi, eta, out) => {
      lon(xi, eta, part)
      out[0] = part[0]!
      out[2] = part[1]!
      out[3] = part[2]!
      lat(eta, xi, part)
      out[1] = part[0]!
      out[5] = part[1]!
      out[4] = part[2]!
    },
  }
}

/** Value, d/d own and d/d other of one axis. */
function axisPolynomial(terms: readonly Term[]): (own: number, other: number, out: Float64Array) => void {
  const count = terms.length
  const ownPower = Uint8Array.from(terms, (term) => term.own)
  const otherPower = Uint8Array.from(terms, (term) => term.other)
  const radialPower = Uint8Array.from(terms, (term) => term.radial)
  const coefficient = Float64Array.from(terms, (term) => term.coefficient)
  const ownPowers = new Float64Array(9)
  const otherPowers = new Float64Array(9)
  return (own, other, out) => {
    // Index 0 holds a zero, so that the derivative of power 0 needs no test: x^n is at n + 1.
    ownPowers[1] = 1
    otherPowers[1] = 1
    for (let n = 2; n < 9; n++) {
      ownPowers[n] = ownPowers[n - 1]! * own
      otherPowers[n] = otherPowers[n - 1]! * other
    }
    let value = 0
    let dOwn = 0
    let dOther = 0
    for (let k = 0; k < count; k++) {
      const c = coefficient[k]!
      const radial = radialPower[k]!
      if (radial > 0) {
        const r2 = own * own + other * other
        const r = Math.sqrt(r2)
        // r^(n - 2) for odd n; at the origin the derivative of r itself is taken as 0
        let power = r === 0 ? 0 : 1 / r
        for (let n = 1; n < radial; n += 2) power *= r2
        value += c * power * r2
        dOwn += c * radial * power * own
        dOther += c * radial * power * other
      } else {
        const i = ownPower[k]!
        const j = otherPower[k]!
        value += c * ownPowers[i + 1]! * otherPowers[j + 1]!
        dOwn += c * i * ownPowers[i]! * otherPowers[j + 1]!
        dOther += c * j * ownPowers[i + 1]! * otherPowers[j]!
      }
    }
    out[0] = value
    out[1] = dOwn
    out[2] = dOther
  }
}
