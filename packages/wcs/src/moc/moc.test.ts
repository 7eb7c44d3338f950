import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type HealpixCell, healpixCellAt, healpixCellCentre } from '../healpix/cell.ts'
import { nestedIndexBig } from '../healpix/nested-index.ts'
import { regionContains } from '../sphere/region.ts'
import {
  degradeMoc,
  emptyMoc,
  fullMoc,
  type Moc,
  mocAreaSr,
  mocEquals,
  mocFromRanges,
  mocSkyFraction,
  SKY_END,
} from './moc.ts'
import {
  mocComplement,
  mocContainsMoc,
  mocDifference,
  mocIntersection,
  mocSymmetricDifference,
  mocsOverlap,
  mocUnion,
} from './moc-algebra.ts'
import { mocCells, mocFromCells } from './moc-cells.ts'
import { mocContains, mocContainsBulk, mocFromPositions, mocFromRegion } from './moc-from-sky.ts'

const anyCell: fc.Arbitrary<HealpixCell> = fc
  .constantFrom(0, 1, 2, 3, 7, 12, 13, 14, 15, 16, 24, 28, 29)
  .chain((order) =>
    fc.record({
      order: fc.constant(order),
      face: fc.integer({ min: 0, max: 11 }),
      // Few places, so that cells touch and cover each other.
      x: fc.oneof(
        fc.integer({ min: 0, max: Math.min(3, 2 ** order - 1) }),
        fc.integer({ min: 0, max: 2 ** order - 1 }),
      ),
      y: fc.oneof(
        fc.integer({ min: 0, max: Math.min(3, 2 ** order - 1) }),
        fc.integer({ min: 0, max: 2 ** order - 1 }),
      ),
    }),
  )
const anyMoc: fc.Arbitrary<Moc> = fc.array(anyCell, { maxLength: 12 }).map((cells) => mocFromCells(cells, 29))

/** What every MOC must be: ascending bounds, apart from each other, on cells of its order. */
function expectNormal(moc: Moc): void {
  expect(moc.ranges.length % 2).toBe(0)
  const mask = (1n << BigInt(2 * (29 - moc.maxOrder))) - 1n
  moc.ranges.forEach((bound, i) => {
    expect(bound & mask).toBe(0n)
    expect(bound <= SKY_END).toBe(true)
    if (i > 0) expect(bound > moc.ranges[i - 1]!).toBe(true)
  })
}

describe('set algebra', () => {
  it('follows its laws', () => {
    fc.assert(
      fc.property(anyMoc, anyMoc, anyMoc, (a, b, c) => {
        for (const moc of [
          a,
          b,
          mocUnion(a, b),
          mocIntersection(a, b),
          mocDifference(a, b),
          mocComplement(a),
        ]) {
          expectNormal(moc)
        }
        expect(mocEquals(mocUnion(a, b), mocUnion(b, a))).toBe(true)
        expect(mocEquals(mocIntersection(a, b), mocIntersection(b, a))).toBe(true)
        expect(mocEquals(mocUnion(a, mocUnion(b, c)), mocUnion(mocUnion(a, b), c))).toBe(true)
        expect(
          mocEquals(
            mocIntersection(a, mocUnion(b, c)),
            mocUnion(mocIntersection(a, b), mocIntersection(a, c)),
          ),
        ).toBe(true)
        // De Morgan.
        expect(
          mocEquals(mocComplement(mocUnion(a, b)), mocIntersection(mocComplement(a), mocComplement(b))),
        ).toBe(true)
        expect(mocEquals(mocDifference(a, b), mocIntersection(a, mocComplement(b)))).toBe(true)
        expect(
          mocEquals(mocSymmetricDifference(a, b), mocDifference(mocUnion(a, b), mocIntersection(a, b))),
        ).toBe(true)
        expect(mocEquals(mocComplement(mocComplement(a)), a)).toBe(true)
        expect(mocEquals(mocUnion(a, emptyMoc(29)), a)).toBe(true)
        expect(mocEquals(mocIntersection(a, fullMoc(29)), a)).toBe(true)
        expect(mocsOverlap(a, b)).toBe(mocIntersection(a, b).ranges.length > 0)
        expect(mocContainsMoc(mocUnion(a, b), a)).toBe(true)
        const sum = mocSkyFraction(mocUnion(a, b)) + mocSkyFraction(mocIntersection(a, b))
        expect(sum).toBeCloseTo(mocSkyFraction(a) + mocSkyFraction(b), 14)
      }),
      { numRuns: 200 },
    )
  })

  it('takes the finer of two orders', () => {
    expect(mocUnion(emptyMoc(3), fullMoc(8)).maxOrder).toBe(8)
    expect(mocIntersection(fullMoc(8), fullMoc(3)).maxOrder).toBe(8)
  })
})

