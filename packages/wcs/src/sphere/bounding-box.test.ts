import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { minimumBoundingBox, northUpBoundingBox, type SkyBox } from './bounding-box.ts'
import { angularDistanceDeg, offsetPosition } from './great-circle.ts'
import type { SkyPosition } from './sky-position.ts'
import { tangentPlane, toPlane } from './tangent-plane.ts'
import { vectorOf } from './vector3.ts'

const at = (lonDeg: number, latDeg: number): SkyPosition => ({ lonDeg, latDeg })

interface Recorded {
  readonly points: readonly (readonly [number, number])[]
  readonly crval: readonly [number, number]
  readonly crota2: number
  readonly naxis: readonly [number, number]
  readonly cdelt: number
}

const recorded = JSON.parse(
  readFileSync(new URL('../../test/fixtures/sphere/montage-6.0-boxes.json', import.meta.url), 'utf8'),
) as readonly Recorded[]

/** How far the position lies outside the box: parts of its larger side, and no less than parts of 0.001 degree (rounding). */
function outside(box: SkyBox, position: SkyPosition): number {
  const plane = tangentPlane(box.centre, box.positionAngleDeg)
  const point = toPlane(plane, vectorOf(position.lonDeg, position.latDeg))
  if (point === undefined) return Infinity
  const x = Math.abs(point.xDeg) - box.widthDeg / 2
  const y = Math.abs(point.yDeg) - box.heightDeg / 2
  return Math.max(x, y) / Math.max(box.widthDeg, box.heightDeg, 1e-3)
}

