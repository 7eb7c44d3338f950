import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundingCircle, circleAreaSr, circleContains, circlesOverlap } from './circle.ts'
import { angularDistanceDeg, offsetPosition } from './great-circle.ts'

const at = (lonDeg: number, latDeg: number): { lonDeg: number; latDeg: number } => ({ lonDeg, latDeg })

describe('circles', () => {
  it('hold what is within their radius, over poles and across longitude 0', () => {
    const polar = { centre: at(30, 89), radiusDeg: 2 }
    expect(circleContains(polar, at(210, 89.5))).toBe(true)
    expect(circleContains(polar, at(210, 88.9))).toBe(false)
    expect(circleContains({ centre: at(359.5, 0), radiusDeg: 1 }, at(0.4, 0))).toBe(true)
    expect(circleContains({ centre: at(20, 20), radiusDeg: 0 }, at(20, 20))).toBe(true)
    expect(circleContains({ centre: at(20, 20), radiusDeg: 180 }, at(200, -20))).toBe(true)
  })

  it('overlap when they touch', () => {
    expect(circlesOverlap({ centre: at(0, 0), radiusDeg: 1 }, { centre: at(3, 0), radiusDeg: 2 })).toBe(true)
    expect(circlesOverlap({ centre: at(0, 0), radiusDeg: 1 }, { centre: at(3.001, 0), radiusDeg: 2 })).toBe(
      false,
    )
  })

  it('have the area of a cap, down to the smallest', () => {
    expect(circleAreaSr({ centre: at(0, 0), radiusDeg: 180 })).toBeCloseTo(4 * Math.PI, 14)
    expect(circleAreaSr({ centre: at(0, 0), radiusDeg: 90 })).toBeCloseTo(2 * Math.PI, 14)
    const smallRad = (1e-6 * Math.PI) / 180
    expect(circleAreaSr({ centre: at(0, 0), radiusDeg: 1e-6 }) / (Math.PI * smallRad ** 2)).toBeCloseTo(1, 14)
  })

  it('refuse a radius or a centre that is none', () => {
    for (const radiusDeg of [-1, 181, Number.NaN]) {
      expect(() => circleAreaSr({ centre: at(0, 0), radiusDeg })).toThrow(
        expect.objectContaining({ code: 'WCS_BAD_REGION', allowed: '0 to 180 degrees' }),
      )
    }
    expect(() => circleContains({ centre: at(Number.NaN, 0), radiusDeg: 1 }, at(0, 0))).toThrow(
      expect.objectContaining({ code: 'WCS_BAD_REGION', where: ['centre of circle'] }),
    )
    expect(() => circleContains({ centre: at(0, 0), radiusDeg: 1 }, at(0, 90.5))).toThrow(
      expect.objectContaining({ code: 'WCS_BAD_REGION', where: ['position'] }),
    )
  })
})

describe('boundingCircle', () => {
  it('is the circle of two points, of an equilateral triangle, and leaves inner points aside', () => {
    const two = boundingCircle([at(359, 0), at(1, 0)])
    expect(two?.radiusDeg).toBeCloseTo(1, 12)
    expect(Math.abs(((two?.centre.lonDeg ?? 0) + 180) % 360) - 180).toBeCloseTo(0, 12)
    const around = [0, 120, 240].map((lon) => at(lon, 80))
    const three = boundingCircle([...around, at(50, 85), at(0, 90)])
    expect(three?.radiusDeg).toBeCloseTo(10, 12)
    expect(three?.centre.latDeg).toBeCloseTo(90, 12)
  })

  it('takes one point, repeated points and points on one arc', () => {
    expect(boundingCircle([at(7, 8)])?.radiusDeg).toBe(0)
    expect(boundingCircle([at(7, 8), at(7, 8), at(7, 8)])?.radiusDeg).toBe(0)
    expect(boundingCircle([at(0, 0), at(10, 0), at(20, 0), at(5, 0)])?.radiusDeg).toBeCloseTo(10, 12)
  })

  it('says when the points are all round the sky', () => {
    expect(boundingCircle([at(0, 0), at(120, 0), at(240, 0), at(0, 90), at(0, -90)])).toBeUndefined()
  })

  it('refuses no points', () => {
    expect(() => boundingCircle([])).toThrow(expect.objectContaining({ code: 'WCS_BAD_REGION' }))
  })

  it('holds all its points, and no smaller circle does', () => {
    const places = fc.array(
      fc.tuple(fc.double({ min: 0, max: 360, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
      { minLength: 2, maxLength: 12 },
    )
    fc.assert(
      fc.property(
        places,
        fc.constantFrom(1e-5, 0.1, 60),
        fc.constantFrom(-90, -30, 0, 89.99),
        (offsets, size, lat) => {
          const points = offsets.map(([angle, part]) => offsetPosition(at(0.001, lat), angle, part * size))
          const circle = boundingCircle(points)
          if (circle === undefined) throw new Error('the points fit a hemisphere')
          const distances = points.map((p) => angularDistanceDeg(circle.centre, p))
          expect(Math.max(...distances)).toBeLessThanOrEqual(circle.radiusDeg * (1 + 1e-9) + 1e-12)
          // Smallest: the points on the edge are not all on one side of the centre. Moving the centre towards any of eight
          // directions puts some point farther away.
          const moved = [0, 45, 90, 135, 180, 225, 270, 315].map((angle) => {
            const centre = offsetPosition(circle.centre, angle, circle.radiusDeg * 1e-3)
            return Math.max(...points.map((p) => angularDistanceDeg(centre, p)))
          })
          expect(Math.min(...moved)).toBeGreaterThanOrEqual(circle.radiusDeg * (1 - 1e-9) - 1e-11)
        },
      ),
    )
  })
})
