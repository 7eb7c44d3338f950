import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { offsetPosition } from './great-circle.ts'
import { polygonContains, skyPolygon } from './polygon.ts'
import {
  circleContainsPolygon,
  circleOverlapsPolygon,
  overlapAreaSr,
  polygonContainsCircle,
  polygonsOverlap,
} from './polygon-overlap.ts'

const at = (lonDeg: number, latDeg: number): { lonDeg: number; latDeg: number } => ({ lonDeg, latDeg })
const square = (lon: number, lat: number, half: number): ReturnType<typeof skyPolygon> =>
  skyPolygon([45, 135, 225, 315].map((angle) => offsetPosition(at(lon, lat), angle, half * Math.SQRT2)))

describe('polygonsOverlap', () => {
  it('keeps apart images of one grid whose lower edges lie on one great circle up to rounding', () => {
    const image = (corners: readonly (readonly [number, number])[]): ReturnType<typeof skyPolygon> =>
      skyPolygon(corners.map(([lonDeg, latDeg]) => ({ lonDeg, latDeg })))
    const left = image([
      [150.02873078981946, 19.98899768604012],
      [150.00106410341573, 19.988999996960803],
      [150.00106425213937, 20.010999996686714],
      [150.02873480535763, 20.010997683003495],
    ])
    const right = image([
      [150, 19.989000000135146],
      [149.97020510704232, 19.98899751145136],
      [149.97020056415366, 20.012997507847633],
      [150, 20.012999999776916],
    ])
    expect(polygonsOverlap(left, right)).toBe(false)
    expect(polygonsOverlap(right, left)).toBe(false)
  })

  it('finds crossing, holding and distant polygons', () => {
    expect(polygonsOverlap(square(0, 0, 1), square(1.5, 1.5, 1))).toBe(true)
    expect(polygonsOverlap(square(0, 0, 5), square(0, 0, 1))).toBe(true)
    expect(polygonsOverlap(square(0, 0, 1), square(0, 0, 5))).toBe(true)
    expect(polygonsOverlap(square(0, 0, 1), square(2.1, 0, 1))).toBe(false)
    expect(polygonsOverlap(square(0, 0, 1), square(180, 0, 1))).toBe(false)
  })

  it('finds polygons that cross without a vertex of one in the other', () => {
    const flat = skyPolygon([at(-5, -1), at(5, -1), at(5, 1), at(-5, 1)])
    const tall = skyPolygon([at(-1, -5), at(1, -5), at(1, 5), at(-1, 5)])
    expect(polygonsOverlap(flat, tall)).toBe(true)
  })

  it('lets a polygon lie in the notch of another', () => {
    const arrow = skyPolygon([at(0, 0), at(4, -3), at(1.5, 0), at(4, 3)])
    expect(polygonsOverlap(arrow, square(3, 0, 0.3))).toBe(false)
    expect(polygonsOverlap(square(3, 0, 0.3), arrow)).toBe(false)
  })
})

describe('circle and polygon', () => {
  it('overlap when the circle is inside, crosses an edge, or comes from outside', () => {
    const polar = skyPolygon([0, 90, 180, 270].map((lon) => at(lon, 80)))
    expect(circleOverlapsPolygon({ centre: at(77, 89.9), radiusDeg: 0.01 }, polar)).toBe(true)
    expect(circleOverlapsPolygon({ centre: at(45, 70), radiusDeg: 13 }, polar)).toBe(true)
    // The middle of an edge lies at latitude 82.9.
    expect(circleOverlapsPolygon({ centre: at(45, 70), radiusDeg: 12.8 }, polar)).toBe(false)
    expect(circleOverlapsPolygon({ centre: at(0, -90), radiusDeg: 100 }, polar)).toBe(false)
  })

  it('hold each other or not', () => {
    const box = square(0, 0, 1)
    expect(polygonContainsCircle(box, { centre: at(0, 0), radiusDeg: 0.99 })).toBe(true)
    expect(polygonContainsCircle(box, { centre: at(0, 0), radiusDeg: 1.01 })).toBe(false)
    expect(polygonContainsCircle(box, { centre: at(3, 0), radiusDeg: 0.1 })).toBe(false)
    expect(circleContainsPolygon({ centre: at(0, 0), radiusDeg: 1.42 }, box)).toBe(true)
    expect(circleContainsPolygon({ centre: at(0, 0), radiusDeg: 1.41 }, box)).toBe(false)
    expect(circleContainsPolygon({ centre: at(180, 0), radiusDeg: 178.9 }, box)).toBe(false)
    expect(circleContainsPolygon({ centre: at(180, 50), radiusDeg: 178.9 }, box)).toBe(true)
  })
})

