import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  CELESTIAL_SYSTEMS,
  type CelestialFrame,
  FK4_B1950,
  FK5_J2000,
  GALACTIC,
  ICRS,
  SUPERGALACTIC,
} from './frame.ts'
import { frameConverter } from './frame-converter.ts'

const DEG = Math.PI / 180

function separationDeg(lonA: number, latA: number, lonB: number, latB: number): number {
  const dLon = Math.sin(((lonA - lonB) * DEG) / 2)
  const dLat = Math.sin(((latA - latB) * DEG) / 2)
  const h = dLat * dLat + Math.cos(latA * DEG) * Math.cos(latB * DEG) * dLon * dLon
  return (2 * Math.asin(Math.min(1, Math.sqrt(h)))) / DEG
}

const anyFrame: fc.Arbitrary<CelestialFrame> = fc.record({
  system: fc.constantFrom(...CELESTIAL_SYSTEMS),
  equinoxYear: fc.integer({ min: 1850, max: 2100 }),
})
const anyPlace = fc.tuple(
  fc.double({ min: 0, max: 360, maxExcluded: true, noNaN: true }),
  fc.oneof(
    fc.double({ min: -90, max: 90, noNaN: true }),
    fc.constantFrom(-90, 90, 89.9999999, -89.9999999, 0),
  ),
)

