import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { offsetPosition } from './great-circle.ts'
import { arcsCross, polygonContains, skyPolygon } from './polygon.ts'
import { vectorOf } from './vector3.ts'

const at = (lonDeg: number, latDeg: number): { lonDeg: number; latDeg: number } => ({ lonDeg, latDeg })
const ARCSEC_RAD = Math.PI / 648000

describe('skyPolygon', () => {
  it('has the area of an octant', () => {
    const octant = skyPolygon([at(0, 0), at(90, 0), at(0, 90)])
    expect(octant.areaSr).toBeCloseTo(Math.PI / 2, 14)
    expect(octant.isConvex).toBe(true)
  })

  it('has the same area for either sense of rotation and turns the vertices counter-clockwise', () => {
    const corners = [at(10, 10), at(20, 10), at(20, 25), at(12, 22)]
    const a = skyPolygon(corners)
    const b = skyPolygon(corners.toReversed())
    expect(b.areaSr).toBeCloseTo(a.areaSr, 14)
    expect(a.vertices).toEqual(corners)
    expect(b.vertices).toEqual(corners)
  })

  it.each([1, 0.1, 0.01, 0.001])('keeps the digits of a pixel of %f arcsec', (sizeArcsec) => {
    const half = sizeArcsec / 3600 / 2
    for (const lat of [0, 45, 89.9]) {
      const wide = half / Math.cos((lat * Math.PI) / 180)
      const pixel = skyPolygon([
        at(150 - wide, lat - half),
        at(150 + wide, lat - half),
        at(150 + wide, lat + half),
        at(150 - wide, lat + half),
      ])
      const flat = (sizeArcsec * ARCSEC_RAD) ** 2
      // Degrees near 150 are 2.8e-14 apart, 1e-10 arcsec: that is all that is lost. Near the pole the parallels also bend.
      const rounding = 4e-10 / sizeArcsec / Math.cos((lat * Math.PI) / 180)
      const bend = (sizeArcsec * ARCSEC_RAD * Math.tan((lat * Math.PI) / 180)) ** 2 / 5
      expect(Math.abs(pixel.areaSr / flat - 1)).toBeLessThan(rounding + bend)
    }
  })

  it('drops repeated and closing vertices', () => {
    const square = skyPolygon([at(0, 0), at(1, 0), at(1, 0), at(1, 1), at(0, 1), at(0, 0)])
    expect(square.vertices).toHaveLength(4)
  })

  it('tells convex from concave', () => {
    expect(skyPolygon([at(0, 0), at(4, 0), at(4, 4), at(2, 1), at(0, 4)]).isConvex).toBe(false)
    // A vertex on the way along the equator bends nothing.
    expect(skyPolygon([at(0, 0), at(2, 0), at(4, 0), at(4, 4), at(0, 4)]).isConvex).toBe(true)
  })

  it('refuses what is no polygon', () => {
    expect(() => skyPolygon([at(0, 0), at(1, 0), at(1, 0)])).toThrow(
      expect.objectContaining({ code: 'WCS_BAD_REGION', found: '2 different of 3' }),
    )
    expect(() => skyPolygon([at(0, 0), at(120, 0), at(240, 0), at(0, 89)])).toThrow(
      expect.objectContaining({ code: 'WCS_BAD_REGION' }),
    )
    expect(() => skyPolygon([at(0, 0), at(1, Number.NaN), at(1, 1)])).toThrow(
      expect.objectContaining({ code: 'WCS_BAD_REGION', where: ['vertex 1'] }),
    )
    expect(() => skyPolygon(new Array(100_001).fill(at(0, 0)))).toThrow(
      expect.objectContaining({ code: 'WCS_TOO_LARGE', allowed: 'at most 100000' }),
    )
  })
})

