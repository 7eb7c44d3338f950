import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { angularDistanceDeg } from '../sphere/great-circle.ts'
import { polygonContains, skyPolygon } from '../sphere/polygon.ts'
import {
  type HealpixCell,
  healpixCellAt,
  healpixCellBoundary,
  healpixCellCentre,
  healpixParent,
} from './cell.ts'
import { type HealpixScheme, healpixCellAreaSr } from './healpix-grid.ts'
import { healpixNeighbours, NEIGHBOUR_DIRECTIONS } from './neighbours.ts'
import {
  cellFromNested,
  cellFromUniq,
  nestedIndex,
  nestedIndexBig,
  uniqBigOf,
  uniqOf,
} from './nested-index.ts'
import { cellFromRing, ringIndex, ringIndexBig } from './ring-index.ts'
import {
  healpixCell,
  healpixIndex,
  healpixToSky,
  healpixToSkyBulk,
  nestedToRing,
  ringToNested,
  skyToHealpix,
  skyToHealpixBulk,
} from './sky-index.ts'

interface Recorded {
  readonly index: readonly string[]
  readonly lon: readonly number[]
  readonly lat: readonly number[]
  readonly neighbours: readonly (readonly string[])[]
  readonly positions: readonly (readonly [number, number, string])[]
}