describe('frameConverter', () => {
  it('puts the galactic pole and centre where the IAU 1958 definition has them', () => {
    const pole = frameConverter({ system: 'fk4-no-e' }, GALACTIC).convert(192.25, 27.4)
    expect(pole.latDeg).toBeCloseTo(90, 10)
    // Longitude of the north celestial pole of B1950 is 123 degrees.
    const celestialPole = frameConverter({ system: 'fk4-no-e' }, GALACTIC).convert(0, 90)
    expect(celestialPole.lonDeg).toBeCloseTo(123, 12)
    expect(celestialPole.latDeg).toBeCloseTo(27.4, 12)
    // 12h 51m 26.28s, +27 07 41.7 (Reid & Brunthaler 2004, appendix) to its printed digits.
    const icrsPole = frameConverter(GALACTIC, ICRS).convert(0, 90)
    expect(icrsPole.lonDeg).toBeCloseTo(192.8595, 4)
    expect(icrsPole.latDeg).toBeCloseTo(27.1283, 4)
  })

  it('puts the supergalactic pole and origin at galactic 47.37 +6.32 and 137.37 0', () => {
    const pole = frameConverter(SUPERGALACTIC, GALACTIC).convert(0, 90)
    expect(pole.lonDeg).toBeCloseTo(47.37, 12)
    expect(pole.latDeg).toBeCloseTo(6.32, 12)
    const origin = frameConverter(SUPERGALACTIC, GALACTIC).convert(0, 0)
    expect(origin.lonDeg).toBeCloseTo(137.37, 12)
    expect(origin.latDeg).toBeCloseTo(0, 12)
  })

  it('agrees with the ERFA self-test of FK4 to FK5 without proper motion to 0.002 arcsec', () => {
    // eraFk45z, epoch 1954.677617625256806: Standish 1982 and Aoki et al. 1983 with Yallop's matrix, against Murray 1989.
    const place = frameConverter({ system: 'fk4', observationYear: 1954.677617625256806 }, FK5_J2000).convert(
      0.01602284975382960982 / DEG,
      -0.1164347929099906024 / DEG,
    )
    const awayDeg = separationDeg(
      place.lonDeg,
      place.latDeg,
      0.02719295911606862303 / DEG,
      -0.1115766001565926892 / DEG,
    )
    expect(awayDeg * 3600).toBeLessThan(0.002)
  })

  it('puts the equinox of date on both the equator and the ecliptic', () => {
    const place = frameConverter(
      { system: 'fk5', equinoxYear: 2050 },
      { system: 'ecliptic', equinoxYear: 2050 },
    )
    const equinox = place.convert(0, 0)
    // FK5 and ICRS part by 23 milliarcseconds in the origin of right ascension and less in the poles.
    expect(Math.abs(equinox.latDeg) * 3600).toBeLessThan(0.03)
    expect(separationDeg(equinox.lonDeg, equinox.latDeg, 0, 0) * 3600).toBeLessThan(0.03)
    // The pole of the equator is as far from the pole of the ecliptic as the obliquity says.
    expect(90 - place.convert(0, 90).latDeg).toBeCloseTo(84357.99 / 3600, 4)
  })

  it('knows identity and then passes values as they are', () => {
    const same = frameConverter(FK4_B1950, { system: 'fk4' })
    expect(same.isIdentity).toBe(true)
    expect(same.convert(-17, 33)).toEqual({ lonDeg: -17, latDeg: 33 })
    expect(frameConverter(ICRS, FK5_J2000).isIdentity).toBe(false)
    // Epochs of observation matter only where FK4 meets FK5.
    expect(frameConverter(FK4_B1950, { system: 'fk4', observationYear: 1980 }).isIdentity).toBe(true)
  })

  it('converts in place exactly as it converts one by one, and only as many as asked', () => {
    const converter = frameConverter(FK4_B1950, GALACTIC)
    const lon = Float64Array.of(10, 200, 359.99, 77)
    const lat = Float64Array.of(-80, 0, 45, 7)
    const single = [0, 1, 2].map((i) => converter.convert(lon[i]!, lat[i]!))
    converter.convertInPlace(lon, lat, 3)
    single.forEach((place, i) => expect({ lonDeg: lon[i], latDeg: lat[i] }).toEqual(place))
    expect([lon[3], lat[3]]).toEqual([77, 7])
  })

  it('gives NaN for what is not a place', () => {
    const converter = frameConverter(ICRS, GALACTIC)
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(converter.convert(bad, 0)).toEqual({ lonDeg: Number.NaN, latDeg: Number.NaN })
      expect(converter.convert(0, bad)).toEqual({ lonDeg: Number.NaN, latDeg: Number.NaN })
    }
  })

  it('refuses arrays that do not hold the positions', () => {
    const converter = frameConverter(ICRS, GALACTIC)
    for (const count of [4, -1, 1.5, Number.NaN]) {
      expect(() => converter.convertInPlace(new Float64Array(3), new Float64Array(3), count)).toThrow(
        expect.objectContaining({
          code: 'WCS_BAD_FRAME',
          found: `3 longitudes, 3 latitudes, count ${count}`,
        }),
      )
    }
    expect(() => converter.convertInPlace(new Float64Array(3), new Float64Array(2))).toThrow(
      expect.objectContaining({ code: 'WCS_BAD_FRAME' }),
    )
  })

  it('comes back to where it started, between any two frames', () => {
    fc.assert(
      fc.property(anyFrame, anyFrame, anyPlace, (from, to, [lon, lat]) => {
        const there = frameConverter(from, to).convert(lon, lat)
        const back = frameConverter(to, from).convert(there.lonDeg, there.latDeg)
        expect(there.lonDeg).toBeGreaterThanOrEqual(0)
        expect(there.lonDeg).toBeLessThan(360)
        expect(Math.abs(there.latDeg)).toBeLessThanOrEqual(90)
        // Newcomb's polynomials forward and back differ by 2e-7 degree in 250 years; everything else is a rotation.
        expect(separationDeg(back.lonDeg, back.latDeg, lon, lat)).toBeLessThan(5e-7)
      }),
      { numRuns: 500 },
    )
  })

  it('keeps angles between places when no E-terms are involved', () => {
    const rigid = fc.record({
      system: fc.constantFrom('icrs', 'fk5', 'galactic', 'supergalactic', 'ecliptic'),
      equinoxYear: fc.integer({ min: 1900, max: 2100 }),
    }) satisfies fc.Arbitrary<CelestialFrame>
    fc.assert(
      fc.property(rigid, rigid, anyPlace, anyPlace, (from, to, a, b) => {
        const converter = frameConverter(from, to)
        const pa = converter.convert(...a)
        const pb = converter.convert(...b)
        const before = separationDeg(...a, ...b)
        const after = separationDeg(pa.lonDeg, pa.latDeg, pb.lonDeg, pb.latDeg)
        // The haversine loses digits only near 180 degrees.
        if (before < 170) expect(after).toBeCloseTo(before, 10)
      }),
    )
  })

  it('offers the precession that FK5 was made with', () => {
    const to: CelestialFrame = { system: 'fk5', equinoxYear: 1900 }
    const a = frameConverter(FK5_J2000, to, { precession: 'iau1976' }).convert(0, 0)
    const b = frameConverter(FK5_J2000, to).convert(0, 0)
    expect(Math.abs(a.lonDeg - b.lonDeg) * 3600).toBeCloseTo(0.28, 1)
  })
})