describe('minimumBoundingBox', () => {
  it('finds the box that a turned rectangle is, over poles and across longitude 0', () => {
    for (const [lon, lat] of [
      [10, 20],
      [0, 0],
      [200, 90],
      [33, -89.99],
    ] as const) {
      for (const turn of [0, 30, 45, -44, 80]) {
        const centre = at(lon, lat)
        const corners = [60, 120, 240, 300].map((angle) => offsetPosition(centre, angle + turn, 0.5))
        const box = minimumBoundingBox(corners)
        if (box === undefined) throw new Error('four corners half a degree away have a box')
        expect(angularDistanceDeg(box.centre, centre)).toBeLessThan(1e-10)
        const tanHalfDeg = (Math.tan((0.5 * Math.PI) / 180) * 180) / Math.PI
        const long = 2 * tanHalfDeg * Math.cos(Math.PI / 6)
        expect(Math.max(box.widthDeg, box.heightDeg)).toBeCloseTo(long, 10)
        expect(Math.min(box.widthDeg, box.heightDeg)).toBeCloseTo(tanHalfDeg, 10)
        expect(box.positionAngleDeg).toBeGreaterThan(-45 - 1e-6)
        expect(box.positionAngleDeg).toBeLessThanOrEqual(45)
        expect((box.positionAngleDeg + box.crota2Deg) % 360).toBeCloseTo(0, 10)
      }
    }
  })

  it.each(recorded)('is the box of mMakeHdr when asked for it, and no larger else (%#)', (truth) => {
    const { points, crval, crota2, naxis, cdelt } = truth
    const positions = points.map(([lon, lat]) => at(lon, lat))
    const box = minimumBoundingBox(positions)
    const theirs = minimumBoundingBox(positions, { rule: 'montage' })
    if (box === undefined || theirs === undefined) throw new Error('recorded positions have a box')
    for (const position of positions) {
      expect(outside(box, position)).toBeLessThan(1e-9)
      expect(outside(theirs, position)).toBeLessThan(1e-9)
    }
    expect(box.widthDeg * box.heightDeg).toBeLessThanOrEqual(theirs.widthDeg * theirs.heightDeg * (1 + 1e-9))
    // Nine decimals are printed; nearer to the pole a longitude carries less.
    expect(angularDistanceDeg(theirs.centre, at(...crval))).toBeLessThan(3e-9)
    expect(Math.abs(((theirs.crota2Deg - crota2 + 540) % 360) - 180)).toBeLessThan(1e-6)
    const pixels = [theirs.widthDeg / cdelt, theirs.heightDeg / cdelt] as const
    // mMakeHdr cuts off and adds up to two pixels, on the second axis by the size of the first (a known fault).
    expect(naxis[0] - pixels[0]).toBeGreaterThan(-1)
    expect(naxis[0] - pixels[0]).toBeLessThan(3)
    expect(naxis[1] - pixels[1]).toBeGreaterThan(-1)
    expect(naxis[1] - pixels[1]).toBeLessThan(3)
  })

  it('takes one position, repeated positions and positions on one arc', () => {
    expect(minimumBoundingBox([at(5, 6)])).toMatchObject({ widthDeg: 0, heightDeg: 0, positionAngleDeg: 0 })
    expect(minimumBoundingBox([at(5, 6), at(5, 6)])).toMatchObject({ widthDeg: 0, heightDeg: 0 })
    const line = minimumBoundingBox([at(0, 0), at(0.5, 0.5), at(1, 1), at(0.25, 0.25)])
    expect(Math.max(line?.widthDeg ?? 0, line?.heightDeg ?? 0)).toBeCloseTo(1.4142, 3)
    expect(Math.min(line?.widthDeg ?? 1, line?.heightDeg ?? 1)).toBeLessThan(1e-4)
  })

  it('says when the positions are all round the sky', () => {
    expect(minimumBoundingBox([at(0, 0), at(120, 0), at(240, 0)])).toBeUndefined()
    expect(northUpBoundingBox([at(0, 0), at(120, 0), at(240, 0)])).toBeUndefined()
  })

  it('refuses no positions', () => {
    expect(() => minimumBoundingBox([])).toThrow(expect.objectContaining({ code: 'WCS_BAD_REGION' }))
    expect(() => northUpBoundingBox([])).toThrow(expect.objectContaining({ code: 'WCS_BAD_REGION' }))
  })

  it('holds every position and is not larger than the box with north up', () => {
    const offsets = fc.array(
      fc.tuple(fc.double({ min: 0, max: 360, noNaN: true }), fc.double({ min: 0.01, max: 1, noNaN: true })),
      { minLength: 3, maxLength: 20 },
    )
    fc.assert(
      fc.property(
        offsets,
        fc.constantFrom(1e-4, 0.1, 3),
        fc.tuple(fc.constantFrom(0, 123.4, 359.99), fc.constantFrom(-90, -60, 0, 45, 89.9, 90)),
        (polar, size, [lon, lat]) => {
          const positions = polar.map(([angle, part]) => offsetPosition(at(lon, lat), angle, part * size))
          const box = minimumBoundingBox(positions)
          const north = northUpBoundingBox(positions)
          if (box === undefined || north === undefined) throw new Error('a small region has a box')
          for (const position of positions) {
            expect(outside(box, position)).toBeLessThan(1e-8)
            expect(outside(north, position)).toBeLessThan(1e-8)
          }
          // Equal for a box that is north up; planes at different centres differ by the square of the size; a line has a
          // width of 1e-14 degree from rounding.
          const slack = 1 + 3e-4 * size * size + 1e-9
          expect(box.widthDeg * box.heightDeg).toBeLessThanOrEqual(
            north.widthDeg * north.heightDeg * slack + 1e-12 * size,
          )
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('northUpBoundingBox', () => {
  it('is as tight on opposite sides', () => {
    const positions = [at(10, 60), at(12, 60), at(11, 61), at(10.2, 59.5)]
    const box = northUpBoundingBox(positions)
    if (box === undefined) throw new Error('a small region has a box')
    const plane = tangentPlane(box.centre)
    const points = positions.map((p) => toPlane(plane, vectorOf(p.lonDeg, p.latDeg)))
    const x = points.map((p) => p?.xDeg ?? Number.NaN)
    const y = points.map((p) => p?.yDeg ?? Number.NaN)
    expect(Math.min(...x)).toBeCloseTo(-box.widthDeg / 2, 12)
    expect(Math.max(...x)).toBeCloseTo(box.widthDeg / 2, 12)
    expect(Math.min(...y)).toBeCloseTo(-box.heightDeg / 2, 12)
    expect(Math.max(...y)).toBeCloseTo(box.heightDeg / 2, 12)
  })
})

describe('the box of mMakeHdr -n', () => {
  // Positions and the CRVAL that mMakeHdr -n of Montage 6.0 wrote for them.
  const boxes: readonly (readonly [readonly SkyPosition[], SkyPosition])[] = [
    [
      [at(10.1, 60.2), at(12.3, 60), at(11.2, 61.4), at(10.4, 59.5), at(12, 60.9)],
      at(11.211885688, 60.448819307),
    ],
    [[at(359.2, -30.1), at(0.9, -31.2), at(1.4, -29.8), at(0.1, -29.1)], at(0.302103853, -30.151157954)],
    [[at(80, -1.5), at(83, 2.5), at(81, 3.1), at(84, -0.7)], at(82.001796551, 0.802169802)],
    [[at(10, 88.5), at(130, 88.9), at(250, 89.4)], at(34.489207331, 89.477745335)],
    [[at(201.1, -75.3), at(215.7, -76.2), at(208.2, -73.9)], at(208.173605245, -75.106466051)],
  ]

  it.each(boxes)('has the centre that was written (%#)', (positions, centre) => {
    const box = northUpBoundingBox(positions, { rule: 'montage' })
    if (box === undefined) throw new Error('a small region has a box')
    // Nine decimals are printed.
    expect(Math.abs(box.centre.lonDeg - centre.lonDeg)).toBeLessThan(1e-9)
    expect(Math.abs(box.centre.latDeg - centre.latDeg)).toBeLessThan(1e-9)
    for (const position of positions) expect(outside(box, position)).toBeLessThan(1e-9)
  })
})
