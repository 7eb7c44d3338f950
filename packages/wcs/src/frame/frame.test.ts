import { describe, expect, it } from 'vitest'
import {
  besselianToJulianYear,
  besselianYearToJd,
  type CelestialFrame,
  ECLIPTIC_J2000,
  FK4_B1950,
  FK5_J2000,
  frameName,
  GALACTIC,
  ICRS,
  resolveFrame,
  SUPERGALACTIC,
  sameFrame,
} from './frame.ts'

describe('sameFrame', () => {
  it('fills in the usual equinox before it compares', () => {
    expect(sameFrame({ system: 'fk5' }, FK5_J2000)).toBe(true)
    expect(sameFrame({ system: 'fk4' }, FK4_B1950)).toBe(true)
    expect(sameFrame({ system: 'ecliptic' }, ECLIPTIC_J2000)).toBe(true)
    expect(sameFrame({ system: 'ecliptic-b' }, { system: 'ecliptic-b', equinoxYear: 1950 })).toBe(true)
  })

  it('takes no notice of an equinox where the system has none', () => {
    expect(sameFrame({ system: 'galactic', equinoxYear: 1950 }, GALACTIC)).toBe(true)
    expect(sameFrame({ system: 'icrs', equinoxYear: 1975 }, ICRS)).toBe(true)
  })

  it('tells systems, equinoxes and epochs of observation apart', () => {
    expect(sameFrame(ICRS, FK5_J2000)).toBe(false)
    expect(sameFrame(FK5_J2000, { system: 'fk5', equinoxYear: 1975 })).toBe(false)
    expect(sameFrame(FK4_B1950, { system: 'fk4', observationYear: 1983.5 })).toBe(false)
    expect(sameFrame(FK4_B1950, { system: 'fk4-no-e' })).toBe(false)
    expect(sameFrame(GALACTIC, SUPERGALACTIC)).toBe(false)
  })
})

describe('frameName', () => {
  it('says the system, and the equinox where there is one', () => {
    expect(frameName(ICRS)).toBe('icrs')
    expect(frameName({ system: 'fk5', equinoxYear: 1975 })).toBe('fk5 J1975')
    expect(frameName({ system: 'fk4' })).toBe('fk4 B1950')
    expect(frameName({ system: 'ecliptic' })).toBe('ecliptic J2000')
    expect(frameName(GALACTIC)).toBe('galactic')
  })
})

describe('resolveFrame', () => {
  it('refuses a system it does not know', () => {
    // A caller without types.
    const foreign = { system: 'horizontal' } as unknown as CelestialFrame
    expect(() => resolveFrame(foreign)).toThrow(
      expect.objectContaining({ code: 'WCS_BAD_FRAME', found: 'horizontal' }),
    )
  })

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 4001, 20000])(
    'refuses equinox %f, beyond the formulas',
    (year) => {
      expect(() => resolveFrame({ system: 'fk5', equinoxYear: year })).toThrow(
        expect.objectContaining({ code: 'WCS_BAD_FRAME', where: ['equinoxYear'], allowed: '0 to 4000' }),
      )
      expect(() => resolveFrame({ system: 'fk4', observationYear: year })).toThrow(
        expect.objectContaining({ code: 'WCS_BAD_FRAME', where: ['observationYear'] }),
      )
    },
  )
})

describe('years', () => {
  it('places B1950.0 at JD 2433282.4235 (Lieske 1979)', () => {
    expect(besselianYearToJd(1950)).toBeCloseTo(2433282.42345905, 8)
    expect(besselianToJulianYear(1950)).toBeCloseTo(1949.99979044, 8)
  })
})
