import { isSkyloomError } from '@skyloom/base'
import { frameName } from '../frame/frame.ts'
import { type KeywordSource, type KeywordValue, numberOf } from '../keywords/keyword-reader.ts'
import type { Wcs } from '../wcs/wcs.ts'
import { type WcsOptions, wcsFromKeywords } from '../wcs/wcs-from-keywords.ts'
import { compareReading, type WcsReading, withKeywords, withoutKeywords } from './reading.ts'

/** What can be doubtful about the coordinates of a header. */
export type WcsFindingCode =
  /** No coordinates can be had from the header. */
  | 'unusable'
  | 'sip-with-pv'
  | 'pv-under-tan'
  | 'sip-without-suffix'
  | 'sip-without-coefficients'
  | 'matrix-forms-mixed'
  | 'frame-missing'
  | 'frame-contradicts-equinox'
  | 'frame-old-keyword'
  | 'longitude-out-of-range'

/** One doubt, what it may mean on the sky, and what to do. */
export interface WcsFinding {
  readonly code: WcsFindingCode
  readonly severity: 'error' | 'warning'
  readonly keywords: readonly string[]
  readonly problem: string
  /** The readings that the header allows, the one that is used first; empty where there is only one. */
  readonly readings: readonly WcsReading[]
  readonly fix: string
}

/** What {@link diagnoseWcs} found. */
export interface WcsDiagnosis {
  /** False when `wcsFromKeywords` refuses the header. */
  readonly isUsable: boolean
  readonly projection: string | undefined
  readonly frame: string | undefined
  readonly findings: readonly WcsFinding[]
}

/**
 * Looks for coordinate keywords that programs read in different ways, or that are wrong: what each reading moves on the sky, and
 * the fix. A header that cannot be read at all gets its error as the only finding.
 *
 * @param get value of a keyword, undefined when absent
 */
export function diagnoseWcs(get: KeywordSource, options: WcsOptions = {}): WcsDiagnosis {
  let wcs: Wcs
  try {
    wcs = wcsFromKeywords(get, options)
  } catch (error) {
    if (!isSkyloomError(error)) throw error
    return { isUsable: false, projection: undefined, frame: undefined, findings: [unusable(error)] }
  }
  const findings = [
    ...distortionFindings(get, wcs, options),
    ...matrixFindings(get, wcs, options),
    ...frameFindings(get, wcs, options),
    ...valueFindings(get),
  ]
  return { isUsable: true, projection: wcs.projection, frame: frameName(wcs.frame), findings }
}

function unusable(error: {
  readonly message: string
  readonly where: readonly string[]
  readonly remedy: string | undefined
  readonly allowed: string | undefined
}): WcsFinding {
  const fix =
    error.remedy ??
    (error.allowed === undefined ? 'correct the keyword' : `the value must be ${error.allowed}`)
  return {
    code: 'unusable',
    severity: 'error',
    keywords: error.where.slice(-1),
    problem: error.message,
    readings: [],
    fix,
  }
}

const PV = /^PV[12]_\d+$/
const SIP = /^(?:A|B|AP|BP)_(?:ORDER|DMAX|\d+_\d+)$/
/** Highest m of PVi_m that distortions use (TPV). */
const LAST_PV = 39

function used(reading: string): WcsReading {
  return { reading, isUsed: true, shiftArcsec: 0 }
}

function text(get: KeywordSource, keyword: string): string | undefined {
  const value = get(keyword)
  return typeof value === 'string' ? value.trim().toUpperCase() : undefined
}

