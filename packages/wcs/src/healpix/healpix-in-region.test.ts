import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { angularDistanceDeg, offsetPosition } from '../sphere/great-circle.ts'
import { skyPolygon } from '../sphere/polygon.ts'
import { circleOverlapsPolygon, polygonsOverlap } from '../sphere/polygon-overlap.ts'
import { isSkyCircle, regionContains, regionsOverlap, type SkyRegion } from '../sphere/region.ts'
import { healpixCellBoundary } from './cell.ts'
import { healpixInRegion } from './healpix-in-region.ts'
import { healpixCell, healpixToSky } from './sky-index.ts'

const at = (lonDeg: number, latDeg: number): { lonDeg: number; latDeg: number } => ({ lonDeg, latDeg })

const anyPlace = fc.tuple(
  fc.constantFrom(0, 45, 123.4, 359.99),
  fc.oneof(fc.constantFrom(-90, -41.8, 0, 41.8, 89.9, 90), fc.double({ min: -90, max: 90, noNaN: true })),
)
const anyCircle: fc.Arbitrary<SkyRegion> = fc
  .tuple(anyPlace, fc.constantFrom(0, 0.01, 3, 20, 89, 90, 100, 175, 180))
  .map(([[lon, lat], radiusDeg]) => ({ centre: at(lon, lat), radiusDeg }))
const anyPolygon: fc.Arbitrary<SkyRegion> = fc
  .tuple(
    anyPlace,
    fc.constantFrom(0.01, 3, 20, 80),
    fc.array(fc.double({ min: 0.1, max: 1, noNaN: true }), { minLength: 3, maxLength: 8 }),
  )
  .map(([[lon, lat], size, radii]) =>
    skyPolygon(radii.map((r, i) => offsetPosition(at(lon, lat), (360 / radii.length) * i, r * size))),
  )

/** A cell so close to the edge of the region that the comparison by arcs cannot tell. */
const UNSURE_DEG = 0.02

interface Recorded {
  readonly order: number
  readonly circle?: readonly [number, number, number]
  readonly polygon?: readonly (readonly [number, number])[]
  readonly centre: readonly (readonly [number, number])[]
  readonly inclusive: readonly (readonly [number, number])[]
}

const recorded = JSON.parse(
  readFileSync(new URL('../../test/fixtures/healpix/healpy-1.16.1-regions.json', import.meta.url), 'utf8'),
) as readonly Recorded[]

const cellsOf = (runs: Recorded['centre']): number[] =>
  runs.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i))

