import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { frameConverter } from '../frame/frame-converter.ts'
import type { KeywordValue } from '../keywords/keyword-reader.ts'
import { pixelToSky, skyToPixel } from '../wcs/transform.ts'
import type { Wcs } from '../wcs/wcs.ts'
import { wcsFromKeywords } from '../wcs/wcs-from-keywords.ts'
import { type ApproximateMap, approximateMap, MIN_STEP } from './approximate-map.ts'
import { evaluateMap, evaluateMapRow } from './evaluate-map.ts'
import { type PixelMap, pixelMap } from './pixel-map.ts'

function read(changes: Readonly<Record<string, KeywordValue>>): Wcs {
  const cards: Readonly<Record<string, KeywordValue>> = {
    NAXIS: 2,
    NAXIS1: 512,
    NAXIS2: 512,
    CTYPE1: 'RA---TAN',
    CTYPE2: 'DEC--TAN',
    CRPIX1: 256.5,
    CRPIX2: 256.5,
    CRVAL1: 83.8,
    CRVAL2: -5.4,
    CDELT1: -1 / 3600,
    CDELT2: 1 / 3600,
    RADESYS: 'ICRS',
    ...changes,
  }
  return wcsFromKeywords((keyword) => cards[keyword])
}

const TAN = read({})
const SIN = read({ CTYPE1: 'RA---SIN', CTYPE2: 'DEC--SIN', CROTA2: 12, CRVAL1: 83.85 })
const GALACTIC = read({ CTYPE1: 'GLON-CAR', CTYPE2: 'GLAT-CAR', CRVAL1: 209, CRVAL2: 0, CRPIX2: 70000 })
const ALL_SKY_CAR = read({
  CTYPE1: 'RA---CAR',
  CTYPE2: 'DEC--CAR',
  CRVAL1: 0,
  CRVAL2: 0,
  CDELT1: -1,
  CDELT2: 1,
  CRPIX1: 180.5,
  CRPIX2: 90.5,
})
/** The whole sky seen from half a turn away: the seam of the plate carree lies in its middle. */
const ALL_SKY_AIT = read({
  CTYPE1: 'RA---AIT',
  CTYPE2: 'DEC--AIT',
  CRVAL1: 180,
  CRVAL2: 0,
  CDELT1: -0.5,
  CDELT2: 0.5,
  CRPIX1: 325,
  CRPIX2: 165,
})
const SIP = read({
  CTYPE1: 'RA---TAN-SIP',
  CTYPE2: 'DEC--TAN-SIP',
  A_ORDER: 4,
  B_ORDER: 3,
  A_2_0: 1e-5,
  A_0_4: 1e-10,
  B_1_2: -3e-8,
})

