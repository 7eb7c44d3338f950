import { parseSurface, type Surface } from '../distortion/surface.ts'
import type { Tnx } from '../distortion/tnx.ts'
import type { CelestialAxes } from './axes.ts'
import { type KeywordReader, numberOf } from './keyword-reader.ts'

/** Characters of a FITS string that fill a card; IRAF fills all cards of a WAT string but the last. */
const CARD_CHARS = 68
/** WATj_001 to WATj_999. */
const MAX_CARDS = 999
/** Highest m of projpm. */
const LAST_PROJP = 9

/** What the WAT keywords of a TNX or ZPX image say. */
export interface WatDistortion {
  readonly distortion: Tnx
  /** projp0 to projp9 of ZPX: coefficients of ZPN. */
  readonly projp: readonly (number | undefined)[]
  /** True when there is no WAT keyword at all. */
  readonly isMissing: boolean
}

/**
 * Reads the WAT keywords of the two celestial axes.
 *
 * @throws {WcsError} `WCS_BAD_DISTORTION` for a correction that is no polynomial surface
 *
 * Source: "TNX World Coordinate System", "ZPX World Coordinate System", registry of FITS conventions.
 */
export function readWat(header: KeywordReader, axes: CelestialAxes): WatDistortion {
  const lonText = watText(header, axes.lonAxis)
  const latText = watText(header, axes.latAxis)
  const surface = (text: string, name: string, axis: number): Surface | undefined => {
    const match = new RegExp(`\\b${name}\\s*=\\s*"([^"]*)"?`).exec(text)
    const numbers = match?.[1]?.trim() ?? ''
    return numbers === '' ? undefined : parseSurface(numbers, header.where(`WAT${axis}_001`))
  }
  return {
    distortion: {
      kind: 'tnx',
      lon: surface(lonText, 'lngcor', axes.lonAxis),
      lat: surface(latText, 'latcor', axes.latAxis),
    },
    projp: Array.from(
      { length: LAST_PROJP + 1 },
      (_, m) => projectionParameter(lonText, m) ?? projectionParameter(latText, m),
    ),
    isMissing: lonText === '' && latText === '',
  }
}

/** The WAT string of an axis; blanks that a FITS reader took off the end of a card are put back. */
function watText(header: KeywordReader, axis: number): string {
  let text = ''
  for (let card = 1; card <= MAX_CARDS; card++) {
    const part = header.text(`WAT${axis}_${String(card).padStart(3, '0')}`)
    if (part === undefined) break
    text += part.padEnd(CARD_CHARS)
  }
  return text
}

function projectionParameter(text: string, m: number): number | undefined {
  const match = new RegExp(`\\bprojp${m}\\s*=\\s*([^\\s"]+)`).exec(text)
  return match?.[1] === undefined ? undefined : numberOf(match[1])
}