describe('polygonContains', () => {
  it('works around a pole', () => {
    const cap = skyPolygon([0, 60, 120, 180, 240, 300].map((lon) => at(lon, 85)))
    expect(polygonContains(cap, at(0, 90))).toBe(true)
    expect(polygonContains(cap, at(30, 86))).toBe(true)
    // Between two vertices the arc comes closer to the pole than 85.
    expect(polygonContains(cap, at(30, 85.1))).toBe(false)
    expect(polygonContains(cap, at(0, -90))).toBe(false)
  })

  it('works across longitude 0', () => {
    const strip = skyPolygon([at(359, -1), at(1, -1), at(1, 1), at(359, 1)])
    expect(polygonContains(strip, at(0, 0))).toBe(true)
    expect(polygonContains(strip, at(360, 0))).toBe(true)
    expect(polygonContains(strip, at(-0.5, 0.5))).toBe(true)
    expect(polygonContains(strip, at(180, 0))).toBe(false)
    expect(polygonContains(strip, at(2, 0))).toBe(false)
  })

  it('works for concave polygons', () => {
    const arrow = skyPolygon([at(0, 0), at(4, -3), at(1.5, 0), at(4, 3)])
    expect(polygonContains(arrow, at(1, 0))).toBe(true)
    expect(polygonContains(arrow, at(2, 0))).toBe(false)
    expect(polygonContains(arrow, at(3.5, 2.5))).toBe(true)
  })

  it('does not take the antipode for the place', () => {
    const square = skyPolygon([at(10, 10), at(30, 10), at(30, 30), at(10, 30)])
    expect(polygonContains(square, at(20, 20))).toBe(true)
    expect(polygonContains(square, at(200, -20))).toBe(false)
  })

  it('says the same as the planar test on the tangent plane, for star-shaped polygons of any size and place', () => {
    const spokes = fc.array(fc.double({ min: 0.2, max: 1, noNaN: true }), { minLength: 3, maxLength: 9 })
    fc.assert(
      fc.property(
        spokes,
        fc.constantFrom(0.0001, 1, 70),
        fc.tuple(fc.constantFrom(0, 12, 359.9999), fc.constantFrom(-90, -45, 0, 89.9, 90)),
        fc.double({ min: 0, max: 359.9, noNaN: true }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (radii, size, [lon, lat], angle, part) => {
          const centre = at(lon, lat)
          const step = 360 / radii.length
          const polygon = skyPolygon(radii.map((r, i) => offsetPosition(centre, i * step, r * size)))
          expect(polygonContains(polygon, centre)).toBe(true)
          const here = offsetPosition(centre, angle, part * size)
          const i = Math.floor(angle / step)
          const plane = (r: number, a: number): readonly [number, number] => [
            Math.tan((r * size * Math.PI) / 180) * Math.sin((a * Math.PI) / 180),
            Math.tan((r * size * Math.PI) / 180) * Math.cos((a * Math.PI) / 180),
          ]
          const [ax, ay] = plane(radii[i]!, i * step)
          const [bx, by] = plane(radii[(i + 1) % radii.length]!, (i + 1) * step)
          const [px, py] = plane(part, angle)
          const side = ((bx - ax) * (py - ay) - (by - ay) * (px - ax)) / Math.hypot(bx - ax, by - ay)
          // Too close to the edge for the comparison.
          fc.pre(Math.abs(side) > 1e-9 * Math.tan((size * Math.PI) / 180))
          expect(polygonContains(polygon, here)).toBe(side < 0)
        },
      ),
      { numRuns: 500 },
    )
  })
})

describe('arcsCross', () => {
  const cross = (
    a: [number, number],
    b: [number, number],
    c: [number, number],
    d: [number, number],
  ): boolean => arcsCross(vectorOf(...a), vectorOf(...b), vectorOf(...c), vectorOf(...d))

  it('finds crossings and touches', () => {
    expect(cross([0, -1], [0, 1], [-1, 0], [1, 0])).toBe(true)
    expect(cross([0, 0], [0, 1], [-1, 0], [1, 0])).toBe(true)
    expect(cross([0, 0], [10, 0], [5, 0], [15, 0])).toBe(true)
    expect(cross([0, 0], [10, 0], [2, 0], [4, 0])).toBe(true)
    expect(cross([2, 0], [4, 0], [0, 0], [10, 0])).toBe(true)
  })

  it('is not misled by the other crossing of the circles, half a turn away', () => {
    expect(cross([0, -1], [0, 1], [179, 0], [181, 0])).toBe(false)
    expect(cross([0, 0], [10, 0], [20, 0], [30, 0])).toBe(false)
    expect(cross([0, 0.1], [0, 1], [-1, 0], [1, 0])).toBe(false)
  })
})