describe('overlapAreaSr', () => {
  it('is a quarter for squares shifted by half in both directions, down to small pixels', () => {
    for (const half of [0.1, 1e-3, 1e-6]) {
      const a = square(40, 0, half)
      const b = skyPolygon([at(40, 0), at(40 + 2 * half, 0), at(40 + 2 * half, 2 * half), at(40, 2 * half)])
      // The sphere bends the squares by half^2 (radian); a degree has 7e-15 of rounding.
      expect(overlapAreaSr(a, b) / a.areaSr).toBeCloseTo(0.25, half === 0.1 ? 5 : 8)
    }
  })

  it('is the smaller one when it lies inside, and nothing when they are apart', () => {
    const large = square(0, 89, 3)
    const small = square(100, 90, 0.5)
    expect(overlapAreaSr(large, small)).toBeCloseTo(small.areaSr, 14)
    expect(overlapAreaSr(small, large)).toBeCloseTo(small.areaSr, 14)
    expect(overlapAreaSr(large, square(0, 0, 1))).toBe(0)
  })

  it('cuts a concave polygon by a convex one', () => {
    const arrow = skyPolygon([at(0, 0), at(4, -3), at(1.5, 0), at(4, 3)])
    const right = skyPolygon([at(3, -20), at(20, -20), at(20, 20), at(3, 20)])
    const upper = skyPolygon([at(3, 0), at(20, 0), at(20, 20), at(3, 20)])
    expect(overlapAreaSr(arrow, right)).toBeCloseTo(2 * overlapAreaSr(upper, arrow), 12)
    expect(overlapAreaSr(arrow, right)).toBeGreaterThan(0)
    expect(() => overlapAreaSr(arrow, arrow)).toThrow(expect.objectContaining({ code: 'WCS_BAD_REGION' }))
  })

  it('agrees with counting points, and with the sum over the parts of a divided polygon', () => {
    const place = fc.tuple(
      fc.double({ min: -3, max: 3, noNaN: true }),
      fc.double({ min: -3, max: 3, noNaN: true }),
    )
    fc.assert(
      fc.property(place, fc.double({ min: 0.5, max: 3, noNaN: true }), ([lon, lat], half) => {
        const fixed = skyPolygon([at(-2, -2), at(2, -2), at(2, 2), at(-2, 2)])
        const left = skyPolygon([at(-2, -2), at(0, -2), at(0, 2), at(-2, 2)])
        const right = skyPolygon([at(0, -2), at(2, -2), at(2, 2), at(0, 2)])
        const moving = square(lon, lat, half)
        const whole = overlapAreaSr(fixed, moving)
        // The short edge between (-2, 2) and (2, 2) bends differently when it is cut in two: 0.02 degree over 4.
        expect(overlapAreaSr(left, moving) + overlapAreaSr(right, moving)).toBeCloseTo(whole, 4)
        expect(whole > 0).toBe(polygonsOverlap(fixed, moving))
        if (polygonContains(fixed, at(lon, lat))) expect(whole).toBeGreaterThan(0)
      }),
    )
  })
})
