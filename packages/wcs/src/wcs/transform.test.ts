import { describe, expect, test } from 'vitest'
import type { KeywordValue } from '../keywords/keyword-reader.ts'
import { pixelAreaSr, pixelScaleDeg } from './pixel-scale.ts'
import { pixelsToSky, pixelToSky, skyToPixel, skyToPixels } from './transform.ts'
import type { Wcs } from './wcs.ts'
import { wcsFromKeywords } from './wcs-from-keywords.ts'

const RAD = Math.PI / 180

function read(cards: Readonly<Record<string, KeywordValue>>): Wcs {
  return wcsFromKeywords((keyword) => cards[keyword])
}

const SIN = read({
  NAXIS: 2,
  CTYPE1: 'RA---SIN',
  CTYPE2: 'DEC--SIN',
  CRPIX1: 100,
  CRPIX2: 100,
  CRVAL1: 0,
  CRVAL2: 30,
  CDELT1: -1,
  CDELT2: 1,
})
const CAR = read({
  NAXIS: 2,
  CTYPE1: 'GLON-CAR',
  CTYPE2: 'GLAT-CAR',
  CRPIX1: 180.5,
  CRPIX2: 90.5,
  CRVAL1: 0,
  CRVAL2: 0,
  CDELT1: -1,
  CDELT2: 1,
})

describe('arrays', () => {
  // More than one run of points that are handled together.
  const count = 1500
  const ramp = (from: number, step: number): Float64Array =>
    Float64Array.from({ length: count }, (_, i) => from + i * step)

  test.for([
    { name: 'SIN', wcs: SIN },
    { name: 'CAR', wcs: CAR },
  ])('$name: the numbers of single points, NaN in both where there is no sky', ({ wcs }) => {
    const [x, y] = [ramp(-50, 0.3), ramp(220, -0.2)]
    const [lon, lat] = [new Float64Array(count), new Float64Array(count)]
    pixelsToSky(wcs, x, y, lon, lat)
    const singles = Array.from(x, (fitsX, i) => pixelToSky(wcs, fitsX, y[i] ?? 0))
    expect([...lon]).toEqual(singles.map((sky) => sky?.lonDeg ?? Number.NaN))
    expect([...lat]).toEqual(singles.map((sky) => sky?.latDeg ?? Number.NaN))
    expect(lon.some(Number.isNaN)).toBe(true)
    skyToPixels(wcs, lon, lat, lon, lat)
    const back = singles.map((sky) =>
      sky === undefined ? undefined : skyToPixel(wcs, sky.lonDeg, sky.latDeg),
    )
    expect([...lon]).toEqual(back.map((pixel) => pixel?.fitsX ?? Number.NaN))
  })

  test('only the first points when asked so', () => {
    const lon = new Float64Array(3).fill(7)
    pixelsToSky(CAR, Float64Array.of(1, 2, 3), Float64Array.of(90.5, 90.5, 90.5), lon, new Float64Array(3), 2)
    expect([...lon]).toEqual([179.5, 178.5, 7])
  })

  test.for([SIN, CAR])('arrays that are too short', (wcs) => {
    const [two, three] = [new Float64Array(2), new Float64Array(3)]
    expect(() => pixelsToSky(wcs, three, three, two, three)).toThrow(
      'arrays of coordinates do not hold the points asked for: found lengths 3, 3, 2, 3, count 3',
    )
    expect(() => skyToPixels(wcs, three, three, three, three, 4)).toThrow(/\[WCS_BAD_ARRAYS\]/)
    expect(() => skyToPixels(wcs, three, three, three, three, 1.5)).toThrow(/\[WCS_BAD_ARRAYS\]/)
  })
})

describe('longitudes', () => {
  test('from 0 to below 360, across 0', () => {
    expect(pixelToSky(CAR, 180.5, 90.5)).toEqual({ lonDeg: 0, latDeg: 0 })
    expect(pixelToSky(CAR, 181.5, 90.5)?.lonDeg).toBe(359)
    expect(pixelToSky(SIN, 101, 100)?.lonDeg).toBeGreaterThan(358)
    for (const lon of [-1e-13, 359.99999999999994, 720, -360]) {
      const pixel = skyToPixel(CAR, lon, 0)
      expect(Math.abs((pixel?.fitsX ?? Number.NaN) - 180.5)).toBeLessThan(1e-9)
    }
  })

  test('any turn of longitude is the same pixel', () => {
    expect(skyToPixel(SIN, -355, 33)?.fitsX).toBeCloseTo(skyToPixel(SIN, 5, 33)?.fitsX ?? Number.NaN, 9)
  })
})

describe('no place', () => {
  test.for([
    [1, 91],
    [1, -90.5],
    [Number.NaN, 0],
    [0, Number.NaN],
    [Number.POSITIVE_INFINITY, 0],
    [0, Number.NEGATIVE_INFINITY],
  ] as const)('sky %s', ([lon, lat]) => {
    expect(skyToPixel(SIN, lon, lat)).toBeUndefined()
    expect(skyToPixel(CAR, lon, lat)).toBeUndefined()
  })

  test.for([
    [Number.NaN, 1],
    [1, Number.POSITIVE_INFINITY],
    [1e308, 1e308],
  ] as const)('pixel %s', ([x, y]) => {
    expect(pixelToSky(SIN, x, y)).toBeUndefined()
    expect(pixelToSky(CAR, x, y)).toBeUndefined()
  })

  test('the far side of an orthographic image', () => {
    expect(skyToPixel(SIN, 180, 0)).toBeUndefined()
  })
})

describe('pixel sizes', () => {
  test('scale and area of the reference pixel', () => {
    const wcs = read({
      NAXIS: 2,
      CTYPE1: 'RA---TAN',
      CTYPE2: 'DEC--TAN',
      CD1_1: -3e-4,
      CD1_2: 4e-4,
      CD2_1: 4e-4,
      CD2_2: 3e-4,
    })
    expect(pixelScaleDeg(wcs)).toEqual([expect.closeTo(5e-4, 15), expect.closeTo(5e-4, 15)])
    expect(pixelAreaSr(wcs)).toBeCloseTo((5e-4 * RAD) ** 2, 20)
    expect(pixelAreaSr(wcs, 0, 0) / pixelAreaSr(wcs)).toBeCloseTo(1, 9)
  })

  test('pixels of a plate carree shrink towards the poles', () => {
    expect(pixelAreaSr(CAR, 180.5, 150.5) / pixelAreaSr(CAR)).toBeCloseTo(Math.cos(60 * RAD), 3)
    expect(pixelAreaSr(CAR, 0, 300)).toBeNaN()
  })

  test('pixels of TAN cover less sky away from the centre', () => {
    const tan = read({
      NAXIS: 2,
      CTYPE1: 'RA---TAN',
      CTYPE2: 'DEC--TAN',
      CDELT1: -0.01,
      CDELT2: 0.01,
      CRVAL2: 50,
    })
    // Paper II, section 5.1.3: dA = cos^3 of the distance, here atan(10 degrees) from the centre.
    const cosine = Math.cos(Math.atan(10 * RAD))
    expect(pixelAreaSr(tan, 1000, 0) / pixelAreaSr(tan)).toBeCloseTo(cosine ** 3, 7)
  })
})