function distortionFindings(get: KeywordSource, wcs: Wcs, options: WcsOptions): readonly WcsFinding[] {
  const ctypes = [text(get, 'CTYPE1') ?? '', text(get, 'CTYPE2') ?? '']
  const isTan = ctypes.every((ctype) => /-TAN(?:-SIP)?$/.test(ctype))
  const hasSuffix = ctypes.some((ctype) => ctype.endsWith('-SIP'))
  const hasSip = ['A_ORDER', 'B_ORDER'].some((keyword) => get(keyword) !== undefined)
  const pvKeywords = [1, 2].flatMap((axis) =>
    Array.from({ length: LAST_PV + 1 }, (_, m) => `PV${axis}_${m}`).filter(
      (keyword) => get(keyword) !== undefined,
    ),
  )
  const findings: WcsFinding[] = []
  const asTpv = (source: KeywordSource): KeywordSource =>
    withKeywords(
      source,
      new Map<string, KeywordValue>(
        ctypes.map((ctype, i) => [`CTYPE${i + 1}`, ctype.replace(/-TAN(?:-SIP)?$/, '-TPV')]),
      ),
    )
  const withoutSuffix = (source: KeywordSource): KeywordSource =>
    withKeywords(
      source,
      new Map<string, KeywordValue>(ctypes.map((ctype, i) => [`CTYPE${i + 1}`, ctype.replace(/-SIP$/, '')])),
    )
  if (isTan && hasSip && pvKeywords.length > 0) {
    findings.push({
      code: 'sip-with-pv',
      severity: 'warning',
      keywords: ['A_ORDER', ...pvKeywords.slice(0, 3)],
      problem: 'SIP coefficients and PV coefficients stand side by side; each alone describes the distortion',
      readings: [
        used('SIP counts, PV is left out'),
        compareReading(wcs, 'PV counts as TPV, SIP is left out', asTpv(withoutKeywords(get, SIP)), options),
        compareReading(
          wcs,
          'neither counts',
          withoutSuffix(withoutKeywords(withoutKeywords(get, SIP), PV)),
          options,
        ),
      ],
      fix: 'delete the PVi_m cards, or delete the SIP cards and set CTYPE to RA---TPV and DEC--TPV',
    })
  } else if (isTan && pvKeywords.length > 0) {
    findings.push({
      code: 'pv-under-tan',
      severity: 'warning',
      keywords: pvKeywords.slice(0, 4),
      problem:
        'PV coefficients stand under TAN, which has none in the standard; SCAMP writes its distortion so',
      readings: [
        used(
          wcs.planeDistortion === undefined
            ? 'plain TAN, PV is left out'
            : 'PV is a distortion, as under TPV',
        ),
        wcs.planeDistortion === undefined
          ? compareReading(wcs, 'PV is a distortion, as under TPV', asTpv(get), options)
          : compareReading(wcs, 'plain TAN, PV is left out', withoutKeywords(get, PV), options),
      ],
      fix: 'set CTYPE to RA---TPV and DEC--TPV if SCAMP wrote the header, else delete the PVi_m cards',
    })
  }
  if (hasSip && !hasSuffix && isTan) {
    findings.push({
      code: 'sip-without-suffix',
      severity: 'warning',
      keywords: ['CTYPE1', 'A_ORDER'],
      problem: 'SIP coefficients are there and CTYPE does not end in -SIP',
      readings: [
        used('SIP counts'),
        compareReading(wcs, 'SIP is left out', withoutKeywords(get, SIP), options),
      ],
      fix: 'set CTYPE to RA---TAN-SIP and DEC--TAN-SIP, or delete the SIP cards',
    })
  }
  if (hasSuffix && !hasSip) {
    findings.push({
      code: 'sip-without-coefficients',
      severity: 'warning',
      keywords: ['CTYPE1', 'A_ORDER'],
      problem: 'CTYPE ends in -SIP and there are no SIP coefficients',
      readings: [used('no distortion')],
      fix: 'delete the suffix -SIP, or restore the A_i_j and B_i_j cards from the original header',
    })
  }
  return findings
}

const CD = ['CD1_1', 'CD1_2', 'CD2_1', 'CD2_2'] as const
const PC = ['PC1_1', 'PC1_2', 'PC2_1', 'PC2_2'] as const
const ANY_CD = /^CD\d_\d$/
const ANY_PC = /^PC\d_\d$/

function matrixFindings(get: KeywordSource, wcs: Wcs, options: WcsOptions): readonly WcsFinding[] {
  const has = (keywords: readonly string[]): boolean => keywords.some((keyword) => get(keyword) !== undefined)
  const hasCd = has(CD)
  const hasPc = has(PC)
  const rotation = ['CROTA1', 'CROTA2'].filter((keyword) => get(keyword) !== undefined)
  const scale = ['CDELT1', 'CDELT2'].filter((keyword) => get(keyword) !== undefined)
  const readings: WcsReading[] = []
  const keywords: string[] = []
  // Some writers put CDELT = 1 beside a CD matrix; that changes nothing in any reading.
  const isTrivialScale = scale.every((keyword) => numberOf(get(keyword)) === 1)
  if (hasCd && scale.length > 0 && !(isTrivialScale && !hasPc)) {
    keywords.push('CD1_1', ...scale, ...rotation)
    const name =
      rotation.length > 0 ? 'CDELT and CROTA count, CD is left out' : 'CDELT counts, CD is left out'
    readings.push(compareReading(wcs, name, withoutKeywords(get, ANY_CD), options))
  }
  if (hasCd && hasPc) {
    keywords.push('PC1_1')
    readings.push(compareReading(wcs, 'CD counts alone', withoutKeywords(get, ANY_PC), options))
  }
  if (!hasCd && hasPc && rotation.length > 0) {
    keywords.push('PC1_1', ...rotation)
    readings.push(compareReading(wcs, 'CROTA counts, PC is left out', withoutKeywords(get, ANY_PC), options))
  }
  if (readings.length === 0) return []
  const name = hasCd ? 'the CD matrix counts' : 'the PC matrix counts'
  return [
    {
      code: 'matrix-forms-mixed',
      severity: 'warning',
      keywords: [...new Set(keywords)],
      problem:
        'the scale and rotation of the pixels are given in two ways (Paper I, section 2.1.2 allows one)',
      readings: [used(name), ...readings],
      fix: `delete ${hasCd ? 'CDELTi, CROTAi and PCi_j' : 'CROTAi'} if the matrix is right`,
    },
  ]
}

