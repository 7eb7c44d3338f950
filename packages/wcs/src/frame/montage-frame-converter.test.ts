import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fk5MinusFk4 } from './fk5-minus-fk4.ts'
import { MONTAGE_SYSTEMS, type MontageFrame, montageFrameConverter } from './montage-frame-converter.ts'

const DEG = Math.PI / 180

const anyFrame: fc.Arbitrary<MontageFrame> = fc.record({
  system: fc.constantFrom(...MONTAGE_SYSTEMS),
  epochYear: fc.constantFrom(0, 1900, 1950, 1975, 2000),
})

describe('montageFrameConverter', () => {
  it('copies when system and epoch are the same, with epoch 0 standing for the usual one', () => {
    expect(montageFrameConverter({ system: 'EQUJ' }, { system: 'EQUJ', epochYear: 2000 }).isIdentity).toBe(
      true,
    )
    expect(
      montageFrameConverter({ system: 'EQUB', epochYear: 0 }, { system: 'EQUB', epochYear: 1950 }).isIdentity,
    ).toBe(true)
    expect(
      montageFrameConverter({ system: 'GAL', epochYear: 2000 }, { system: 'GAL' }).convert(400, 7),
    ).toEqual({ lonDeg: 400, latDeg: 7 })
  })

  it('turns galactic to B1950 with the E-terms left in', () => {
    const pole = montageFrameConverter({ system: 'GAL' }, { system: 'EQUB' }).convert(0, 90)
    expect(pole.lonDeg).toBeCloseTo(192.25, 12)
    expect(pole.latDeg).toBeCloseTo(27.4, 12)
  })

  it('comes back to where it started', () => {
    fc.assert(
      fc.property(
        anyFrame,
        anyFrame,
        fc.double({ min: 0, max: 359.999, noNaN: true }),
        fc.double({ min: -88, max: 88, noNaN: true }),
        (from, to, lon, lat) => {
          const there = montageFrameConverter(from, to).convert(lon, lat)
          const back = montageFrameConverter(to, from).convert(there.lonDeg, there.latDeg)
          const dLon = ((((back.lonDeg - lon) % 360) + 540) % 360) - 180
          // Around the pole of B1950 the catalog differences divide by cos(dec), and Newcomb forward and back differ.
          expect(Math.abs(dLon) * Math.cos(lat * DEG)).toBeLessThan(1e-5)
          expect(Math.abs(back.latDeg - lat)).toBeLessThan(1e-5)
        },
      ),
    )
  })

  it('refuses what is not a system of Montage', () => {
    expect(() => montageFrameConverter({ system: 'EQUJ', epochYear: Number.NaN }, { system: 'GAL' })).toThrow(
      expect.objectContaining({ code: 'WCS_BAD_FRAME', found: 'EQUJ NaN' }),
    )
    // A caller without types.
    const foreign = { system: 'HPX' } as unknown as MontageFrame
    expect(() => montageFrameConverter(foreign, { system: 'GAL' })).toThrow(
      expect.objectContaining({ code: 'WCS_BAD_FRAME', found: 'HPX 0' }),
    )
  })
})

describe('fk5MinusFk4', () => {
  it('is the sum of its two tables at the nodes', () => {
    // Declination -70, 0 h: right ascension -0.015 s cos(dec), declination +0.07 arcsec.
    const south = fk5MinusFk4(0, -70)
    expect(south.raCosDecDeg * 3600).toBeCloseTo(-15 * 0.015, 12)
    expect(south.decDeg * 3600).toBeCloseTo(0.07, 12)
    const equator = fk5MinusFk4(0, 0)
    expect(equator.decDeg * 3600).toBeCloseTo(-0.05, 12)
  })

  it('runs on without a step across hours, zones and right ascension 0', () => {
    for (let dec = -90; dec < 90; dec += 0.5) {
      for (const ra of [0, 15, 359.99999]) {
        const a = fk5MinusFk4(ra, dec)
        const b = fk5MinusFk4(ra + 1e-7, dec + 1e-7)
        expect(Math.abs(a.raCosDecDeg - b.raCosDecDeg)).toBeLessThan(1e-11)
        expect(Math.abs(a.decDeg - b.decDeg)).toBeLessThan(1e-11)
      }
    }
  })
})
