import { describe, expect, test } from 'vitest'
import type { KeywordValue } from '../keywords/keyword-reader.ts'
import { diagnoseWcs, type WcsDiagnosis } from './diagnose-wcs.ts'
import type { WcsFinding, WcsFindingCode } from './finding.ts'

const GOOD: Readonly<Record<string, KeywordValue>> = {
  NAXIS: 2,
  NAXIS1: 1000,
  NAXIS2: 800,
  CTYPE1: 'RA---TAN',
  CTYPE2: 'DEC--TAN',
  CRPIX1: 500.5,
  CRPIX2: 400.5,
  CRVAL1: 83.8,
  CRVAL2: -5.4,
  CD1_1: -2e-4,
  CD1_2: 0,
  CD2_1: 0,
  CD2_2: 2e-4,
  RADESYS: 'ICRS',
}

function diagnose(changes: Readonly<Record<string, KeywordValue>>): WcsDiagnosis {
  const cards = new Map(Object.entries({ ...GOOD, ...changes }))
  return diagnoseWcs((keyword) => cards.get(keyword))
}

function only(diagnosis: WcsDiagnosis, code: WcsFindingCode): WcsFinding {
  expect(diagnosis.findings.map((finding) => finding.code)).toEqual([code])
  return diagnosis.findings[0]!
}

/** Largest shift among the readings that are not used. */
function shift(finding: WcsFinding): number {
  return Math.max(
    ...finding.readings.filter(({ isUsed }) => !isUsed).map(({ shiftArcsec }) => shiftArcsec ?? 0),
  )
}

const SIP = { A_ORDER: 2, B_ORDER: 2, A_2_0: 1e-6, B_0_2: -2e-6 }

