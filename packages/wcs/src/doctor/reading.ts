import { ICRS } from '../frame/frame.ts'
import { frameConverter } from '../frame/frame-converter.ts'
import type { KeywordSource, KeywordValue } from '../keywords/keyword-reader.ts'
import { angularDistanceDeg } from '../sphere/great-circle.ts'
import { pixelToSky } from '../wcs/transform.ts'
import type { Wcs } from '../wcs/wcs.ts'
import { type WcsOptions, wcsFromKeywords } from '../wcs/wcs-from-keywords.ts'

/** One way to read a doubtful header. */
export interface WcsReading {
  /** What this reading takes the header to mean. */
  readonly reading: string
  /** True for the reading that `wcsFromKeywords` gives. */
  readonly isUsed: boolean
  /**
   * Largest distance on the sky from the reading that is used, over the image, arcseconds; null where this reading gives no
   * coordinates.
   */
  readonly shiftArcsec: number | null
}

/** Pixels along each axis at which readings are compared. */
const SAMPLES = 5
/** Size of the image that is assumed when the header does not tell. */
const ASSUMED_PIXELS = 1024

/** Keywords with some values replaced; `undefined` takes a keyword away. */
export function withKeywords(
  source: KeywordSource,
  changes: ReadonlyMap<string, KeywordValue>,
): KeywordSource {
  return (keyword) => (changes.has(keyword) ? changes.get(keyword) : source(keyword))
}

/** Keywords without those that match. */
export function withoutKeywords(source: KeywordSource, pattern: RegExp): KeywordSource {
  return (keyword) => (pattern.test(keyword) ? undefined : source(keyword))
}

/** Compares another reading of a header with the one that is used. */
export function compareReading(
  used: Wcs,
  reading: string,
  source: KeywordSource,
  options: WcsOptions,
): WcsReading {
  const other = tryReading(source, options)
  return { reading, isUsed: false, shiftArcsec: other === undefined ? null : largestShift(used, other) }
}

/** The coordinate system of a header; undefined when it has none that can be used. */
export function tryReading(source: KeywordSource, options: WcsOptions): Wcs | undefined {
  try {
    return wcsFromKeywords(source, options)
  } catch {
    // That a reading is impossible is the answer here; why the header itself fails is reported by `diagnoseWcs`.
    return undefined
  }
}

/** Largest distance between the positions of the same pixels, arcseconds; null where no pixel has a position in both. */
function largestShift(a: Wcs, b: Wcs): number | null {
  const toIcrsA = frameConverter(a.frame, ICRS)
  const toIcrsB = frameConverter(b.frame, ICRS)
  const width = a.width ?? ASSUMED_PIXELS
  const height = a.height ?? ASSUMED_PIXELS
  let largest: number | null = null
  for (let j = 0; j < SAMPLES; j++) {
    for (let i = 0; i < SAMPLES; i++) {
      const fitsX = 0.5 + (width * (i + 0.5)) / SAMPLES
      const fitsY = 0.5 + (height * (j + 0.5)) / SAMPLES
      const p = pixelToSky(a, fitsX, fitsY)
      const q = pixelToSky(b, fitsX, fitsY)
      if (p === undefined || q === undefined) continue
      const distance = angularDistanceDeg(
        toIcrsA.convert(p.lonDeg, p.latDeg),
        toIcrsB.convert(q.lonDeg, q.latDeg),
      )
      largest = Math.max(largest ?? 0, distance * 3600)
    }
  }
  return largest
}
