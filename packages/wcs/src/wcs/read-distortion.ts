import type { LookupDistortion } from '../distortion/lookup.ts'
import type { Sip } from '../distortion/sip.ts'
import type { Tnx } from '../distortion/tnx.ts'
import type { Tpv } from '../distortion/tpv.ts'
import type { CelestialAxes } from '../keywords/axes.ts'
import { readPv, readSip, readTpv } from '../keywords/distortion-keywords.ts'
import type { KeywordReader } from '../keywords/keyword-reader.ts'
import { readWat } from '../keywords/wat-keywords.ts'
import type { WcsWarning } from './wcs.ts'

/** The distortions a header asks for, and what was decided on the way. */
export interface HeaderDistortion {
  readonly sip: Sip | undefined
  readonly planeDistortion: Tpv | Tnx | undefined
  /** Parameters of the projection that come with the distortion (ZPX); undefined where PV keywords hold them. */
  readonly projp: readonly (number | undefined)[] | undefined
  readonly warnings: readonly WcsWarning[]
}

/**
 * Decides which distortion of a header counts.
 *
 * - TPV, TNX, ZPX: that one; SIP coefficients count only with the suffix -SIP.
 * - SIP coefficients: used, also without the suffix, as astropy does; PV keywords under TAN are then left out (SCAMP writes
 *   them beside SIP).
 * - TAN with PV keywords on the latitude axis, or with PVi_5 and above on the longitude axis, and no SIP: read as TPV.
 *   Paper II has no such parameters of TAN, SCAMP writes them.
 */
export function readDistortion(
  header: KeywordReader,
  axes: CelestialAxes,
  alternate: string,
  lookup: LookupDistortion | undefined,
): HeaderDistortion {
  const warnings: WcsWarning[] = lookupWarnings(header, lookup)
  const { sip, isSuffixed } = readSipWithWarnings(header, axes, alternate, warnings)
  switch (axes.code) {
    case 'TPV':
      return {
        sip: besideOther(sip, isSuffixed, axes, warnings),
        planeDistortion: readTpv(header, axes, alternate),
        projp: undefined,
        warnings,
      }
    case 'TNX':
    case 'ZPX': {
      const { distortion, projp, isMissing } = readWat(header, axes)
      if (isMissing) {
        const text = `CTYPE names ${axes.code} and there are no WAT keywords: no distortion is applied`
        warnings.push({ code: 'distortion-missing', keyword: `WAT${axes.lonAxis}_001`, text })
      }
      return {
        sip: besideOther(sip, isSuffixed, axes, warnings),
        planeDistortion: distortion,
        projp:
          axes.code === 'ZPX' ? (projp.some((value) => value !== undefined) ? projp : [0, 1]) : undefined,
        warnings,
      }
    }
    default:
      if (sip !== undefined && !isSuffixed) {
        const text = 'SIP coefficients are applied although CTYPE does not end in -SIP'
        warnings.push({ code: 'sip-without-suffix', keyword: `CTYPE${axes.lonAxis}${alternate}`, text })
      }
      return {
        sip,
        planeDistortion: scampDistortion(header, axes, alternate, sip, warnings),
        projp: undefined,
        warnings,
      }
  }
}

function readSipWithWarnings(
  header: KeywordReader,
  axes: CelestialAxes,
  alternate: string,
  warnings: WcsWarning[],
): { readonly sip: Sip | undefined; readonly isSuffixed: boolean } {
  const isSuffixed = axes.suffix === 'SIP'
  if (axes.suffix !== '' && !isSuffixed) {
    const text = `suffix -${axes.suffix} names no known distortion and is not applied`
    warnings.push({ code: 'suffix-unknown', keyword: `CTYPE${axes.lonAxis}${alternate}`, text })
  }
  // SIP keywords carry no letter: they belong to every description.
  const sip = readSip(header)
  if (isSuffixed && sip === undefined) {
    const text = 'CTYPE ends in -SIP and there is no A_ORDER: no distortion is applied'
    warnings.push({ code: 'distortion-missing', keyword: 'A_ORDER', text })
  }
  return { sip, isSuffixed }
}

/** SIP beside a distortion that CTYPE names: only with the suffix. */
function besideOther(
  sip: Sip | undefined,
  isSuffixed: boolean,
  axes: CelestialAxes,
  warnings: WcsWarning[],
): Sip | undefined {
  if (sip === undefined || isSuffixed) return sip
  const text = `CTYPE names ${axes.code}: the SIP coefficients beside it are not applied`
  warnings.push({ code: 'sip-ignored', keyword: 'A_ORDER', text })
  return undefined
}

/** Warnings for tables that are named and not given, and for other distortions of Paper IV. */
function lookupWarnings(header: KeywordReader, lookup: LookupDistortion | undefined): WcsWarning[] {
  const warnings: WcsWarning[] = []
  for (const name of ['CPDIS', 'D2IMDIS', 'CQDIS']) {
    for (const axis of [1, 2]) {
      const keyword = `${name}${axis}`
      const value = header.raw(keyword)
      if (value === undefined) continue
      const kind = String(value).trim().toUpperCase()
      const given = name === 'CPDIS' ? lookup?.prior : name === 'D2IMDIS' ? lookup?.detector : undefined
      if (kind !== 'LOOKUP' || name === 'CQDIS') {
        const text = `distortion '${kind}' of ${keyword} is not known and not applied`
        warnings.push({ code: 'distortion-unknown', keyword, text })
      } else if (given?.[axis - 1] === undefined) {
        const text = `the lookup table of ${keyword} was not given and is not applied`
        warnings.push({ code: 'lookup-tables-missing', keyword, text })
      }
    }
  }
  return warnings
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
