import { TPV_COEFFICIENT_COUNT, tpvTermPowers } from '../distortion/tpv.ts'
import { type KeywordSource, type KeywordValue, keywordReader, numberOf } from '../keywords/keyword-reader.ts'
import { scampKeyword } from '../wcs/read-distortion.ts'
import { type Patient, used, type WcsFinding } from './finding.ts'
import { compareReading, type WcsReading, withKeywords, withoutKeywords } from './reading.ts'

const SIP = /^(?:A|B|AP|BP)_(?:ORDER|DMAX|\d+_\d+)$/
const PV = /^PV\d+_\d+[A-Z]?$/

/** Doubts about distortions: SIP, PV, TNX, tables, plate solutions. */
export function distortionFindings(patient: Patient): readonly WcsFinding[] {
  if (patient.wcs.plate !== undefined) return plateFindings(patient)
  return [
    ...pvFindings(patient),
    ...sipFindings(patient),
    ...tpvScaleFindings(patient),
    ...otherFindings(patient),
  ]
}

/** The header with another projection code, suffix included. */
function withCode({ axes, alternate }: Patient, source: KeywordSource, code: string): KeywordSource {
  const renamed = (axis: number, ctype: string): [string, KeywordValue] => [
    `CTYPE${axis}${alternate}`,
    ctype.replace(/-[A-Z0-9]{3}(?:-[A-Z0-9]+)?$/, `-${code}`),
  ]
  const changes = new Map([renamed(axes.lonAxis, axes.lonType), renamed(axes.latAxis, axes.latType)])
  return withKeywords(source, changes)
}

const hasSip = ({ get }: Patient): boolean => get('A_ORDER') !== undefined

/** PV keywords under TAN, with or without SIP beside them. */
function pvFindings(patient: Patient): readonly WcsFinding[] {
  const { get, wcs, options, axes, alternate } = patient
  if (axes.code !== 'TAN') return []
  const keyword = scampKeyword(keywordReader(get), axes, alternate)
  if (keyword === undefined) return []
  const pvCounts = 'PV counts as TPV'
  if (hasSip(patient)) {
    const readings: readonly WcsReading[] = [
      used('SIP counts, PV is left out'),
      compareReading(
        wcs,
        `${pvCounts}, SIP is left out`,
        withCode(patient, withoutKeywords(get, SIP), 'TPV'),
        options,
      ),
      compareReading(
        wcs,
        'neither counts',
        withCode(patient, withoutKeywords(withoutKeywords(get, SIP), PV), 'TAN'),
        options,
      ),
    ]
    return [
      {
        code: 'sip-with-pv',
        severity: 'warning',
        keywords: ['A_ORDER', keyword],
        problem:
          'SIP coefficients and PV coefficients stand side by side; each alone describes the distortion',
        readings,
        fix: 'delete the PVi_m cards, or delete the SIP cards and set CTYPE to RA---TPV and DEC--TPV',
      },
    ]
  }
  return [
    {
      code: 'pv-under-tan',
      severity: 'warning',
      keywords: [keyword],
      problem:
        'PV coefficients stand under TAN, which has none in the standard; SCAMP writes its distortion so',
      readings: [
        used(pvCounts),
        compareReading(wcs, 'plain TAN, PV is left out', withoutKeywords(get, PV), options),
      ],
      fix: 'set CTYPE to RA---TPV and DEC--TPV if SCAMP wrote the header, else delete the PVi_m cards',
    },
  ]
}

function sipFindings(patient: Patient): readonly WcsFinding[] {
  const { get, wcs, options, axes, alternate } = patient
  const isSuffixed = axes.suffix === 'SIP'
  const ctype = `CTYPE${axes.lonAxis}${alternate}`
  if (isSuffixed && !hasSip(patient)) {
    return [
      {
        code: 'sip-without-coefficients',
        severity: 'warning',
        keywords: [ctype, 'A_ORDER'],
        problem: 'CTYPE ends in -SIP and there are no SIP coefficients',
        readings: [used('no distortion')],
        fix: 'delete the suffix -SIP, or restore the A_i_j and B_i_j cards from the original header',
      },
    ]
  }
  if (!hasSip(patient) || isSuffixed) return []
  if (wcs.sip === undefined) {
    return [
      {
        code: 'sip-beside-other-distortion',
        severity: 'warning',
        keywords: [ctype, 'A_ORDER'],
        problem: `CTYPE names the distortion ${axes.code}, and SIP coefficients stand beside it`,
        readings: [
          used(`${axes.code} counts, SIP is left out`),
          compareReading(
            wcs,
            'SIP counts alone',
            withCode(patient, withoutKeywords(get, PV), 'TAN-SIP'),
            options,
          ),
          compareReading(wcs, 'both count', withCode(patient, get, `${axes.code}-SIP`), options),
        ],
        fix: 'delete the cards of the distortion that does not belong to the image',
      },
    ]
  }
  return [
    {
      code: 'sip-without-suffix',
      severity: 'warning',
      keywords: [ctype, 'A_ORDER'],
      problem: 'SIP coefficients are there and CTYPE does not end in -SIP',
      readings: [
        used('SIP counts'),
        compareReading(wcs, 'SIP is left out', withoutKeywords(get, SIP), options),
      ],
      fix: `set CTYPE to RA---${axes.code}-SIP and DEC--${axes.code}-SIP, or delete the SIP cards`,
    },
  ]
}