describe('diagnoseWcs', () => {
  test('a good header has no findings', () => {
    expect(diagnose({})).toEqual({ isUsable: true, projection: 'TAN', frame: 'icrs', findings: [] })
  })

  test('SIP together with PV: both readings, their distance, the fix', () => {
    const changes = {
      ...SIP,
      CTYPE1: 'RA---TAN-SIP',
      CTYPE2: 'DEC--TAN-SIP',
      PV1_1: 1,
      PV2_1: 1,
      PV1_7: 1e-2,
    }
    const finding = only(diagnose(changes), 'sip-with-pv')
    expect(finding.readings.map(({ reading }) => reading)).toEqual([
      'SIP counts, PV is left out',
      'PV counts as TPV, SIP is left out',
      'neither counts',
    ])
    expect(finding.readings[0]).toMatchObject({ isUsed: true, shiftArcsec: 0 })
    // A quadratic term of 1e-6 at 400 pixels of 0.72 arcsec moves by about 0.1 arcsec.
    expect(finding.readings[2]?.shiftArcsec).toBeGreaterThan(0.05)
    expect(finding.readings[2]?.shiftArcsec).toBeLessThan(0.5)
    expect(finding.fix).toContain('TPV')
  })

  test('PV under TAN', () => {
    const finding = only(diagnose({ PV1_1: 1.001, PV2_1: 1 }), 'pv-under-tan')
    // A scale 0.1 % larger at 0.08 degree from the centre: 0.29 arcsec at the outermost samples.
    expect(shift(finding)).toBeCloseTo(0.001 * 400 * 2e-4 * 3600, 1)
  })

  test('SIP without its suffix, and the suffix without SIP', () => {
    expect(shift(only(diagnose(SIP), 'sip-without-suffix'))).toBeGreaterThan(0.05)
    only(diagnose({ CTYPE1: 'RA---TAN-SIP', CTYPE2: 'DEC--TAN-SIP' }), 'sip-without-coefficients')
  })

  test('CD with CDELT and CROTA', () => {
    const finding = only(diagnose({ CDELT1: -2e-4, CDELT2: 2e-4, CROTA2: 1 }), 'matrix-forms-mixed')
    // One degree of rotation at about 510 pixels from the centre.
    expect(shift(finding)).toBeCloseTo(Math.hypot(400, 320) * 2e-4 * 3600 * (Math.PI / 180), 0)
    expect(diagnose({ CDELT1: 1, CDELT2: 1 }).findings).toEqual([])
  })

  test('no frame: the shifts of the frames it could be', () => {
    const finding = only(diagnose({ RADESYS: undefined }), 'frame-missing')
    const fk4 = finding.readings.find(({ reading }) => reading.startsWith('FK4'))
    expect(fk4?.shiftArcsec).toBeGreaterThan(1000)
    const fk5 = finding.readings.find(({ reading }) => reading.startsWith('FK5'))
    expect(fk5?.shiftArcsec).toBeLessThan(0.1)
  })

  test('frame and equinox that do not go together', () => {
    const finding = only(diagnose({ RADESYS: 'FK5', EQUINOX: 1950 }), 'frame-contradicts-equinox')
    expect(shift(finding)).toBeGreaterThan(1)
    only(diagnose({ RADESYS: 'ICRS', EQUINOX: 1950 }), 'frame-contradicts-equinox')
    only(diagnose({ RADESYS: undefined, RADECSYS: 'ICRS' }), 'frame-old-keyword')
  })

  test('a longitude out of range', () => {
    const finding = only(diagnose({ CRVAL1: -276.2 }), 'longitude-out-of-range')
    expect(finding.problem).toContain('83.8')
  })

  test.for([
    { name: 'a singular matrix', changes: { CD2_1: -2e-4, CD1_2: 2e-4 }, keyword: 'CD' },
    { name: 'a reference value that is no number', changes: { CRVAL1: Number.NaN }, keyword: 'CRVAL1' },
    { name: 'a latitude beyond the pole', changes: { CRVAL2: 95 }, keyword: 'CRVAL2' },
    { name: 'an unknown projection', changes: { CTYPE1: 'RA---XYZ', CTYPE2: 'DEC--XYZ' }, keyword: 'CTYPE' },
    { name: 'an unknown frame', changes: { RADESYS: 'FK6' }, keyword: 'RADESYS' },
  ])('$name makes the header unusable, with its keyword and the fix', ({ changes, keyword }) => {
    const diagnosis = diagnose(changes)
    expect(diagnosis.isUsable).toBe(false)
    const finding = only(diagnosis, 'unusable')
    expect(`${finding.keywords.join()} ${finding.problem}`).toContain(keyword)
    expect(finding.fix).not.toBe('')
  })

  test('SIP beside TPV', () => {
    const finding = only(
      diagnose({ ...SIP, CTYPE1: 'RA---TPV', CTYPE2: 'DEC--TPV' }),
      'sip-beside-other-distortion',
    )
    expect(finding.readings.map(({ reading }) => reading)).toEqual([
      'TPV counts, SIP is left out',
      'SIP counts alone',
      'both count',
    ])
    expect(shift(finding)).toBeGreaterThan(0.05)
  })

  test('TPV with CDELT: what wcslib makes of it', () => {
    const changes = {
      CD1_1: undefined,
      CD1_2: undefined,
      CD2_1: undefined,
      CD2_2: undefined,
      CDELT1: -0.5,
      CDELT2: 0.5,
      CTYPE1: 'RA---TPV',
      CTYPE2: 'DEC--TPV',
      PV1_0: 0.25,
      PV1_1: 1,
      PV2_1: 1,
      NAXIS1: 10,
      NAXIS2: 10,
      CRPIX1: 5.5,
      CRPIX2: 5.5,
      CRVAL2: 0,
    }
    // A shift of 0.25 degrees against one of 0.25 pixels, -0.125 degrees: 0.375 degrees apart.
    const finding = only(diagnose(changes), 'tpv-with-cdelt')
    expect(shift(finding) / 3600).toBeCloseTo(0.375, 2)
    expect(finding.fix).toContain('CD matrix')
  })

  test('a plate solution beside a projection', () => {
    const plate = {
      PLTRAH: 5,
      PLTRAM: 42,
      PLTRAS: 23.86,
      PLTDECSN: '-',
      PLTDECD: 4,
      PLTDECM: 56,
      PLTDECS: 47.9,
      CNPIX1: 12237,
      CNPIX2: 19965,
      XPIXELSZ: 15.0295,
      YPIXELSZ: 15,
      PPO3: 177500,
      PPO6: 177500,
      AMDX1: 67.155,
      AMDY1: 67.159,
    }
    const finding = only(diagnose(plate), 'plate-solution-beside-projection')
    expect(shift(finding)).toBeGreaterThan(1)
    expect(diagnose({ ...plate, CTYPE1: undefined, CTYPE2: undefined, RADESYS: 'FK5' }).findings).toEqual([])
  })

  test('distortions that cannot be applied', () => {
    only(diagnose({ CPDIS1: 'LOOKUP' }), 'lookup-tables-missing')
    only(diagnose({ CPDIS1: 'TPD' }), 'distortion-unknown')
    only(diagnose({ CTYPE1: 'RA---TAN-XYZ', CTYPE2: 'DEC--TAN-XYZ' }), 'distortion-unknown')
    only(diagnose({ CTYPE1: 'RA---TNX', CTYPE2: 'DEC--TNX' }), 'distortion-missing')
  })

  test('PC beside CD: PC counts, as in wcslib; by the rules of Montage CD', () => {
    const changes = { PC1_1: 2, PC2_2: 2, CDELT1: -2e-4, CDELT2: 2e-4 }
    const finding = only(diagnose(changes), 'matrix-forms-mixed')
    expect(finding.readings[0]?.reading).toBe('the PC matrix with CDELT counts')
    expect(shift(finding)).toBeCloseTo(Math.hypot(400, 320) * 2e-4 * 3600, 0)
    const cards = new Map<string, KeywordValue>(Object.entries({ ...GOOD, ...changes }))
    const montage = diagnoseWcs((keyword) => cards.get(keyword), { rules: 'montage' })
    const found = montage.findings.find(({ code }) => code === 'matrix-forms-mixed')
    expect(found?.readings[0]?.reading).toBe('the CD matrix counts')
  })

  test('a rotation on the longitude axis', () => {
    const noCd = {
      CD1_1: undefined,
      CD1_2: undefined,
      CD2_1: undefined,
      CD2_2: undefined,
      CDELT1: -2e-4,
      CDELT2: 2e-4,
    }
    const finding = only(diagnose({ ...noCd, CROTA1: 1 }), 'rotation-on-longitude')
    expect(shift(finding)).toBeCloseTo(Math.hypot(400, 320) * 2e-4 * 3600 * (Math.PI / 180), 0)
    expect(diagnose({ ...noCd, CROTA1: 1, CROTA2: 1 }).findings).toEqual([])
  })

  test('EQUINOX and EPOCH that differ', () => {
    const finding = only(diagnose({ RADESYS: 'FK5', EQUINOX: 2000, EPOCH: 1985.5 }), 'equinox-given-twice')
    expect(shift(finding)).toBeGreaterThan(100)
  })

  test('no reference point', () => {
    const finding = only(diagnose({ CRPIX1: undefined, CRVAL2: undefined }), 'reference-missing')
    expect(finding.keywords).toEqual(['CRPIX1', 'CRVAL2'])
    expect(finding.problem).toBe('CRPIX1, CRVAL2 are not there and count as 0')
  })

  test('latitude first, and an alternative description', () => {
    const swapped = { CTYPE1: 'DEC--TAN', CTYPE2: 'RA---TAN', CRVAL1: -5.4, CRVAL2: 383.8 }
    expect(only(diagnose(swapped), 'longitude-out-of-range').keywords).toEqual(['CRVAL2'])
    const cards = new Map<string, KeywordValue>(
      Object.entries({
        ...GOOD,
        CTYPE1B: 'GLON-CAR',
        CTYPE2B: 'GLAT-CAR',
        CDELT1B: -1,
        CDELT2B: 1,
        CRVAL1B: -3,
        CRVAL2B: 0,
      }),
    )
    const { findings } = diagnoseWcs((keyword) => cards.get(keyword), { alternate: 'B' })
    expect(findings.map(({ code, keywords }) => [code, ...keywords])).toEqual([
      ['reference-missing', 'CRPIX1B', 'CRPIX2B'],
      ['longitude-out-of-range', 'CRVAL1B'],
    ])
  })
})
