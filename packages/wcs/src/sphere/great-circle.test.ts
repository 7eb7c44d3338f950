import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { angularDistanceDeg, distanceToArcDeg, offsetPosition, positionAngleDeg } from './great-circle.ts'

const at = (lonDeg: number, latDeg: number): { lonDeg: number; latDeg: number } => ({ lonDeg, latDeg })
const MAS = 1 / 3_600_000

describe('angularDistanceDeg', () => {
  it('is right on the axes', () => {
    expect(angularDistanceDeg(at(0, 0), at(90, 0))).toBe(90)
    expect(angularDistanceDeg(at(0, 90), at(123, -90))).toBe(180)
    expect(angularDistanceDeg(at(10, 0), at(190, 0))).toBe(180)
    expect(angularDistanceDeg(at(77, 12), at(77, 12))).toBe(0)
  })

  it('gives Arcturus to Spica 32.7930 degrees (Meeus 1991, example 16.a)', () => {
    expect(angularDistanceDeg(at(213.9154, 19.1825), at(201.2983, -11.1614))).toBeCloseTo(32.793, 4)
  })

  it('keeps its digits for a microarcsecond, also across longitude 0, and next to the antipode', () => {
    const step = 1e-3 * MAS
    expect(angularDistanceDeg(at(0, 60), at(0, 60 + 1e6 * step)) / (1e6 * step)).toBeCloseTo(1, 8)
    expect(angularDistanceDeg(at(360 - 1000 * step, 0), at(1000 * step, 0)) / (2000 * step)).toBeCloseTo(1, 6)
    expect(180 - angularDistanceDeg(at(0, 0), at(180, 1e-9))).toBeCloseTo(1e-9, 13)
  })
})

describe('positionAngleDeg', () => {
  it('counts from north through east', () => {
    expect(positionAngleDeg(at(10, 0), at(10, 1))).toBe(0)
    expect(positionAngleDeg(at(10, 0), at(11, 0))).toBe(90)
    expect(positionAngleDeg(at(10, 0), at(10, -1))).toBe(180)
    expect(positionAngleDeg(at(0, 0), at(359, 0))).toBe(270)
  })

  it('is undone by offsetPosition', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 360, noNaN: true }),
        fc.double({ min: -89, max: 89, noNaN: true }),
        fc.double({ min: 0, max: 359.9, noNaN: true }),
        fc.double({ min: 1e-6, max: 179, noNaN: true }),
        (lon, lat, angle, distance) => {
          const from = at(lon, lat)
          const to = offsetPosition(from, angle, distance)
          // A position carries 6e-14 degree of rounding, which turns a small offset.
          expect(Math.abs(angularDistanceDeg(from, to) - distance)).toBeLessThan(1e-11)
          const turn = Math.abs(((positionAngleDeg(from, to) - angle + 540) % 360) - 180)
          const lever = Math.sin((distance * Math.PI) / 180)
          expect(turn * lever).toBeLessThan(1e-11)
        },
      ),
    )
  })
})

describe('distanceToArcDeg', () => {
  it('drops a perpendicular where there is one and takes the nearer end elsewhere', () => {
    expect(distanceToArcDeg(at(5, 3), at(0, 0), at(10, 0))).toBeCloseTo(3, 12)
    expect(distanceToArcDeg(at(13, 0), at(0, 0), at(10, 0))).toBeCloseTo(3, 12)
    expect(distanceToArcDeg(at(357, 0), at(0, 0), at(10, 0))).toBeCloseTo(3, 12)
    expect(distanceToArcDeg(at(180, 0), at(0, 0), at(10, 0))).toBeCloseTo(170, 12)
    expect(distanceToArcDeg(at(7, 90), at(0, 80), at(180, 80))).toBeCloseTo(0, 12)
  })

  it('takes an arc of no length as a point', () => {
    expect(distanceToArcDeg(at(0, 1), at(0, 0), at(0, 0))).toBeCloseTo(1, 12)
  })
})
