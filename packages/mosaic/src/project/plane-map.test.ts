import { angularDistanceDeg, pixelMap, type Wcs, wcsFromKeywords } from '@skyloom/wcs'
import { describe, expect, test } from 'vitest'
import { planeMap, planeTurn } from './plane-map.ts'

function image(
  code: string,
  lonDeg: number,
  latDeg: number,
  turnDeg: number,
  more: [string, number][] = [],
): Wcs {
  const turn = (turnDeg * Math.PI) / 180
  const cards = new Map<string, string | number>([
    ['NAXIS', 2],
    ['CTYPE1', `RA---${code}`],
    ['CTYPE2', `DEC--${code}`],
    ['CRVAL1', lonDeg],
    ['CRVAL2', latDeg],
    ['CRPIX1', 100.5],
    ['CRPIX2', 80.25],
    ['CD1_1', -0.01 * Math.cos(turn)],
    ['CD1_2', 0.01 * Math.sin(turn)],
    ['CD2_1', 0.012 * Math.sin(turn)],
    ['CD2_2', 0.012 * Math.cos(turn)],
    ...more,
  ])
  return wcsFromKeywords((keyword) => cards.get(keyword))
}

const CODES = ['TAN', 'SIN', 'ZEA', 'STG', 'ARC'] as const

describe.each(CODES)('from %s', (from) => {
  test.each(CODES)('to %s agrees with the way over the sphere', (to) => {
    const a = image(from, 10, 60, 30)
    const b = image(to, 12, 59, -75)
    const angleRad =
      (angularDistanceDeg({ lonDeg: 10, latDeg: 60 }, { lonDeg: 12, latDeg: 59 }) * Math.PI) / 180
    const x = Float64Array.from({ length: 60 }, (_, k) => 13 * (k % 10) + 0.3)
    const y = Float64Array.from({ length: 60 }, (_, k) => 21 * Math.floor(k / 10) - 0.1)
    const plane = [new Float64Array(60), new Float64Array(60)] as const
    const sphere = [new Float64Array(60), new Float64Array(60)] as const
    planeMap(a, b, planeTurn(a, b, angleRad))?.(x, y, plane[0], plane[1], 60)
    pixelMap(a, b)(x, y, sphere[0], sphere[1], 60)
    for (const axis of [0, 1] as const) {
      // Rounding of directions in space: 1e-16 radian is 6e-13 pixel here.
      for (const [k, place] of plane[axis].entries())
        expect(Math.abs(place - sphere[axis][k]!)).toBeLessThan(1e-9)
    }
  })
})

test('images that it cannot take are refused', () => {
  const plain = image('TAN', 10, 60, 0)
  const none = { angleRad: 0, fromRad: 0, toRad: 0 }
  expect(planeMap(plain, image('CAR', 10, 60, 0), none)).toBeUndefined()
  expect(planeMap(image('TAN', 10, 60, 0, [['LONPOLE', 170]]), plain, none)).toBeUndefined()
  expect(planeMap(plain, image('TAN', 10, 60, 0), none)).toBeDefined()
})
