import { keywordReader, numberOf } from '../keywords/keyword-reader.ts'
import { hasMatrix, hasModernPc } from '../keywords/linear-keywords.ts'
import { type Patient, used, type WcsFinding } from './finding.ts'
import { compareReading, type WcsReading, withKeywords, withoutKeywords } from './reading.ts'

/** Doubts about scale and rotation. */
export function matrixFindings(patient: Patient): readonly WcsFinding[] {
  if (patient.wcs.plate !== undefined) return []
  return [...mixedForms(patient), ...misplacedRotation(patient)]
}

const NAMES = { cd: 'the CD matrix counts', pc: 'the PC matrix with CDELT counts' } as const

/** CD, PC, CDELT and CROTA in combinations that Paper I, section 2.1.2, does not allow. */
function mixedForms({ get, wcs, options, axes, alternate }: Patient): readonly WcsFinding[] {
  const header = keywordReader(get)
  const hasCd = hasMatrix(header, 'CD', axes, alternate)
  const hasPc = hasMatrix(header, 'PC', axes, alternate)
  const form =
    hasPc && (!hasCd || (options.rules !== 'montage' && hasModernPc(header, axes, alternate))) ? 'pc' : 'cd'
  const scales = [axes.lonAxis, axes.latAxis].map((axis) => `CDELT${axis}${alternate}`)
  const rotation = `CROTA${axes.latAxis}`
  const hasScale = scales.some((keyword) => get(keyword) !== undefined && numberOf(get(keyword)) !== 1)
  const hasRotation = (numberOf(get(rotation)) ?? 0) !== 0
  const without = (...names: readonly string[]): WcsReading['shiftArcsec'] =>
    compareReading(
      wcs,
      '',
      withoutKeywords(get, new RegExp(`^(?:${names.join('|')})\\d+_?\\d*${alternate}$`)),
      options,
    ).shiftArcsec
  const readings: WcsReading[] = []
  const add = (reading: string, shiftArcsec: number | null): void =>
    void readings.push({ reading, isUsed: false, shiftArcsec })
  const keywords: string[] = []
  if (hasCd && hasPc) {
    keywords.push('CD1_1', 'PC1_1')
    if (form === 'pc') add('CD counts, PC is left out', without('PC'))
    else add('PC counts, CD is left out', without('CD'))
  }
  if (hasCd && hasScale) {
    keywords.push('CD1_1', ...scales)
    const name = hasRotation ? 'CDELT and CROTA count, CD is left out' : 'CDELT counts, CD is left out'
    add(name, without('CD', 'PC'))
  }
  if (hasPc && !hasCd && hasRotation) {
    keywords.push('PC1_1', rotation)
    add('CDELT and CROTA count, PC is left out', without('PC'))
  }
  if (readings.length === 0) return []
  return [
    {
      code: 'matrix-forms-mixed',
      severity: 'warning',
      keywords: [...new Set(keywords)].filter((keyword) => get(keyword) !== undefined),
      problem:
        'the scale and rotation of the pixels are given in two ways (Paper I, section 2.1.2 allows one)',
      readings: [used(NAMES[form]), ...readings],
      fix: `delete ${form === 'cd' ? 'CDELTi, CROTAi and PCi_j' : 'CDi_j and CROTAi'} if that matrix is right`,
    },
  ]
}

/** A rotation on the longitude axis alone, which the standard gives no meaning. */
function misplacedRotation({ get, wcs, options, axes }: Patient): readonly WcsFinding[] {
  if (wcs.matrixForm !== 'cdelt' && wcs.matrixForm !== 'crota') return []
  const keyword = `CROTA${axes.lonAxis}`
  const angle = numberOf(get(keyword)) ?? 0
  const proper = `CROTA${axes.latAxis}`
  if (angle === 0 || get(proper) !== undefined) return []
  return [
    {
      code: 'rotation-on-longitude',
      severity: 'warning',
      keywords: [keyword],
      problem: `a rotation stands in ${keyword}, on the longitude axis, where it has no meaning`,
      readings: [
        used('no rotation'),
        compareReading(
          wcs,
          `it turns the image like ${proper}`,
          withKeywords(get, new Map([[proper, angle]])),
          options,
        ),
      ],
      fix: `rename ${keyword} to ${proper} if the image is turned, else delete it`,
    },
  ]
}
