import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { sharedJson, sharedPath, skipShared } from '../../../testing/shared-data.ts'
import type { LookupDistortion } from '../src/distortion/lookup.ts'
import { lookupReferences, lookupTableFromKeywords } from '../src/keywords/lookup-keywords.ts'
import { pixelsToSky, pixelToSky, skyToPixel } from '../src/wcs/transform.ts'
import type { Wcs } from '../src/wcs/wcs.ts'
import { wcsFromKeywords } from '../src/wcs/wcs-from-keywords.ts'
import { separationDeg } from './compare-with-peer.ts'
import { float32Data, readHdus, type TestHdu, textHeader, valueOf } from './header-cards.ts'

/** Expected positions: x and y from 1, then the two world coordinates in the header's order; null where there is no sky. */
interface ExpectedImage {
  readonly points: readonly (readonly [number, number, number | null, number | null])[]
}

/** The coordinate system of an entry: `file`, or `file[n]` for HDU n. */
function wcsOf(entry: string): Wcs {
  const [, file = '', hdu = '0'] = /^(.*?)(?:\[(\d+)\])?$/.exec(entry) ?? []
  const path = ['wcs', 'wcs/headers', 'decam-tpv', 'surveys']
    .map((folder) => sharedPath('data', folder, file))
    .find((one) => existsSync(one))
  if (path === undefined) throw new Error(`${entry} is missing`)
  if (file.endsWith('.hdr'))
    return wcsFromKeywords(valueOf(textHeader(readFileSync(path, 'utf8'))), { name: file })
  const hdus = readHdus(path)
  const image = hdus[Number(hdu)]
  if (image === undefined) throw new Error(`${entry} is missing`)
  return wcsFromKeywords(valueOf(image.cards), { name: entry, lookup: lookupOf(image, hdus) })
}

function lookupOf(image: TestHdu, hdus: readonly TestHdu[]): LookupDistortion {
  const tables = lookupReferences((keyword) => image.cards.get(keyword) ?? []).map((reference) => {
    const hdu = hdus.find(({ cards }) => {
      const get = valueOf(cards)
      return get('EXTNAME') === reference.extname && get('EXTVER') === reference.extver
    })
    if (hdu === undefined) throw new Error(`table ${reference.extname} is missing`)
    return { ...reference, table: lookupTableFromKeywords(valueOf(hdu.cards), float32Data(hdu)) }
  })
  const pair = (kind: string) => {
    const [x, y] = [1, 2].map(
      (axis) => tables.find((each) => each.kind === kind && each.axis === axis)?.table,
    )
    return [x, y] as const
  }
  return { detector: pair('detector'), prior: pair('prior') }
}

/** Positions are printed with 12 digits, so to half of 1e-9 degree above 100 degrees. */
const PRINTED_DEG = 5.1e-10
/**
 * wcslib evaluates CSC in single precision, this library in double: 2e-6 degree apart on this image. Its two polynomials are no exact
 * inverses of each other, so the way back is off by a fraction of these pixels of 0.07 degree.
 */
const CSC_DEG = 2e-6
const CSC_BACK_PX = 0.2
/** Pixel to sky to pixel closes to rounding: positions of small pixels carry 1e-13 degree. */
const BACK_PX = 2e-9

describe.skipIf(skipShared)('every point of points.json', () => {
  const expected = skipShared
    ? {}
    : (sharedJson('data/wcs/points.json') as Readonly<Record<string, ExpectedImage>>)

  test.for(Object.keys(expected))('%s', (entry) => {
    const wcs = wcsOf(entry)
    const isCsc = wcs.projection === 'CSC'
    const points = expected[entry]?.points ?? []
    expect(points.length).toBe(25)
    for (const [x, y, first, second] of points) {
      const sky = pixelToSky(wcs, x, y)
      if (first === null || second === null) {
        expect(sky).toBeUndefined()
        continue
      }
      if (sky === undefined) throw new Error(`no sky at ${x}, ${y}`)
      const [lon, lat] = wcs.isLatFirst ? [second, first] : [first, second]
      expect(separationDeg([sky.lonDeg, sky.latDeg], [lon, lat])).toBeLessThan(isCsc ? CSC_DEG : PRINTED_DEG)
      const back = skyToPixel(wcs, sky.lonDeg, sky.latDeg)
      if (back === undefined) throw new Error(`no way back from ${lon}, ${lat}`)
      expect(Math.hypot(back.fitsX - x, back.fitsY - y)).toBeLessThan(isCsc ? CSC_BACK_PX : BACK_PX)
    }
  })

  test.for(Object.keys(expected))('%s: arrays give the same numbers as single points', (entry) => {
    const wcs = wcsOf(entry)
    const points = expected[entry]?.points ?? []
    const lon = Float64Array.from(points, ([x]) => x)
    const lat = Float64Array.from(points, ([, y]) => y)
    const singles = points.map(([x, y]) => pixelToSky(wcs, x, y))
    pixelsToSky(wcs, lon, lat, lon, lat)
    expect([...lon]).toEqual(singles.map((sky) => sky?.lonDeg ?? Number.NaN))
    expect([...lat]).toEqual(singles.map((sky) => sky?.latDeg ?? Number.NaN))
  })
})