/** Largest distance between a map and the exact one over its region, and the number of points that only one of them has. */
function trueError(
  map: ApproximateMap,
  exact: PixelMap,
): { readonly worst: number; readonly oneSided: number } {
  const { col, row, width, height } = map.region
  const [x, y, exactX, exactY] = [0, 1, 2, 3].map(() => new Float64Array(width)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  let worst = 0
  let oneSided = 0
  for (let j = 0; j < height; j++) {
    evaluateMapRow(map, exact, col + 0.5, row + j + 0.5, width, x, y)
    for (let i = 0; i < width; i++) exactX[i] = col + i + 0.5
    exactY.fill(row + j + 0.5)
    exact(exactX, exactY, exactX, exactY, width)
    for (let i = 0; i < width; i++) {
      const distance = Math.hypot(x[i]! - exactX[i]!, y[i]! - exactY[i]!)
      if (Number.isNaN(x[i]) !== Number.isNaN(exactX[i])) oneSided++
      else if (distance > worst) worst = distance
    }
  }
  return { worst, oneSided }
}

/** Rounding of coordinates of some thousand pixels and of angles of 1e-13 degree at 1e-4 degree a pixel. */
const ROUNDING_PX = 1e-8

describe('exact maps', () => {
  test.for([
    { name: 'same frame', from: TAN, to: SIN },
    { name: 'to galactic', from: TAN, to: GALACTIC },
    { name: 'with distortion', from: SIP, to: SIN },
    { name: 'from FK4', from: read({ RADESYS: 'FK4', EQUINOX: 1950 }), to: TAN },
  ])('$name: by way of the sky', ({ from, to }) => {
    const converter = frameConverter(from.frame, to.frame)
    const sky = pixelToSky(from, 101, 301)!
    const there = converter.convert(sky.lonDeg, sky.latDeg)
    const pixel = skyToPixel(to, there.lonDeg, there.latDeg)!
    const [x, y] = [Float64Array.of(100.5), Float64Array.of(300.5)]
    pixelMap(from, to)(x, y, x, y, 1)
    // Corner coordinates are FITS coordinates less one half.
    expect(x[0]).toBeCloseTo(pixel.fitsX - 0.5, 6)
    expect(y[0]).toBeCloseTo(pixel.fitsY - 0.5, 6)
  })

  test('between plate carrees of one equator without rounding', () => {
    const [x, y] = [Float64Array.of(0.5, 359.5), Float64Array.of(0.5, 179.5)]
    pixelMap(ALL_SKY_CAR, ALL_SKY_CAR)(x, y, x, y, 2)
    expect([...x, ...y]).toEqual([0.5, 359.5, 0.5, 179.5])
  })

  test('a converter of the caller', () => {
    const shift = {
      convertInPlace: (lon: Float64Array, _lat: Float64Array, count: number = lon.length) => {
        for (let i = 0; i < count; i++) lon[i] = lon[i]! + 1
      },
    }
    const [x, y] = [Float64Array.of(100.5), Float64Array.of(50.5)]
    pixelMap(ALL_SKY_CAR, ALL_SKY_CAR, { converter: shift })(x, y, x, y, 1)
    expect(x[0]).toBeCloseTo(99.5, 12)
  })
})

describe('approximated maps honour their bound', () => {
  test.for([
    { name: 'TAN to SIN', from: TAN, to: SIN, step: 32, allCells: true },
    { name: 'TAN to galactic', from: TAN, to: GALACTIC, step: 32, allCells: true },
    { name: 'SIP to SIN', from: SIP, to: SIN, step: 32, allCells: true },
    {
      name: 'all sky, over the seam and the poles',
      from: ALL_SKY_AIT,
      to: ALL_SKY_CAR,
      step: undefined,
      allCells: false,
    },
    { name: 'all sky the other way', from: ALL_SKY_CAR, to: ALL_SKY_AIT, step: undefined, allCells: false },
  ])('$name', ({ from, to, step, allCells }) => {
    const exact = pixelMap(from, to)
    const map = approximateMap(exact, { col: 0, row: 0, width: 512, height: 330 })
    if (step !== undefined) expect(map.step).toBe(step)
    if (allCells) expect(map.exactCellCount).toBe(0)
    const { worst, oneSided } = trueError(map, exact)
    expect(map.maxErrorPx).toBeLessThanOrEqual(0.001)
    expect(worst).toBeLessThanOrEqual(map.maxErrorPx + ROUNDING_PX)
    expect(oneSided).toBe(0)
  })

  test('random pairs of images', () => {
    const code = fc.constantFrom('TAN', 'SIN', 'STG', 'ZEA', 'ARC', 'CAR', 'SFL', 'AIT', 'CEA', 'MER')
    const image = fc
      .tuple(
        code,
        fc.double({ min: 0, max: 360, noNaN: true }),
        fc.double({ min: -89, max: 89, noNaN: true }),
        fc.double({ min: -4, max: -0.5, noNaN: true }),
        fc.double({ min: 0, max: 360, noNaN: true }),
      )
      .map(([projection, lon, lat, logScale, rotation]) =>
        read({
          CTYPE1: `RA---${projection}`,
          CTYPE2: `DEC--${projection}`,
          CRVAL1: lon,
          CRVAL2: lat,
          CDELT1: -(10 ** logScale),
          CDELT2: 10 ** logScale,
          CROTA2: rotation,
        }),
      )
    const bound = fc.constantFrom(1e-4, 1e-3, 0.1)
    fc.assert(
      fc.property(image, image, bound, (from, to, boundPx) => {
        const exact = pixelMap(from, to)
        const map = approximateMap(exact, { col: -7, row: 3, width: 97, height: 81 }, { boundPx })
        const { worst, oneSided } = trueError(map, exact)
        expect(map.maxErrorPx).toBeLessThanOrEqual(boundPx)
        // A position of 1e7 pixels is rounded to 1e-9.
        const largest = Math.max(...[...map.x].filter(Number.isFinite).map(Math.abs), 0)
        expect(worst).toBeLessThanOrEqual(boundPx + ROUNDING_PX + largest * 1e-12)
        expect(oneSided).toBe(0)
      }),
      { numRuns: 150 },
    )
  })
})

describe('the grid', () => {
  const linear: PixelMap = (x, y, outX, outY, count) => {
    for (let i = 0; i < count; i++) {
      const [a, b] = [x[i]!, y[i]!]
      outX[i] = 2 * a + b
      outY[i] = 100 - b
    }
  }

  test('nodes at corner coordinates with one ring more on every side', () => {
    const map = approximateMap(linear, { col: 10, row: 20, width: 65, height: 32 })
    expect(map).toMatchObject({
      step: 32,
      originCol: -22,
      originRow: -12,
      nodeCols: 6,
      nodeRows: 4,
      exactCellCount: 0,
    })
    expect(map.exactCells).toHaveLength(3)
    expect([map.x[0], map.y[0]]).toEqual([2 * -22 - 12, 112])
    expect([map.x[6 + 1], map.y[6 + 1]]).toEqual([40, 80])
    expect(map.maxErrorPx).toBeLessThan(1e-12)
  })

  test('one pixel', () => {
    const map = approximateMap(linear, { col: 0, row: 0, width: 1, height: 1 })
    expect(evaluateMap(map, linear, 0.5, 0.5)).toEqual({ x: 1.5, y: 99.5 })
  })

  test('points outside the region come from the exact map', () => {
    const map = approximateMap(linear, { col: 0, row: 0, width: 40, height: 40 })
    expect(evaluateMap(map, linear, -100, 50)).toEqual({ x: -150, y: 50 })
    const [x, y] = [new Float64Array(60), new Float64Array(60)]
    evaluateMapRow(map, linear, -9.5, 3.5, 60, x, y)
    expect([...x].every((value, i) => Math.abs(value - (2 * (i - 9.5) + 3.5)) < 1e-9)).toBe(true)
    expect(evaluateMap(map, linear, 40, 40)).toEqual({
      x: expect.closeTo(120, 9) as number,
      y: expect.closeTo(60, 9) as number,
    })
  })

  test('a finer grid where the map bends', () => {
    const bent: PixelMap = (x, y, outX, outY, count) => {
      for (let i = 0; i < count; i++) {
        outX[i] = 1000 * Math.sin(x[i]! / 60)
        outY[i] = y[i]!
      }
    }
    const region = { col: 0, row: 0, width: 256, height: 256 }
    const map = approximateMap(bent, region)
    expect(map.step).toBeLessThan(32)
    expect(map.step).toBeGreaterThanOrEqual(MIN_STEP)
    expect(trueError(map, bent).worst).toBeLessThanOrEqual(map.maxErrorPx + 1e-12)
    expect(approximateMap(bent, region, { boundPx: 10 }).step).toBe(32)
    expect(approximateMap(bent, region, { boundPx: 10 }).maxErrorPx).toBeGreaterThan(map.maxErrorPx)
  })

  test('a wide grid only where it is as good as exact', () => {
    const region = { col: 0, row: 0, width: 512, height: 300 }
    const smooth = (radius: number): PixelMap => {
      return (x, y, outX, outY, count) => {
        for (let i = 0; i < count; i++) {
          outX[i] = radius * Math.sin(x[i]! / radius)
          outY[i] = y[i]!
        }
      }
    }
    const wide = approximateMap(smooth(1e6), region, { smoothStep: 128 })
    expect(wide).toMatchObject({ step: 128, boundPx: 0.001 })
    expect(wide.maxErrorPx).toBeLessThan(1e-6)
    expect(trueError(wide, smooth(1e6)).worst).toBeLessThanOrEqual(wide.maxErrorPx + 1e-12)
    // Within the bound, but not by the thousandth that is asked for.
    const narrow = approximateMap(smooth(2e3), region, { smoothStep: 128, boundPx: 0.1 })
    expect(narrow.step).toBe(32)
  })

  test('cells over a jump are exact, the others not', () => {
    const jump: PixelMap = (x, y, outX, outY, count) => {
      for (let i = 0; i < count; i++) {
        const a = x[i]!
        outX[i] = a < 100.2 ? a : a - 360
        outY[i] = y[i]!
      }
    }
    const map = approximateMap(jump, { col: 0, row: 0, width: 256, height: 64 })
    expect(map.exactCellCount).toBeGreaterThan(0)
    expect(map.exactCellCount).toBeLessThan(map.exactCells.length / 2)
    expect(trueError(map, jump)).toEqual({ worst: expect.closeTo(0, 9) as number, oneSided: 0 })
  })

  test('a map without any place is exact everywhere', () => {
    const nowhere: PixelMap = (_x, _y, outX, outY, count) => {
      outX.fill(Number.NaN, 0, count)
      outY.fill(Number.NaN, 0, count)
    }
    const map = approximateMap(nowhere, { col: 0, row: 0, width: 64, height: 64 })
    expect(map).toMatchObject({ step: 32, exactCellCount: 4, maxErrorPx: 0 })
    expect(evaluateMap(map, nowhere, 5, 5)).toBeUndefined()
  })

  test.for([
    { region: { col: 0.5, row: 0, width: 1, height: 1 }, options: {}, text: 'col 0.5' },
    { region: { col: 0, row: 0, width: 0, height: 1 }, options: {}, text: 'width 0' },
    { region: { col: 0, row: 0, width: 1e9, height: 1e9 }, options: {}, text: 'width 1000000000' },
    { region: { col: 0, row: 0, width: 1, height: 1 }, options: { boundPx: 0 }, text: 'found 0' },
    { region: { col: 0, row: 0, width: 1, height: 1 }, options: { boundPx: Number.NaN }, text: 'found NaN' },
    { region: { col: 0, row: 0, width: 1, height: 1 }, options: { step: 0 }, text: 'found 0' },
    { region: { col: 0, row: 0, width: 1, height: 1 }, options: { step: 2.5 }, text: 'found 2.5' },
  ])('$region $options is refused', ({ region, options, text }) => {
    expect(() => approximateMap(linear, region, options)).toThrow(new RegExp(`${text}.*\\[WCS_BAD_MAP\\]`))
  })
})
