import { wrap360 } from '../celestial/angles.ts'
import { numberOf } from '../keywords/keyword-reader.ts'
import { type Patient, used, type WcsFinding } from './finding.ts'

/** Doubts about the reference point. */
export function valueFindings(patient: Patient): readonly WcsFinding[] {
  if (patient.wcs.plate !== undefined) return []
  return [...missingReference(patient), ...oddLongitude(patient)]
}

/** CRPIX and CRVAL that are not there count as 0, which is rarely meant. */
function missingReference({ get, wcs, axes, alternate }: Patient): readonly WcsFinding[] {
  const keywords = [
    ...wcs.pixelAxes.map((axis) => `CRPIX${axis}${alternate}`),
    ...[axes.lonAxis, axes.latAxis].map((axis) => `CRVAL${axis}${alternate}`),
  ].filter((keyword) => get(keyword) === undefined)
  if (keywords.length === 0) return []
  return [
    {
      code: 'reference-missing',
      severity: 'warning',
      keywords,
      problem: `${keywords.join(', ')} ${keywords.length === 1 ? 'is' : 'are'} not there and count${keywords.length === 1 ? 's' : ''} as 0`,
      readings: [used('0, as the standard says (Paper I, table 1)')],
      fix: `add ${keywords.join(', ')}`,
    },
  ]
}

function oddLongitude({ get, axes, alternate }: Patient): readonly WcsFinding[] {
  const keyword = `CRVAL${axes.lonAxis}${alternate}`
  const value = numberOf(get(keyword))
  const unit = get(`CUNIT${axes.lonAxis}${alternate}`)
  const isDegrees = unit === undefined || (typeof unit === 'string' && /^(?:deg.*)?\s*$/i.test(unit))
  if (value === undefined || !isDegrees || (value >= 0 && value <= 360)) return []
  const proper = wrap360(value)
  return [
    {
      code: 'longitude-out-of-range',
      severity: 'warning',
      keywords: [keyword],
      problem: `the longitude ${value} lies outside 0 to 360 degrees; it is the same place as ${proper}`,
      readings: [],
      fix: `set ${keyword} to ${proper}`,
    },
  ]
}