function frameFindings(get: KeywordSource, wcs: Wcs, options: WcsOptions): readonly WcsFinding[] {
  const { system } = wcs.frame
  if (system === 'galactic' || system === 'supergalactic') return []
  const radesys = text(get, 'RADESYS')
  const radecsys = text(get, 'RADECSYS')
  const equinox = get('EQUINOX') ?? get('EPOCH')
  const year = numberOf(typeof equinox === 'string' ? equinox.replace(/^\s*[JB]/i, '') : equinox)
  const findings: WcsFinding[] = []
  const as = (name: string, equinoxYear: number | undefined): WcsReading =>
    compareReading(
      wcs,
      equinoxYear === undefined ? name : `${name}, equinox ${equinoxYear}`,
      withKeywords(
        get,
        new Map<string, KeywordValue>([
          ['RADESYS', name],
          ['RADECSYS', undefined],
          ['EPOCH', undefined],
          ['EQUINOX', equinoxYear],
        ]),
      ),
      options,
    )
  const current = used(frameName(wcs.frame))
  if (radesys === undefined && radecsys === undefined) {
    const readings = [as('ICRS', undefined), as('FK5', 2000), as('FK4', 1950)].filter(
      ({ shiftArcsec }) => shiftArcsec !== 0,
    )
    findings.push({
      code: 'frame-missing',
      severity: 'warning',
      keywords: year === undefined ? ['RADESYS', 'EQUINOX'] : ['RADESYS'],
      problem:
        year === undefined
          ? 'neither RADESYS nor EQUINOX says which frame the positions are in'
          : 'RADESYS does not say which frame the positions are in; it follows from the equinox',
      readings: [current, ...readings],
      fix: "add RADESYS = 'ICRS' (or 'FK5' with EQUINOX = 2000.0) if the positions are so",
    })
  }
  if (radesys === undefined && radecsys !== undefined) {
    findings.push({
      code: 'frame-old-keyword',
      severity: 'warning',
      keywords: ['RADECSYS'],
      problem: 'RADECSYS is the old name of RADESYS; not every program reads it',
      readings: [
        current,
        compareReading(wcs, 'RADECSYS is left out', withoutKeywords(get, /^RADECSYS$/), options),
      ],
      fix: 'rename RADECSYS to RADESYS',
    })
  }
  const named = radesys ?? radecsys
  const isOdd =
    year !== undefined &&
    ((named === 'ICRS' && year !== 2000) ||
      (named === 'FK5' && year < 1984) ||
      (named?.startsWith('FK4') === true && year >= 1984))
  if (isOdd) {
    findings.push({
      code: 'frame-contradicts-equinox',
      severity: 'warning',
      keywords: ['RADESYS', 'EQUINOX'],
      problem: `${named} and equinox ${year} do not go together`,
      readings: [
        current,
        ...(year < 1984 ? [as('FK4', year)] : [as('FK5', year), as('ICRS', undefined)]),
        as(named, undefined),
      ],
      fix: named === 'ICRS' ? 'delete EQUINOX if the positions are ICRS' : 'correct RADESYS or EQUINOX',
    })
  }
  return findings
}

function valueFindings(get: KeywordSource): readonly WcsFinding[] {
  const findings: WcsFinding[] = []
  for (const axis of [1, 2]) {
    const value = numberOf(get(`CRVAL${axis}`))
    const isLongitude = /^(?:RA|.LON)/.test(text(get, `CTYPE${axis}`) ?? '')
    if (value === undefined || !isLongitude || (value >= 0 && value <= 360)) continue
    const proper = ((value % 360) + 360) % 360
    findings.push({
      code: 'longitude-out-of-range',
      severity: 'warning',
      keywords: [`CRVAL${axis}`],
      problem: `the longitude ${value} lies outside 0 to 360 degrees; it is the same place as ${proper}`,
      readings: [],
      fix: `set CRVAL${axis} to ${proper}`,
    })
  }
  return findings
}
