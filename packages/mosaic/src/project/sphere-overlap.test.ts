import { overlapAreaSr, type SkyPosition, skyPolygon, vectorOf } from '@skyloom/wcs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { classicOverlap } from './classic-overlap.ts'
import { sphereOverlap } from './sphere-overlap.ts'

const geometry = sphereOverlap()

/** A turned rectangle of these sides around a place near the pole or the equator. */
function corners(centre: SkyPosition, sizeDeg: number, turnDeg: number): SkyPosition[] {
  const turn = (turnDeg * Math.PI) / 180
  const stretch = 1 / Math.cos((centre.latDeg * Math.PI) / 180)
  return [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
  ].map(([u = 0, v = 0]) => ({
    lonDeg: centre.lonDeg + (sizeDeg / 2) * (u * Math.cos(turn) - v * Math.sin(turn)) * stretch,
    latDeg: centre.latDeg + (sizeDeg / 2) * (u * Math.sin(turn) + v * Math.cos(turn)),
  }))
}

function vectors(places: readonly SkyPosition[]): Float64Array {
  return Float64Array.from(places.flatMap(({ lonDeg, latDeg }) => [...vectorOf(lonDeg, latDeg)]))
}

test('overlaps are those of spherical polygons cut in space', () => {
  const numbers = fc.record({
    sizeDeg: fc.constantFrom(2, 0.01, 3e-4, 1e-5),
    latDeg: fc.constantFrom(0, 45, -80),
    turn: fc.double({ min: 0, max: 360, noNaN: true }),
    dx: fc.double({ min: -1.2, max: 1.2, noNaN: true }),
    dy: fc.double({ min: -1.2, max: 1.2, noNaN: true }),
  })
  fc.assert(
    fc.property(numbers, ({ sizeDeg, latDeg, turn, dx, dy }) => {
      const stretch = 1 / Math.cos((latDeg * Math.PI) / 180)
      const a = corners({ lonDeg: 10, latDeg }, sizeDeg, turn)
      const b = corners({ lonDeg: 10 + dx * sizeDeg * stretch, latDeg: latDeg + dy * sizeDeg }, sizeDeg, 0)
      const truth = overlapAreaSr(skyPolygon(a), skyPolygon(b))
      const pixel = geometry.areaSr(vectors(b))
      expect(pixel).toBeGreaterThan(0)
      // Positions in degrees carry 1e-14 of their own; the smallest pixel here is 1e-5 degree.
      expect(Math.abs(geometry.overlapSr(vectors(a), vectors(b)) - truth) / pixel).toBeLessThan(1e-8)
      expect(Math.abs(geometry.overlapSr(vectors(a.toReversed()), vectors(b)) - truth) / pixel).toBeLessThan(
        1e-8,
      )
    }),
    { numRuns: 300 },
  )
})

test('the area of an octant and of a pixel of a hundredth of an arcsecond', () => {
  const octant = vectors([
    { lonDeg: 0, latDeg: 0 },
    { lonDeg: 45, latDeg: 0 },
    { lonDeg: 90, latDeg: 0 },
    { lonDeg: 0, latDeg: 90 },
  ])
  expect(geometry.areaSr(octant)).toBeCloseTo(Math.PI / 2, 12)
  const side = 0.01 / 3600
  const pixel = vectors(corners({ lonDeg: 0, latDeg: 0 }, side, 0))
  expect(geometry.areaSr(pixel) / ((side * Math.PI) / 180) ** 2).toBeCloseTo(1, 7)
})

test('the classic arithmetic finds the area also where sides lie on each other', () => {
  // Pixels of 3.5 and 3.1 arcsec that share a meridian: there the C program finds half of some overlaps and nothing of others.
  const classic = classicOverlap()
  const rectangle = (west: number, east: number, south: number, north: number): Float64Array =>
    vectors([
      { lonDeg: west, latDeg: south },
      { lonDeg: east, latDeg: south },
      { lonDeg: east, latDeg: north },
      { lonDeg: west, latDeg: north },
    ])
  const [size, cell] = [2 ** -10, 0.875 * 2 ** -10]
  let worst = 0
  for (const lonDeg of [10, 64, 100, 150, 200, 300]) {
    for (let row = 0; row < 40; row++) {
      const south = 0.29 + row * size
      for (let other = 0; other < 50; other++) {
        const low = 0.29 + (other - 3) * cell + 1e-4
        const a = rectangle(lonDeg, lonDeg + size, south, south + size)
        const b = rectangle(lonDeg, lonDeg + cell, low, low + cell)
        const truth = geometry.overlapSr(a, b)
        worst = Math.max(worst, Math.abs(classic.overlapSr(a, b) - truth) / geometry.areaSr(b))
      }
    }
  }
  // What rounding makes of sums of angles.
  expect(worst).toBeLessThan(3e-5)
})
