import { describe, expect, it } from 'vitest'
import {
  eTerms,
  obliquityIau1980Rad,
  obliquityIau2006Rad,
  obliquityNewcombRad,
  precessionIau1976,
  precessionIau2006,
  precessionNewcomb,
  precessionNewcomb1900,
} from './precession.ts'
import { rotateInPlace } from './sky-rotation.ts'

const ARCSEC = Math.PI / 648000

function turned(
  matrix: ReturnType<typeof precessionIau1976>,
  lonDeg: number,
  latDeg: number,
): [number, number] {
  const lon = Float64Array.of(lonDeg)
  const lat = Float64Array.of(latDeg)
  rotateInPlace({ removed: null, matrix, added: null }, lon, lat, 1)
  return [lon[0]!, lat[0]!]
}

describe('precession', () => {
  it('gives the worked example of theta Persei, J2000 to 2028.87 (Meeus 1991, example 20.b)', () => {
    const year = 2000 + (2462088.69 - 2451545) / 365.25
    const [ra, dec] = turned(precessionIau1976(2000, year), 41.054063, 49.22775)
    // The example prints six decimals.
    expect(ra).toBeCloseTo(41.547214, 6)
    expect(dec).toBeCloseTo(49.348483, 6)
  })

  it('parts from IAU 2006 by 0.3 arcsec a century', () => {
    const [ra76] = turned(precessionIau1976(2000, 2100), 0, 0)
    const [ra06] = turned(precessionIau2006(2000, 2100), 0, 0)
    // IAU 2006 has a general precession smaller by 0.29965 arcsec a century (Capitaine et al. 2003, section 4), times cos(eps).
    expect((ra76 - ra06) * 3600).toBeCloseTo(0.275, 1)
  })

  it('has the same Newcomb in its two expansions to a milliarcsecond over this century', () => {
    const [raA, decA] = turned(precessionNewcomb(1950, 2000), 100, 50)
    const [raB, decB] = turned(precessionNewcomb1900(1950, 2000), 100, 50)
    expect((raA - raB) * 3600).toBeCloseTo(0, 2)
    expect((decA - decB) * 3600).toBeCloseTo(0, 2)
  })

  it.each([precessionIau1976, precessionIau2006, precessionNewcomb])(
    'goes nowhere in no time (%o)',
    (model) => {
      const m = model(1975, 1975)
      m.forEach((value, i) => expect(value).toBeCloseTo(i % 4 === 0 ? 1 : 0, 15))
    },
  )
})

describe('obliquity', () => {
  it('has the published constants', () => {
    expect(obliquityIau1980Rad(2000) / ARCSEC).toBeCloseTo(84381.448, 9)
    expect(obliquityIau2006Rad(2451545) / ARCSEC).toBeCloseTo(84381.406, 9)
    expect(obliquityNewcombRad(1950) / ARCSEC).toBeCloseTo(84404.84, 9)
  })
})

describe('eTerms', () => {
  it('is the published vector at B1950 (Explanatory Supplement 1992, section 3.591: -1.62557, -0.31919, -0.13843 in 1e-6)', () => {
    const [x, y, z] = eTerms(1950)
    // Their constant of aberration is the same; the last digit moves with the obliquity.
    expect(x * 1e6).toBeCloseTo(-1.62557, 4)
    expect(y * 1e6).toBeCloseTo(-0.31919, 4)
    expect(z * 1e6).toBeCloseTo(-0.13843, 4)
  })
})
