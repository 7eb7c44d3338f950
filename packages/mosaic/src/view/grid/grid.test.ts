import { type KeywordValue, montageFrameConverter, pixelToSky, wcsFromKeywords } from '@skyloom/wcs'
import { describe, expect, test } from 'vitest'
import { fromPicture, type SkyView } from '../sky/sky-view.ts'
import { coordinateGrid, gridLines } from './coordinate-grid.ts'
import { cutBoxes } from './cut-boxes.ts'
import { degreesLabel, hoursLabel, latitudeLabel } from './grid-label.ts'
import { gridSpacing } from './grid-spacing.ts'
import { skyLimb } from './limb.ts'

interface Field {
  readonly ctype: readonly [string, string]
  readonly crval: readonly [number, number]
  readonly size: readonly [number, number]
  readonly cdelt: number
  readonly crota2?: number
  readonly frame?: SkyView['frame']
}

function viewOf({
  ctype,
  crval,
  size,
  cdelt,
  crota2 = 0,
  frame = { system: 'EQUJ', epochYear: 2000 },
}: Field): SkyView {
  const cards = new Map<string, KeywordValue>([
    ['NAXIS', 2],
    ['NAXIS1', size[0]],
    ['NAXIS2', size[1]],
    ['CTYPE1', ctype[0]],
    ['CTYPE2', ctype[1]],
    ['CRVAL1', crval[0]],
    ['CRVAL2', crval[1]],
    ['CRPIX1', (size[0] + 1) / 2],
    ['CRPIX2', (size[1] + 1) / 2],
    ['CDELT1', -cdelt],
    ['CDELT2', cdelt],
    ['CROTA2', crota2],
    ['EQUINOX', 2000],
  ])
  const wcs = wcsFromKeywords((keyword) => cards.get(keyword), { name: 'test', rules: 'montage' })
  return { wcs, frame, width: size[0], height: size[1], isFlippedX: false, isFlippedY: true }
}

const RADEC = (code: string): readonly [string, string] => [`RA---${code}`, `DEC--${code}`]
const FIELDS: ReadonlyMap<string, Field> = new Map([
  ['a small field', { ctype: RADEC('TAN'), crval: [83.6, -5.4], size: [600, 400], cdelt: 1 / 3600 }],
  [
    'a turned field over longitude 0',
    { ctype: RADEC('SIN'), crval: [0.02, 20], size: [500, 500], cdelt: 0.001, crota2: 30 },
  ],
  ['the north pole', { ctype: RADEC('TAN'), crval: [30, 89.7], size: [600, 600], cdelt: 0.01 }],
  ['the south pole in the middle', { ctype: RADEC('STG'), crval: [0, -90], size: [500, 500], cdelt: 0.1 }],
  ['a hemisphere', { ctype: RADEC('SIN'), crval: [120, 35], size: [600, 600], cdelt: 0.21 }],
  [
    'the whole sky',
    {
      ctype: ['GLON-AIT', 'GLAT-AIT'],
      crval: [0, 0],
      size: [1000, 500],
      cdelt: 0.36,
      frame: { system: 'GAL' },
    },
  ],
  ['a plate of the whole sky', { ctype: RADEC('CAR'), crval: [0, 0], size: [720, 360], cdelt: 0.5 }],
])

describe('grid lines', () => {
  for (const [name, field] of FIELDS) {
    for (const frame of [
      { system: 'EQUJ', epochYear: 2000 },
      { system: 'EQUB', epochYear: 1950 },
      { system: 'GAL' },
      { system: 'ECLJ', epochYear: 2000 },
    ] as const) {
      // Along each line, at points and between them, the other way through the coordinate system gives the value of the line.
      test(`of ${name} in ${frame.system} go where the coordinate system says, within 0.5 pixel`, () => {
        const view = viewOf(field)
        const convert = montageFrameConverter(view.frame, frame)
        const grid = gridLines(view, frame)
        expect(grid.filter(({ kind }) => kind === 'longitude').length).toBeGreaterThan(1)
        expect(grid.filter(({ kind }) => kind === 'latitude').length).toBeGreaterThan(0)
        let checked = 0
        for (const { kind, valueDeg, lines } of grid) {
          for (const line of lines) {
            for (let i = 0; i + 3 < line.length; i += 2) {
              const place = { x: (line[i]! + line[i + 2]!) / 2, y: (line[i + 1]! + line[i + 3]!) / 2 }
              if (place.x < 0 || place.y < 0 || place.x > view.width || place.y > view.height) continue
              checked++
              expect(missPixels(view, convert, place, kind, valueDeg)).toBeLessThan(0.5)
            }
          }
        }
        expect(checked).toBeGreaterThan(20)
      })
    }
  }

  test('the whole sky has all meridians and parallels and its limb', () => {
    const view = viewOf(FIELDS.get('the whole sky')!)
    const grid = gridLines(view, { system: 'GAL' })
    expect(grid.filter(({ kind }) => kind === 'longitude').map(({ valueDeg }) => valueDeg)).toEqual(
      Array.from({ length: 12 }, (_, i) => 30 * i),
    )
    expect(grid.filter(({ kind }) => kind === 'latitude').map(({ label }) => label)).toEqual([
      '-60d',
      '-30d',
      '0d',
      '+30d',
      '+60d',
    ])
    // The ellipse of an Aitoff map: half axes 2 sqrt(2) and sqrt(2) radians.
    const [a, b] = [(2 * Math.SQRT2 * 180) / Math.PI / 0.36, (Math.SQRT2 * 180) / Math.PI / 0.36]
    const limb = skyLimb(view)
    expect(limb).toHaveLength(1)
    for (let i = 0; i < limb[0]!.length; i += 2) {
      const [x, y] = [limb[0]![i]! - 500, limb[0]![i + 1]! - 250]
      expect(Math.abs(Math.hypot(x / a, y / b) - 1)).toBeLessThan(0.001)
    }
  })

  test('a picture without sky has no grid', () => {
    const view = viewOf({ ...FIELDS.get('a hemisphere')!, size: [600, 600] })
    const aside = { ...view, wcs: { ...view.wcs, crpix: [-9000, -9000] as const } }
    expect(gridLines(aside, { system: 'GAL' })).toEqual([])
  })
})

