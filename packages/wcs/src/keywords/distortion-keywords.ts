import type { Sip, SipTerms } from '../distortion/sip.ts'
import { TPV_COEFFICIENT_COUNT, type Tpv } from '../distortion/tpv.ts'
import { WcsError } from '../errors.ts'
import type { CelestialAxes } from './axes.ts'
import type { KeywordReader } from './keyword-reader.ts'

/** Highest order of a SIP polynomial (Shupe et al. 2005 give 2 to 9). */
export const MAX_SIP_ORDER = 9

/**
 * The SIP distortion of a header, undefined when it has none.
 *
 * @throws {WcsError} `WCS_BAD_DISTORTION` for an order that is not a whole number from 0 to 9, or for only one of the two
 *   polynomials
 */
export function readSip(header: KeywordReader): Sip | undefined {
  const aOrder = orderOf(header, 'A')
  const bOrder = orderOf(header, 'B')
  if (aOrder === undefined && bOrder === undefined) return undefined
  if (aOrder === undefined || bOrder === undefined) {
    const missing = aOrder === undefined ? 'A_ORDER' : 'B_ORDER'
    throw new WcsError('WCS_BAD_DISTORTION', 'SIP distortion has only one of its two polynomials', {
      where: header.where(missing),
      found: `no ${missing}`,
      allowed: 'both A_ORDER and B_ORDER',
      remedy: `add ${missing}, with 0 for no distortion of that axis`,
    })
  }
  const apOrder = orderOf(header, 'AP')
  const bpOrder = orderOf(header, 'BP')
  return {
    kind: 'sip',
    aOrder,
    bOrder,
    a: termsOf(header, 'A', aOrder),
    b: termsOf(header, 'B', bOrder),
    ap: apOrder === undefined ? undefined : termsOf(header, 'AP', apOrder),
    bp: bpOrder === undefined ? undefined : termsOf(header, 'BP', bpOrder),
  }
}

function orderOf(header: KeywordReader, name: string): number | undefined {
  const keyword = `${name}_ORDER`
  const order = header.number(keyword)
  if (order === undefined) return undefined
  if (Number.isInteger(order) && order >= 0 && order <= MAX_SIP_ORDER) return order
  throw new WcsError('WCS_BAD_DISTORTION', 'order of a SIP polynomial is out of range', {
    where: header.where(keyword),
    found: String(order),
    allowed: `0 to ${MAX_SIP_ORDER}`,
    remedy: 'correct the order or remove the SIP keywords',
  })
}

function termsOf(header: KeywordReader, name: string, order: number): SipTerms {
  const terms: [number, number, number][] = []
  for (let i = 0; i <= order; i++) {
    for (let j = 0; i + j <= order; j++) {
      const value = header.number(`${name}_${i}_${j}`)
      if (value !== undefined && value !== 0) terms.push([i, j, value])
    }
  }
  return terms
}

/** PVi_m of one axis by m, up to `last`; absent ones are undefined. */
export function readPv(
  header: KeywordReader,
  axis: number,
  alternate: string,
  last: number,
): (number | undefined)[] {
  return Array.from({ length: last + 1 }, (_, m) => header.number(`PV${axis}_${m}${alternate}`))
}

/**
 * TPV coefficients of both axes; PV1_1 and PV2_1 are 1 when absent, the others 0, so that no coefficients at all mean TAN. wcslib takes 0 for
 * all, with which a header without PVi_1 has no scale.
 *
 * Source: registry of FITS conventions, "TPV World Coordinate System" (NOAO 2011), the note on missing keywords below the coefficients.
 */
export function readTpv(header: KeywordReader, axes: CelestialAxes, alternate: string): Tpv {
  const read = (axis: number): number[] =>
    readPv(header, axis, alternate, TPV_COEFFICIENT_COUNT - 1).map((value, m) => value ?? (m === 1 ? 1 : 0))
  return { kind: 'tpv', lon: read(axes.lonAxis), lat: read(axes.latAxis) }
}
