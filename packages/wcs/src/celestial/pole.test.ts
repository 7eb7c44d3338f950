import { describe, expect, test } from 'vitest'
import { celestialPole, type FiducialPoint } from './pole.ts'
import { celestialToNativeMatrix, nativeToCelestialMatrix } from './sphere-stages.ts'

const RAD = Math.PI / 180

const fiducial = (changes: Partial<FiducialPoint>): FiducialPoint => ({
  phi0Deg: 0,
  theta0Deg: 0,
  lonDeg: 0,
  latDeg: 0,
  lonPoleDeg: undefined,
  latPoleDeg: 90,
  ...changes,
})

describe('native pole', () => {
  test('zenithal: the reference point itself', () => {
    expect(celestialPole(fiducial({ theta0Deg: 90, lonDeg: -30, latDeg: 40 }))).toEqual({
      lonDeg: 330,
      latDeg: 40,
      nativeLonDeg: 180,
    })
    expect(celestialPole(fiducial({ theta0Deg: 90, latDeg: 90 })).nativeLonDeg).toBe(0)
  })

  test('cylindrical on the equator: the celestial pole', () => {
    expect(celestialPole(fiducial({ lonDeg: 209 }))).toMatchObject({ latDeg: 90, nativeLonDeg: 0 })
    expect(celestialPole(fiducial({ lonDeg: 209, latPoleDeg: -90, lonPoleDeg: 180 })).latDeg).toBe(-90)
  })

  test('of two solutions the one nearer to LATPOLE, of two equally near the northern one', () => {
    const two = fiducial({ latDeg: 30, lonPoleDeg: 0 })
    const north = celestialPole({ ...two, latPoleDeg: 90 }).latDeg
    const south = celestialPole({ ...two, latPoleDeg: -90 }).latDeg
    expect([north, south]).toEqual([expect.closeTo(60, 13), expect.closeTo(-60, 13)])
    expect(celestialPole({ ...two, latPoleDeg: 0 }).latDeg).toBe(north)
  })

  test('LATPOLE alone decides when the fiducial point lies a quarter turn from the pole', () => {
    expect(celestialPole(fiducial({ lonPoleDeg: 90, latPoleDeg: 33 })).latDeg).toBe(33)
  })

  test('keeps its digits near the celestial poles, where an arc cosine would lose half of them', () => {
    expect(celestialPole(fiducial({ latDeg: 89.99 })).latDeg).toBeCloseTo(0.01, 13)
    expect(celestialPole(fiducial({ latDeg: 89.9999 })).latDeg).toBeCloseTo(0.0001, 13)
  })

  test.for([
    { theta0Deg: 45, latDeg: 30, lonPoleDeg: undefined },
    { theta0Deg: 45, latDeg: 30, lonPoleDeg: 60 },
    { theta0Deg: -20, latDeg: -85, lonPoleDeg: undefined },
    { theta0Deg: 0, latDeg: -60, lonPoleDeg: 170 },
    { theta0Deg: 90, latDeg: 12, lonPoleDeg: 33 },
  ])('puts the fiducial point of $theta0Deg at latitude $latDeg', ({ theta0Deg, latDeg, lonPoleDeg }) => {
    const pole = celestialPole(fiducial({ theta0Deg, latDeg, lonDeg: 123, lonPoleDeg }))
    const [a, b, c, d, e, f, g, h, i] = nativeToCelestialMatrix(pole)
    const v = [Math.cos(theta0Deg * RAD), 0, Math.sin(theta0Deg * RAD)] as const
    const [x, y, z] = [
      a * v[0] + b * v[1] + c * v[2],
      d * v[0] + e * v[1] + f * v[2],
      g * v[0] + h * v[1] + i * v[2],
    ]
    expect(Math.atan2(y, x) / RAD).toBeCloseTo(123, 11)
    expect(Math.asin(z) / RAD).toBeCloseTo(latDeg, 11)
    const [back] = celestialToNativeMatrix(pole)
    expect(back).toBe(a)
  })

  test('a LONPOLE that cannot be', () => {
    expect(() => celestialPole(fiducial({ latDeg: 60, lonPoleDeg: 90 }))).toThrow(
      'LONPOLE: no native pole puts the fiducial point at CRVAL: found latitude 60, LONPOLE 90, theta_0 0',
    )
    expect(() => celestialPole(fiducial({ latDeg: 60, lonPoleDeg: 80 }))).toThrow(/\[WCS_NO_POLE\]/)
  })
})