/**
 * TPV with CDELT other than 1: the convention applies it to degrees, wcslib before CDELT. A term own^i other^j of coefficients meant
 * before CDELT is one of s_own^(1 - i) s_other^(-j) times the size after it.
 */
function tpvScaleFindings(patient: Patient): readonly WcsFinding[] {
  const { get, wcs, options, axes, alternate } = patient
  const { matrixForm, planeDistortion } = wcs
  if (planeDistortion?.kind !== 'tpv' || matrixForm === 'cd') return []
  const scaleOf = (axis: number): number => numberOf(get(`CDELT${axis}${alternate}`)) ?? 1
  const lonScale = scaleOf(axes.lonAxis)
  const latScale = scaleOf(axes.latAxis)
  if (lonScale === 1 && latScale === 1) return []
  const changes = new Map<string, KeywordValue>()
  const rescale = (axis: number, coefficients: readonly number[], own: number, other: number): void => {
    for (let m = 0; m < TPV_COEFFICIENT_COUNT; m++) {
      const { own: i, other: j, radial } = tpvTermPowers(m)
      // Powers of r have no exact counterpart when the scales differ; the mean scale serves for a shift to be judged.
      const factor = radial > 0 ? own / Math.abs(own * other) ** (radial / 2) : own ** (1 - i) / other ** j
      changes.set(`PV${axis}_${m}${alternate}`, (coefficients[m] ?? 0) * factor)
    }
  }
  rescale(axes.lonAxis, planeDistortion.lon, lonScale, latScale)
  rescale(axes.latAxis, planeDistortion.lat, latScale, lonScale)
  return [
    {
      code: 'tpv-with-cdelt',
      severity: 'warning',
      keywords: [`CDELT${axes.lonAxis}${alternate}`, `PV${axes.lonAxis}_1${alternate}`],
      problem:
        'TPV coefficients stand with CDELT; programs differ in whether they act on degrees or on what comes before CDELT',
      readings: [
        used('they act on degrees, as the convention says'),
        compareReading(wcs, 'they act before CDELT, as wcslib has it', withKeywords(get, changes), options),
      ],
      fix: 'write a CD matrix in place of CDELT with PC or CROTA; then all programs agree',
    },
  ]
}

/** Distortions that could not be used, as the reader noted them. */
function otherFindings({ wcs, axes }: Patient): readonly WcsFinding[] {
  return wcs.warnings.flatMap(({ code, keyword, text }): WcsFinding[] => {
    const finding = { severity: 'warning', keywords: [keyword], problem: text, readings: [] } as const
    switch (code) {
      case 'lookup-tables-missing':
        return [
          {
            ...finding,
            code: 'lookup-tables-missing',
            fix: 'read the image from its whole file, which holds the table extensions, or add their correction',
          },
        ]
      case 'distortion-unknown':
      case 'suffix-unknown':
        return [
          {
            ...finding,
            code: 'distortion-unknown',
            fix: `correct ${keyword}, or expect positions without that distortion`,
          },
        ]
      case 'distortion-missing':
        if (axes.suffix === 'SIP') return []
        return [
          {
            ...finding,
            code: 'distortion-missing',
            fix: 'restore the WAT cards, or set CTYPE to the plain projection',
          },
        ]
      default:
        return []
    }
  })
}

/** A plate solution beside a projection that approximates it. */
function plateFindings({ get, wcs, options, axes, alternate }: Patient): readonly WcsFinding[] {
  const ctype = `CTYPE${axes.lonAxis}${alternate}`
  if (get(ctype) === undefined) return []
  return [
    {
      code: 'plate-solution-beside-projection',
      severity: 'warning',
      keywords: ['AMDX1', ctype],
      problem:
        'the plate solution of the Digitized Sky Survey and the projection beside it give different positions',
      readings: [
        used('the plate solution counts, as in wcslib and Montage'),
        compareReading(wcs, 'the projection counts', get, { ...options, plateSolution: 'ignore' }),
      ],
      fix: 'delete the AMDXn and AMDYn cards if the projection was fitted anew, else the projection cards',
    },
  ]
}
