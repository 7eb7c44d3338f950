import { frameName } from '../frame/frame.ts'
import { type KeywordSource, type KeywordValue, numberOf } from '../keywords/keyword-reader.ts'
import { type Patient, used, type WcsFinding } from './finding.ts'
import { compareReading, type WcsReading, withKeywords, withoutKeywords } from './reading.ts'

/** What the header says about its frame. */
interface FrameWords {
  readonly radesys: string | undefined
  readonly radecsys: string | undefined
  /** Year of the equinox that counts; 0 is none. */
  readonly year: number | undefined
  /** Both years where EQUINOX and EPOCH stand side by side. */
  readonly equinox: number | undefined
  readonly epoch: number | undefined
}

function textOf(get: KeywordSource, keyword: string): string | undefined {
  const value = get(keyword)
  return typeof value === 'string' && value.trim() !== '' ? value.trim().toUpperCase() : undefined
}

function yearOf(get: KeywordSource, keyword: string): number | undefined {
  const value = get(keyword)
  const year = numberOf(typeof value === 'string' ? value.replace(/^\s*[JB]/i, '') : value)
  return year === 0 ? undefined : year
}

function frameWords(get: KeywordSource, alternate: string): FrameWords {
  const equinox = yearOf(get, `EQUINOX${alternate}`)
  const epoch = yearOf(get, 'EPOCH')
  return {
    radesys: textOf(get, `RADESYS${alternate}`),
    radecsys: textOf(get, 'RADECSYS'),
    year: equinox ?? epoch,
    equinox,
    epoch,
  }
}

/** Doubts about the celestial frame. */
export function frameFindings(patient: Patient): readonly WcsFinding[] {
  const { wcs, options, get, alternate } = patient
  const { system } = wcs.frame
  if (options.frame !== undefined || system === 'galactic' || system === 'supergalactic') return []
  const words = frameWords(get, alternate)
  return [
    ...missingFrame(patient, words),
    ...oldKeyword(patient, words),
    ...contradiction(patient, words),
    ...twoEquinoxes(patient, words),
  ]
}

/** The header with the frame said in full. */
function asFrame(
  { get, wcs, options, alternate }: Patient,
  name: string,
  equinoxYear: number | undefined,
): WcsReading {
  const changes = new Map<string, KeywordValue>([
    [`RADESYS${alternate}`, name],
    ['RADECSYS', undefined],
    ['EPOCH', undefined],
    [`EQUINOX${alternate}`, equinoxYear],
  ])
  const reading = equinoxYear === undefined ? name : `${name}, equinox ${equinoxYear}`
  return compareReading(wcs, reading, withKeywords(get, changes), options)
}

function missingFrame(patient: Patient, { radesys, radecsys, year }: FrameWords): readonly WcsFinding[] {
  if (radesys !== undefined || radecsys !== undefined) return []
  const { wcs, alternate } = patient
  const others = [
    asFrame(patient, 'ICRS', undefined),
    asFrame(patient, 'FK5', 2000),
    asFrame(patient, 'FK4', 1950),
  ]
  return [
    {
      code: 'frame-missing',
      severity: 'warning',
      keywords: year === undefined ? [`RADESYS${alternate}`, `EQUINOX${alternate}`] : [`RADESYS${alternate}`],
      problem:
        year === undefined
          ? 'neither RADESYS nor EQUINOX says which frame the positions are in'
          : 'RADESYS does not say which frame the positions are in; it follows from the equinox',
      readings: [used(frameName(wcs.frame)), ...others.filter(({ shiftArcsec }) => shiftArcsec !== 0)],
      fix: "add RADESYS = 'ICRS' (or 'FK5' with EQUINOX = 2000.0) if the positions are so",
    },
  ]
}

function oldKeyword(
  { get, wcs, options }: Patient,
  { radesys, radecsys }: FrameWords,
): readonly WcsFinding[] {
  if (radesys !== undefined || radecsys === undefined) return []
  return [
    {
      code: 'frame-old-keyword',
      severity: 'warning',
      keywords: ['RADECSYS'],
      problem: 'RADECSYS is the old name of RADESYS; not every program reads it',
      readings: [
        used(frameName(wcs.frame)),
        compareReading(wcs, 'RADECSYS is left out', withoutKeywords(get, /^RADECSYS$/), options),
      ],
      fix: 'rename RADECSYS to RADESYS',
    },
  ]
}

function contradiction(patient: Patient, { radesys, radecsys, year }: FrameWords): readonly WcsFinding[] {
  const named = radesys ?? radecsys
  if (named === undefined || year === undefined) return []
  const isOdd =
    (named === 'ICRS' && year !== 2000) ||
    (named === 'FK5' && year < 1984) ||
    (named.startsWith('FK4') && year >= 1984)
  if (!isOdd) return []
  const byEquinox =
    year < 1984
      ? [asFrame(patient, 'FK4', year)]
      : [asFrame(patient, 'FK5', year), asFrame(patient, 'ICRS', undefined)]
  return [
    {
      code: 'frame-contradicts-equinox',
      severity: 'warning',
      keywords: [radesys === undefined ? 'RADECSYS' : `RADESYS${patient.alternate}`, 'EQUINOX'],
      problem: `${named} and equinox ${year} do not go together`,
      readings: [used(frameName(patient.wcs.frame)), ...byEquinox, asFrame(patient, named, undefined)],
      fix: named === 'ICRS' ? 'delete EQUINOX if the positions are ICRS' : 'correct RADESYS or EQUINOX',
    },
  ]
}

/** EPOCH was the name of EQUINOX once; today it is often the date of observation. */
function twoEquinoxes(patient: Patient, { equinox, epoch }: FrameWords): readonly WcsFinding[] {
  const { get, wcs, options, alternate } = patient
  if (equinox === undefined || epoch === undefined || equinox === epoch || wcs.frame.system === 'icrs')
    return []
  const swapped = withKeywords(get, new Map<string, KeywordValue>([[`EQUINOX${alternate}`, undefined]]))
  return [
    {
      code: 'equinox-given-twice',
      severity: 'warning',
      keywords: [`EQUINOX${alternate}`, 'EPOCH'],
      problem: `EQUINOX is ${equinox} and EPOCH, its old name, ${epoch}`,
      readings: [
        used(`EQUINOX counts: ${frameName(wcs.frame)}`),
        compareReading(wcs, 'EPOCH counts', swapped, options),
      ],
      fix: 'delete EPOCH, or write it as DATE-OBS if it is the date of the observation',
    },
  ]
}