const recorded = JSON.parse(
  readFileSync(new URL('../../test/fixtures/healpix/astropy-healpix-0.6.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, Recorded>>

const ring16 = { order: 4, scheme: 'ring' } as const

const anyCell: fc.Arbitrary<HealpixCell> = fc.integer({ min: 0, max: 29 }).chain((order) =>
  fc.record({
    order: fc.constant(order),
    face: fc.integer({ min: 0, max: 11 }),
    x: fc.integer({ min: 0, max: 2 ** order - 1 }),
    y: fc.integer({ min: 0, max: 2 ** order - 1 }),
  }),
)

describe('indices', () => {
  it('have the published values (healpy documentation, nside 16)', () => {
    // Without their first place (0, 0): a corner of four cells, which rounding of pi/2 puts into the northern one there.
    const places = [
      [45, 45],
      [90, 0],
      [0, 90],
      [0, -90],
    ] as const
    expect(places.map(([lon, lat]) => skyToHealpix(ring16, lon, lat))).toEqual([427, 1520, 0, 3068])
    const centre = healpixToSky(ring16, 1440)
    expect(centre.lonDeg).toBe(0)
    expect(90 - centre.latDeg).toBeCloseTo((1.5291175943723188 * 180) / Math.PI, 12)
    expect(nestedToRing(4, 1130)).toBe(1504)
    expect(ringToNested(4, 1504)).toBe(1130)
  })

  it.each(Object.entries(recorded))('agree with astropy-healpix: order and scheme %s', (name, truth) => {
    const [orderText, scheme] = name.split(' ') as [string, HealpixScheme]
    const order = Number(orderText)
    const cellOf = scheme === 'ring' ? cellFromRing : cellFromNested
    const indexOf = scheme === 'ring' ? ringIndexBig : nestedIndexBig
    truth.index.forEach((text, i) => {
      const cell = cellOf(order, BigInt(text))
      expect(indexOf(cell)).toBe(BigInt(text))
      if (order <= 24) expect(healpixCell({ order, scheme }, Number(text))).toEqual(cell)
      const centre = healpixCellCentre(cell)
      const awayDeg = angularDistanceDeg(centre, { lonDeg: truth.lon[i]!, latDeg: truth.lat[i]! })
      // Both round positions to 6e-14 degree.
      expect(awayDeg).toBeLessThan(3e-13)
      const around = healpixNeighbours(cell).map((c) => (c === undefined ? '-1' : String(indexOf(c))))
      expect(around).toEqual(truth.neighbours[i])
    })
    for (const [lon, lat, text] of truth.positions) {
      const cell = healpixCellAt(order, lon, lat)
      if (cell === undefined) throw new Error('a recorded position is on the sky')
      expect(String(indexOf(cell))).toBe(text)
    }
  })

  it('number every cell of a coarse grid once, in both schemes', () => {
    for (const order of [0, 1, 2, 3]) {
      const count = 12 * 4 ** order
      const nested = new Set<number>()
      for (let ring = 0; ring < count; ring++) nested.add(ringToNested(order, ring))
      expect(nested.size).toBe(count)
      // Rings run from north to south, and eastwards on a ring.
      let last = { lonDeg: -1, latDeg: 91 }
      for (let ring = 0; ring < count; ring++) {
        const here = healpixToSky({ order, scheme: 'ring' }, ring)
        const isNext = here.latDeg < last.latDeg - 1e-9
        if (!isNext) expect(here.lonDeg).toBeGreaterThan(last.lonDeg)
        last = here
      }
    }
  })

  it('come back through every form', () => {
    fc.assert(
      fc.property(anyCell, (cell) => {
        expect(cellFromNested(cell.order, nestedIndexBig(cell))).toEqual(cell)
        expect(cellFromRing(cell.order, ringIndexBig(cell))).toEqual(cell)
        expect(cellFromUniq(uniqBigOf(cell))).toEqual(cell)
        if (cell.order <= 24) {
          expect(nestedIndex(cell)).toBe(Number(nestedIndexBig(cell)))
          expect(ringIndex(cell)).toBe(Number(ringIndexBig(cell)))
          expect(cellFromNested(cell.order, nestedIndex(cell))).toEqual(cell)
          expect(cellFromRing(cell.order, ringIndex(cell))).toEqual(cell)
          expect(cellFromUniq(uniqOf(cell))).toEqual(cell)
          expect(healpixIndex(cell, 'ring')).toBe(ringIndex(cell))
        }
        const { lonDeg, latDeg } = healpixCellCentre(cell)
        expect(healpixCellAt(cell.order, lonDeg, latDeg)).toEqual(cell)
      }),
      { numRuns: 1000 },
    )
  })

  it('nest: the index of the parent is the index without its last two bits', () => {
    fc.assert(
      fc.property(anyCell, fc.nat(29), (cell, order) => {
        fc.pre(order <= cell.order)
        const parent = healpixParent(cell, order)
        expect(nestedIndexBig(parent)).toBe(nestedIndexBig(cell) >> BigInt(2 * (cell.order - order)))
        const { lonDeg, latDeg } = healpixCellCentre(cell)
        expect(healpixCellAt(order, lonDeg, latDeg)).toEqual(parent)
      }),
    )
  })

  it('converts in bulk as one by one', () => {
    const lon = Float64Array.of(0, 359.999, -10, 45, Number.NaN, 3)
    const lat = Float64Array.of(90, -89, 3, 45, 0, 91)
    for (const scheme of ['nested', 'ring'] as const) {
      const grid = { order: 24, scheme }
      const index = new Float64Array(6)
      skyToHealpixBulk(grid, lon, lat, index)
      expect(Array.from(index)).toEqual(Array.from(lon, (l, i) => skyToHealpix(grid, l, lat[i]!)))
      expect(index[4]).toBeNaN()
      expect(index[5]).toBeNaN()
      const lonBack = new Float64Array(4)
      const latBack = new Float64Array(4)
      healpixToSkyBulk(grid, index, lonBack, latBack, 4)
      for (let i = 0; i < 4; i++) {
        const here = { lonDeg: lonBack[i]!, latDeg: latBack[i]! }
        expect(here).toEqual(healpixToSky(grid, index[i]!))
        expect(angularDistanceDeg(here, { lonDeg: lon[i]!, latDeg: lat[i]! })).toBeLessThan(4e-6)
      }
    }
  })

  it('refuse what is no cell', () => {
    const codes = { code: 'WCS_BAD_HEALPIX' }
    expect(() => cellFromNested(0, 12)).toThrow(expect.objectContaining({ ...codes, allowed: '0 to 11' }))
    expect(() => cellFromNested(3, 1.5)).toThrow(expect.objectContaining(codes))
    expect(() => cellFromRing(29, 12n << 58n)).toThrow(
      expect.objectContaining({ ...codes, allowed: '0 to 3458764513820540927' }),
    )
    expect(() => cellFromRing(25, 0)).toThrow(
      expect.objectContaining({ ...codes, remedy: 'use cells and bigint indices' }),
    )
    expect(() => cellFromUniq(3)).toThrow(expect.objectContaining(codes))
    expect(() => cellFromUniq(1n << 62n)).toThrow(expect.objectContaining(codes))
    expect(() => cellFromUniq(2 ** 60)).toThrow(expect.objectContaining(codes))
    expect(() => nestedIndexBig({ order: 1, face: 0, x: 2, y: 0 })).toThrow(
      expect.objectContaining({ ...codes, allowed: 'face 0 to 11, x and y 0 to 1' }),
    )
    expect(() =>
      skyToHealpixBulk(ring16, new Float64Array(2), new Float64Array(2), new Float64Array(1)),
    ).toThrow(expect.objectContaining({ ...codes, found: 'lengths 2, 2, 1, count 2' }))
    expect(() =>
      healpixToSkyBulk(ring16, Float64Array.of(3072), new Float64Array(1), new Float64Array(1)),
    ).toThrow(expect.objectContaining(codes))
    // A caller without types.
    const foreign = { order: 1, scheme: 'zigzag' } as unknown as typeof ring16
    expect(() => skyToHealpix(foreign, 0, 0)).toThrow(expect.objectContaining({ ...codes, found: 'zigzag' }))
  })
})

describe('neighbours', () => {
  it('are the published ones (healpy documentation)', () => {
    const cell = cellFromRing(0, 4)
    expect(healpixNeighbours(cell).map((c) => (c === undefined ? -1 : ringIndex(c)))).toEqual([
      11, 7, 3, -1, 0, 5, 8, -1,
    ])
  })

  it('see each other, and touch', () => {
    fc.assert(
      fc.property(anyCell, (cell) => {
        const around = healpixNeighbours(cell)
        expect(around).toHaveLength(NEIGHBOUR_DIRECTIONS.length)
        for (const other of around) {
          if (other === undefined) continue
          expect(healpixNeighbours(other)).toContainEqual(cell)
        }
        expect(around.filter((other) => other === undefined).length).toBeLessThanOrEqual(
          cell.order === 0 ? 2 : 1,
        )
      }),
    )
  })
})

describe('boundaries', () => {
  it('enclose the centre and the area of a cell', () => {
    fc.assert(
      fc.property(anyCell, (cell) => {
        fc.pre(cell.order >= 1)
        const outline = skyPolygon(healpixCellBoundary(cell, 64))
        expect(polygonContains(outline, healpixCellCentre(cell))).toBe(true)
        // 64 arcs follow a side to 4e-5 of the cell; a position is rounded by 1e-13 of a degree.
        const rounding = 1e-13 / ((Math.sqrt(healpixCellAreaSr(cell.order)) * 180) / Math.PI)
        expect(Math.abs(outline.areaSr / healpixCellAreaSr(cell.order) - 1)).toBeLessThan(
          2e-4 + 10 * rounding,
        )
      }),
    )
  })

  it('start in the south and go round by the east', () => {
    const [south, east, north, west] = healpixCellBoundary({ order: 0, face: 4, x: 0, y: 0 })
    expect(south?.latDeg).toBeCloseTo(-41.8103, 4)
    expect(east?.lonDeg).toBeCloseTo(45, 12)
    expect(north?.latDeg).toBeCloseTo(41.8103, 4)
    expect(west?.lonDeg).toBeCloseTo(315, 12)
  })

  it('refuse an impossible number of arcs', () => {
    for (const arcs of [0, 0.5, 4097]) {
      expect(() => healpixCellBoundary({ order: 0, face: 0, x: 0, y: 0 }, arcs)).toThrow(
        expect.objectContaining({ code: 'WCS_BAD_HEALPIX', found: String(arcs) }),
      )
    }
  })
})
