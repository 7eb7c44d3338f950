import type { Sip } from '../distortion/sip.ts'
import type { Tpv } from '../distortion/tpv.ts'
import type { CelestialAxes } from '../keywords/axes.ts'
import { readPv, readSip, readTpv } from '../keywords/distortion-keywords.ts'
import type { KeywordReader } from '../keywords/keyword-reader.ts'
import type { WcsWarning } from './wcs.ts'

/** The distortions a header asks for, and what was decided on the way. */
export interface HeaderDistortion {
  readonly sip: Sip | undefined
  readonly planeDistortion: Tpv | undefined
  readonly warnings: readonly WcsWarning[]
}

/** Codes whose PV keywords are coefficients of a distortion. */
const TPV_CODE = 'TPV'

/**
 * Decides which distortion of a header counts.
 *
 * - TPV: PV keywords; SIP coefficients count only with the suffix -SIP.
 * - SIP coefficients: used, also without the suffix, as astropy does; PV keywords under TAN are then left out (SCAMP writes
 *   them beside SIP).
 * - TAN with PV keywords on the latitude axis, or with PVi_5 and above on the longitude axis, and no SIP: read as TPV.
 *   Paper II has no such parameters of TAN, SCAMP writes them.
 */
export function readDistortion(
  header: KeywordReader,
  axes: CelestialAxes,
  alternate: string,
): HeaderDistortion {
  const warnings: WcsWarning[] = []
  const hasSuffix = axes.suffix === 'SIP'
  if (axes.suffix !== '' && !hasSuffix) {
    const text = `suffix -${axes.suffix} names no known distortion and is not applied`
    warnings.push({ code: 'suffix-unknown', keyword: `CTYPE${axes.lonAxis}${alternate}`, text })
  }
  // SIP has no alternative descriptions: its keywords belong to every one.
  const sip = readSip(header)
  if (hasSuffix && sip === undefined) {
    const text = 'CTYPE ends in -SIP and there is no A_ORDER: no distortion is applied'
    warnings.push({ code: 'sip-missing', keyword: 'A_ORDER', text })
  }
  if (axes.code === TPV_CODE) {
    const ignored = sip !== undefined && !hasSuffix
    if (ignored) {
      const text = 'CTYPE names TPV: the SIP coefficients beside it are not applied'
      warnings.push({ code: 'sip-ignored', keyword: 'A_ORDER', text })
    }
    return { sip: ignored ? undefined : sip, planeDistortion: readTpv(header, axes, alternate), warnings }
  }
  if (sip !== undefined && !hasSuffix) {
    const text = 'SIP coefficients are applied although CTYPE does not end in -SIP'
    warnings.push({ code: 'sip-without-suffix', keyword: `CTYPE${axes.lonAxis}${alternate}`, text })
  }
  const planeDistortion = scampDistortion(header, axes, alternate, sip, warnings)
  return { sip, planeDistortion, warnings }
}

/** PV keywords under TAN. */
function scampDistortion(
  header: KeywordReader,
  axes: CelestialAxes,
  alternate: string,
  sip: Sip | undefined,
  warnings: WcsWarning[],
): Tpv | undefined {
  if (axes.code !== 'TAN') return undefined
  const keyword = scampKeyword(header, axes, alternate)
  if (keyword === undefined) return undefined
  if (sip !== undefined) {
    warnings.push({ code: 'pv-ignored', keyword, text: 'SIP is applied, the PV keywords beside it are not' })
    return undefined
  }
  warnings.push({
    code: 'pv-under-tan',
    keyword,
    text: 'PV keywords under TAN are read as TPV, as SCAMP means them',
  })
  return readTpv(header, axes, alternate)
}

/** The first PV keyword that only SCAMP's reading gives a meaning; zeros are none. */
export function scampKeyword(
  header: KeywordReader,
  axes: CelestialAxes,
  alternate: string,
): string | undefined {
  const lat = readPv(header, axes.latAxis, alternate, 39).findIndex(
    (value) => value !== undefined && value !== 0,
  )
  if (lat >= 0) return `PV${axes.latAxis}_${lat}${alternate}`
  const lon = readPv(header, axes.lonAxis, alternate, 39).findIndex(
    (value, m) => m > 4 && value !== undefined && value !== 0,
  )
  return lon >= 0 ? `PV${axes.lonAxis}_${lon}${alternate}` : undefined
}
