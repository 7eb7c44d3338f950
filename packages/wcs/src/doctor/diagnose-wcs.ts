import { isSkyloomError } from '@skyloom/base'
import { frameName } from '../frame/frame.ts'
import { type CelestialAxes, findCelestialAxes } from '../keywords/axes.ts'
import { type KeywordSource, keywordReader } from '../keywords/keyword-reader.ts'
import type { Wcs } from '../wcs/wcs.ts'
import { type WcsOptions, wcsFromKeywords } from '../wcs/wcs-from-keywords.ts'
import { distortionFindings } from './distortion-findings.ts'
import type { Patient, WcsFinding } from './finding.ts'
import { frameFindings } from './frame-findings.ts'
import { matrixFindings } from './matrix-findings.ts'
import { valueFindings } from './value-findings.ts'

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
  const alternate = options.alternate ?? ''
  const patient: Patient = { get, wcs, options, alternate, axes: axesOf(get, wcs, alternate) }
  const findings = [
    ...distortionFindings(patient),
    ...matrixFindings(patient),
    ...frameFindings(patient),
    ...valueFindings(patient),
  ]
  return { isUsable: true, projection: wcs.projection, frame: frameName(wcs.frame), findings }
}

/** The celestial axes; a plate solution needs no CTYPE and has them in the usual order. */
function axesOf(get: KeywordSource, wcs: Wcs, alternate: string): CelestialAxes {
  if (wcs.plate === undefined) return findCelestialAxes(keywordReader(get), alternate)
  const [lonType, latType] = wcs.ctype
  return { axisCount: 2, lonAxis: 1, latAxis: 2, lonType, latType, lonName: 'RA', code: 'TAN', suffix: '' }
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