describe('a MOC', () => {
  it('holds the same as its cells, which are as large as possible', () => {
    fc.assert(
      fc.property(fc.array(anyCell, { maxLength: 10 }), anyCell, (cells, probe) => {
        const moc = mocFromCells(cells, 29)
        expect(mocEquals(mocFromCells(mocCells(moc), 29), moc)).toBe(true)
        const keys = new Set(mocCells(moc).map((cell) => `${cell.order} ${nestedIndexBig(cell)}`))
        for (const cell of mocCells(moc)) {
          // Four sisters would be one parent.
          const first = nestedIndexBig(cell) & ~3n
          const sisters = [0n, 1n, 2n, 3n].every((i) => keys.has(`${cell.order} ${first + i}`))
          expect(sisters && cell.order > 0).toBe(false)
        }
        const { lonDeg, latDeg } = healpixCellCentre(probe)
        const holds = cells.some((cell) => {
          const at = healpixCellAt(cell.order, lonDeg, latDeg)
          return at !== undefined && nestedIndexBig(at) === nestedIndexBig(cell)
        })
        expect(mocContains(moc, lonDeg, latDeg)).toBe(holds)
      }),
    )
  })

  it('decomposes ranges at odd places exactly, up to the whole sky', () => {
    expect(mocCells(fullMoc(29))).toHaveLength(12)
    const almost = mocFromRanges(BigUint64Array.of(1n, SKY_END - 1n))
    const cells = mocCells(almost)
    // Three cells of each order at both ends.
    expect(cells).toHaveLength(10 + 2 * 3 * 29)
    expect(mocEquals(mocFromCells(cells), almost)).toBe(true)
    const odd = mocFromRanges(BigUint64Array.of((1n << 54n) - 1n, (1n << 54n) + 4n ** 27n - 1n))
    expect(mocEquals(mocFromCells(mocCells(odd)), odd)).toBe(true)
  })

  it('is made of ranges in any order and overlap', () => {
    const moc = mocFromRanges(BigUint64Array.of(40n, 50n, 10n, 20n, 15n, 30n, 30n, 40n, 7n, 7n))
    expect(Array.from(moc.ranges)).toEqual([10n, 50n])
    expect(mocFromRanges(BigUint64Array.of(5n, 5n)).ranges).toHaveLength(0)
    expect(
      Array.from(mocFromRanges(BigUint64Array.of(SKY_END - 3n, SKY_END, SKY_END, SKY_END)).ranges),
    ).toEqual([SKY_END - 3n, SKY_END])
    // At order 28 cells take four indices.
    expect(Array.from(mocFromRanges(BigUint64Array.of(5n, 6n, 9n, 9n, 14n, 17n), 28).ranges)).toEqual([
      4n,
      8n,
      12n,
      20n,
    ])
  })

  it('can be made coarser, and then holds all it held', () => {
    fc.assert(
      fc.property(anyMoc, fc.integer({ min: 0, max: 29 }), (moc, order) => {
        const coarse = degradeMoc(moc, order)
        expectNormal(coarse)
        expect(coarse.maxOrder).toBe(order)
        expect(mocContainsMoc(coarse, moc)).toBe(true)
        expect(mocCells(coarse).every((cell) => cell.order <= order)).toBe(true)
      }),
    )
  })

  it('knows its part of the sky to the last cell', () => {
    expect(mocSkyFraction(fullMoc(29))).toBe(1)
    expect(mocSkyFraction(emptyMoc(0))).toBe(0)
    expect(mocSkyFraction(mocFromCells([{ order: 29, face: 11, x: 5, y: 6 }]))).toBe(1 / (12 * 4 ** 29))
    expect(mocAreaSr(mocFromCells([{ order: 0, face: 3, x: 0, y: 0 }]))).toBeCloseTo(Math.PI / 3, 15)
  })

  it('refuses ranges and cells that are none', () => {
    expect(() => mocFromRanges(BigUint64Array.of(1n))).toThrow(
      expect.objectContaining({ code: 'WCS_BAD_MOC', found: '1 bounds' }),
    )
    expect(() => mocFromRanges(BigUint64Array.of(2n, 1n))).toThrow(
      expect.objectContaining({ code: 'WCS_BAD_MOC', found: '2 to 1' }),
    )
    expect(() => mocFromRanges(BigUint64Array.of(2n, SKY_END + 1n))).toThrow(
      expect.objectContaining({ code: 'WCS_BAD_MOC' }),
    )
    expect(() => mocFromRanges(new BigUint64Array(0), 30)).toThrow(
      expect.objectContaining({ code: 'WCS_BAD_HEALPIX' }),
    )
    expect(() => mocFromCells([{ order: 0, face: 12, x: 0, y: 0 }])).toThrow(
      expect.objectContaining({ code: 'WCS_BAD_HEALPIX' }),
    )
  })
})