/** Distance in pixels of a place from the line of a value: the difference of the value over its slope. */
function missPixels(
  view: SkyView,
  convert: ReturnType<typeof montageFrameConverter>,
  place: { readonly x: number; readonly y: number },
  kind: 'longitude' | 'latitude',
  valueDeg: number,
): number {
  const value = (x: number, y: number): number => {
    const { fitsX, fitsY } = fromPicture(view, { x, y })
    const image = pixelToSky(view.wcs, fitsX, fitsY)
    if (image === undefined) return Number.NaN
    const sky = convert.convert(image.lonDeg, image.latDeg)
    if (kind === 'latitude') return sky.latDeg - valueDeg
    const difference = ((sky.lonDeg - valueDeg + 540) % 360) - 180
    return difference
  }
  const step = 0.01
  const here = value(place.x, place.y)
  const slopeX = (value(place.x + step, place.y) - here) / step
  const slopeY = (value(place.x, place.y + step) - here) / step
  const miss = Math.abs(here) / Math.hypot(slopeX, slopeY)
  // At the limb and at poles the slope has no value.
  return Number.isFinite(miss) ? miss : 0
}

describe('labels', () => {
  test.for([
    [10 + 1 / 60, 1 / 240, '0h 40m 04s'],
    [150, 30, '10h'],
    [157.5, 2.5, '10h 30m'],
    [359.9999999, 30, '0h'],
    [-15, 15, '23h'],
    [83.6 + 10 / 3600, 10 / 3600, '5h 34m 24.67s'],
  ] as const)('%d degrees every %d is %s', ([lon, spacing, label]) => {
    expect(hoursLabel(lon, spacing)).toBe(label)
  })

  test('degrees and latitudes', () => {
    expect(degreesLabel(-30, 30)).toBe('330d')
    expect(degreesLabel(12.5, 0.5)).toBe('12d 30m')
    expect(latitudeLabel(20, 1 / 60)).toBe('+20d')
    expect(latitudeLabel(-5 - 25 / 60, 5 / 60)).toBe('-5d 25m')
    expect(latitudeLabel(1 / 36000, 1 / 36000)).toBe('+0d 00m 00.1s')
  })

  // Break points of the specification.
  test.for([
    [0.5 / 3600, 0.1 / 3600],
    [6 / 3600, 1 / 3600],
    [0.2, 2 / 60],
    [0.25, 2 / 60],
    [0.26, 5 / 60],
    [1, 10 / 60],
    [45, 10],
    [100, 30],
  ] as const)('a range of %d degrees has lines every %d', ([range, spacing]) => {
    expect(gridSpacing(range)).toBeCloseTo(spacing, 12)
  })
})

test('lines leave room for labels', () => {
  const parts = cutBoxes(Float64Array.of(0, 5, 20, 5), [
    { left: 4, right: 6, top: 0, bottom: 10 },
    { left: 12, right: 15, top: 0, bottom: 10 },
  ])
  expect(parts.map((part) => [...part])).toEqual([
    [0, 5, 4, 5],
    [6, 5, 12, 5],
    [15, 5, 20, 5],
  ])
  expect(cutBoxes(Float64Array.of(0, 0, 9, 0), [{ left: 2, right: 3, top: 5, bottom: 6 }])).toHaveLength(1)
})

test('a grid has its labels on the picture, none over another', async () => {
  const { readFont } = await import('../../node/view/read-font.ts')
  const font = await readFont()
  for (const field of FIELDS.values()) {
    const view = viewOf(field)
    const shapes = coordinateGrid(
      view,
      { system: 'EQUJ', epochYear: 2000 },
      { color: { red: 255, green: 0, blue: 0 }, font, sizePixels: 12 },
    )
    const boxes = shapes.flatMap((shape) => {
      if (shape.kind !== 'fill') return []
      const values = shape.contours.map((contour) => [...contour])
      const xs = values.flatMap((contour) => contour.filter((_, i) => i % 2 === 0))
      const ys = values.flatMap((contour) => contour.filter((_, i) => i % 2 === 1))
      return [
        { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) },
      ]
    })
    expect(boxes.length).toBeGreaterThan(2)
    for (const [i, a] of boxes.entries()) {
      expect(a.left).toBeGreaterThanOrEqual(0)
      expect(a.right).toBeLessThanOrEqual(view.width)
      expect(a.top).toBeGreaterThanOrEqual(0)
      expect(a.bottom).toBeLessThanOrEqual(view.height)
      for (const b of boxes.slice(i + 1))
        expect(a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom).toBe(false)
    }
  }
})