describe('healpixInRegion', () => {
  it('finds what healpy finds', () => {
    expect(recorded).toHaveLength(28)
    let extra = 0
    for (const { order, circle, polygon, centre, inclusive } of recorded) {
      const region: SkyRegion =
        circle === undefined
          ? skyPolygon((polygon ?? []).map(([lon, lat]) => at(lon, lat)))
          : { centre: at(circle[0], circle[1]), radiusDeg: circle[2] }
      const grid = { order, scheme: 'ring' } as const
      expect(Array.from(healpixInRegion(grid, region, { select: 'centre' }))).toEqual(cellsOf(centre))
      const overlapping = healpixInRegion(grid, region)
      const theirs = new Set(cellsOf(inclusive))
      expect(overlapping.every((cell) => theirs.has(cell))).toBe(true)
      extra += theirs.size - overlapping.length
    }
    // Their inclusive search lists a few cells that come close and do not overlap.
    expect(extra).toBeGreaterThanOrEqual(0)
    expect(extra).toBeLessThan(20)
  })

  it('finds what a look at every cell finds', () => {
    fc.assert(
      fc.property(fc.oneof(anyCircle, anyPolygon), fc.integer({ min: 0, max: 4 }), (region, order) => {
        for (const scheme of ['nested', 'ring'] as const) {
          const grid = { order, scheme }
          const overlapping = new Set(healpixInRegion(grid, region))
          const centre = new Set(healpixInRegion(grid, region, { select: 'centre' }))
          const inside = new Set(healpixInRegion(grid, region, { select: 'inside' }))
          for (let index = 0; index < 12 * 4 ** order; index++) {
            const holdsCentre = regionContains(region, healpixToSky(grid, index))
            if (!isNearEdge(region, healpixToSky(grid, index), 1e-9))
              expect(centre.has(index)).toBe(holdsCentre)
            if (inside.has(index)) expect(centre.has(index) && overlapping.has(index)).toBe(true)
            if (centre.has(index)) expect(overlapping.has(index)).toBe(true)
            if (scheme === 'ring' || order < 1) continue
            const outline = skyPolygon(healpixCellBoundary(healpixCell(grid, index), 16))
            const meets = regionsOverlap(region, outline)
            if (meets !== overlapping.has(index)) expect(isNearEdge(region, outline, UNSURE_DEG)).toBe(true)
          }
        }
      }),
      { numRuns: 60 },
    )
  })

  it('gives ascending indices, the same cells in both schemes', () => {
    const circle = { centre: at(10, 80), radiusDeg: 15 }
    const nested = healpixInRegion({ order: 6, scheme: 'nested' }, circle)
    const ring = healpixInRegion({ order: 6, scheme: 'ring' }, circle)
    expect(ring).toHaveLength(nested.length)
    for (const indices of [nested, ring]) {
      expect(indices.every((index, i) => i === 0 || index > indices[i - 1]!)).toBe(true)
    }
  })

  it('covers the area of a circle', () => {
    const order = 9
    const circle = { centre: at(200, -35), radiusDeg: 10 }
    const cellDeg2 = 41252.96125 / (12 * 4 ** order)
    const capDeg2 = 41252.96125 * Math.sin((5 * Math.PI) / 180) ** 2
    const count = healpixInRegion({ order, scheme: 'nested' }, circle, { select: 'centre' }).length
    // 5,000 cells on the edge, each in or out by chance: a part of a thousandth.
    expect((count * cellDeg2) / capDeg2).toBeCloseTo(1, 3)
  })

  it('finds one cell for a point at the finest grid', () => {
    for (const [lon, lat] of [
      [0, 90],
      [12.3, -41.8],
      [359.999999, 0.0001],
    ] as const) {
      expect(
        healpixInRegion({ order: 24, scheme: 'nested' }, { centre: at(lon, lat), radiusDeg: 0 }).length,
      ).toBeLessThan(5)
    }
  })

  it('refuses what would take too long or too much memory', () => {
    expect(() =>
      healpixInRegion({ order: 24, scheme: 'nested' }, { centre: at(0, 0), radiusDeg: 1 }),
    ).toThrow(
      expect.objectContaining({
        code: 'WCS_TOO_LARGE',
        allowed: 'at most 1000000',
        remedy: 'take a lower order',
      }),
    )
    expect(() =>
      healpixInRegion({ order: 12, scheme: 'nested' }, { centre: at(0, 0), radiusDeg: 180 }),
    ).toThrow(expect.objectContaining({ code: 'WCS_TOO_LARGE', found: '201326592' }))
    expect(() =>
      healpixInRegion({ order: 25, scheme: 'nested' }, { centre: at(0, 0), radiusDeg: 1 }),
    ).toThrow(expect.objectContaining({ code: 'WCS_BAD_HEALPIX' }))
    expect(() =>
      healpixInRegion({ order: 3, scheme: 'nested' }, { centre: at(0, 0), radiusDeg: -1 }),
    ).toThrow(expect.objectContaining({ code: 'WCS_BAD_REGION' }))
  })
})

/** True when the edge of the region passes within a distance of the edge of a polygon or of a position. */
function isNearEdge(
  region: SkyRegion,
  what: ReturnType<typeof skyPolygon> | ReturnType<typeof at>,
  deg: number,
): boolean {
  if (!('vertices' in what)) {
    if (isSkyCircle(region))
      return Math.abs(angularDistanceDeg(region.centre, what) - region.radiusDeg) <= deg
    return circleOverlapsPolygon({ centre: what, radiusDeg: deg }, region)
  }
  if (isSkyCircle(region)) {
    const { centre, radiusDeg } = region
    const grown = { centre, radiusDeg: Math.min(180, radiusDeg + deg) }
    const shrunk = { centre, radiusDeg: Math.max(0, radiusDeg - deg) }
    return circleOverlapsPolygon(grown, what) !== circleOverlapsPolygon(shrunk, what) || radiusDeg <= deg
  }
  return (
    what.vertices.some((v) => circleOverlapsPolygon({ centre: v, radiusDeg: deg }, region)) ||
    region.vertices.some((v) => circleOverlapsPolygon({ centre: v, radiusDeg: deg }, what)) ||
    polygonsOverlap(what, region)
  )
}