describe('positions and regions', () => {
  const lon = Float64Array.from({ length: 500 }, (_, i) => (i * 137.50776405) % 360)
  const lat = Float64Array.from({ length: 500 }, (_, i) => (Math.asin((2 * i + 1) / 500 - 1) * 180) / Math.PI)

  it('a MOC of positions holds them and no other cell', () => {
    for (const order of [0, 5, 12, 29]) {
      const moc = mocFromPositions(lon, lat, order)
      expectNormal(moc)
      const isInside = new Uint8Array(500)
      mocContainsBulk(moc, lon, lat, isInside)
      expect(isInside.every((flag) => flag === 1)).toBe(true)
      const cells = new Set(Array.from(lon, (l, i) => nestedIndexBig(healpixCellAt(order, l, lat[i]!)!)))
      expect(mocSkyFraction(moc) * 12 * 4 ** order).toBeCloseTo(cells.size, 6)
    }
  })

  it('leaves out positions that are none', () => {
    const moc = mocFromPositions(Float64Array.of(Number.NaN, 5), Float64Array.of(0, 91), 3)
    expect(moc.ranges).toHaveLength(0)
    expect(mocContains(fullMoc(0), Number.NaN, 0)).toBe(false)
    expect(mocContains(fullMoc(0), 0, 90)).toBe(true)
  })

  it('a MOC of a region holds it, and the complement of what overlaps lies outside', () => {
    const circle = { centre: { lonDeg: 3, latDeg: 88 }, radiusDeg: 7 }
    const outer = mocFromRegion(circle, 9)
    const inner = mocFromRegion(circle, 9, { select: 'inside' })
    expectNormal(outer)
    expect(mocContainsMoc(outer, inner)).toBe(true)
    for (let i = 0; i < 500; i++) {
      const position = { lonDeg: lon[i]!, latDeg: lat[i]! }
      const holds = regionContains(circle, position)
      if (holds) expect(mocContains(outer, position.lonDeg, position.latDeg)).toBe(true)
      if (mocContains(inner, position.lonDeg, position.latDeg)) expect(holds).toBe(true)
    }
    const capFraction = Math.sin((3.5 * Math.PI) / 180) ** 2
    expect(mocSkyFraction(inner)).toBeLessThan(capFraction)
    expect(mocSkyFraction(outer)).toBeGreaterThan(capFraction)
    // The rim is about three cells of order 9 (0.11 degree) wide.
    expect(mocSkyFraction(outer) / capFraction).toBeLessThan(1.06)
  })

  it('refuses arrays that are too short', () => {
    expect(() => mocFromPositions(new Float64Array(2), new Float64Array(1), 3)).toThrow(
      expect.objectContaining({ code: 'WCS_BAD_MOC' }),
    )
    expect(() =>
      mocContainsBulk(fullMoc(0), new Float64Array(2), new Float64Array(2), new Uint8Array(1)),
    ).toThrow(expect.objectContaining({ code: 'WCS_BAD_MOC' }))
  })
})
