import { isSkyloomError } from '@skyloom/base'
import { describe, expect, test } from 'vitest'
import type { WcsErrorCode } from '../errors.ts'
import type { KeywordValue } from '../keywords/keyword-reader.ts'
import { pixelToSky, skyToPixel } from './transform.ts'
import type { Wcs } from './wcs.ts'
import { type WcsOptions, wcsFromKeywords } from './wcs-from-keywords.ts'

type Cards = Readonly<Record<string, KeywordValue>>

const GOOD: Cards = {
  NAXIS: 2,
  NAXIS1: 100,
  NAXIS2: 80,
  CTYPE1: 'RA---TAN',
  CTYPE2: 'DEC--TAN',
  CRPIX1: 50.5,
  CRPIX2: 40.5,
  CRVAL1: 83.8,
  CRVAL2: -5.4,
  CDELT1: -0.01,
  CDELT2: 0.01,
}

function read(changes: Cards, options?: WcsOptions): Wcs {
  const cards = new Map(Object.entries({ ...GOOD, ...changes }))
  return wcsFromKeywords((keyword) => cards.get(keyword), options)
}

function sky(wcs: Wcs, fitsX: number, fitsY: number): readonly [number, number] {
  const position = pixelToSky(wcs, fitsX, fitsY)
  return [position?.lonDeg ?? Number.NaN, position?.latDeg ?? Number.NaN]
}

/** Without CDELT. */
const NO_SCALE: Cards = { CDELT1: undefined, CDELT2: undefined }

describe('what a header means', () => {
  test('the reference pixel has the reference value', () => {
    const [lon, lat] = sky(read({}), 50.5, 40.5)
    expect(lon).toBeCloseTo(83.8, 12)
    expect(lat).toBeCloseTo(-5.4, 12)
  })

  test('fields of the plain description', () => {
    expect(read({}, { name: 'm42.fits' })).toMatchObject({
      name: 'm42.fits',
      projection: 'TAN',
      ctype: ['RA---TAN', 'DEC--TAN'],
      frame: { system: 'icrs' },
      width: 100,
      height: 80,
      isLatFirst: false,
      crpix: [50.5, 40.5],
      crval: [83.8, -5.4],
      cd: [-0.01, 0, 0, 0.01],
      matrixForm: 'cdelt',
      warnings: [],
    })
  })

  test('it is plain data: a copy through JSON works the same', () => {
    const wcs = read({ CTYPE1: 'RA---TPV', CTYPE2: 'DEC--TPV', PV1_1: 1.01, PV2_1: 1.02, PV1_7: 1e-4 })
    const copy = JSON.parse(JSON.stringify(wcs)) as Wcs
    expect(sky(copy, 3, 70)).toEqual(sky(wcs, 3, 70))
  })

  test('missing CRPIX and CRVAL are 0 (Paper I, table 1)', () => {
    const wcs = read({ CRPIX1: undefined, CRPIX2: undefined, CRVAL1: undefined, CRVAL2: undefined })
    expect(sky(wcs, 0, 0)).toEqual([0, 0])
  })

  test('size from ZNAXIS of a compressed image, from the option, or unknown', () => {
    expect(read({ ZNAXIS1: 7, ZNAXIS2: 8 })).toMatchObject({ width: 7, height: 8 })
    expect(read({ NAXIS1: undefined, NAXIS2: undefined }, { naxis: [5, 6] })).toMatchObject({
      width: 5,
      height: 6,
    })
    expect(read({ NAXIS1: undefined })).toMatchObject({ width: undefined, height: 80 })
  })

  test('whole numbers as bigint, numbers as text with D exponents', () => {
    expect(sky(read({ CRVAL1: 84n, CRVAL2: '-5.4D0' }), 50.5, 40.5)).toEqual(
      sky(read({ CRVAL1: 84 }), 50.5, 40.5),
    )
  })
})

describe('the matrix', () => {
  const angle = 30
  const [c, s] = [Math.cos(Math.PI / 6), Math.sin(Math.PI / 6)]
  const asCd = read({ ...NO_SCALE, CD1_1: -0.01 * c, CD1_2: -0.02 * s, CD2_1: -0.01 * s, CD2_2: 0.02 * c })
  const expected = sky(asCd, 10, 20)

  test.for([
    { name: 'CROTA2 with CDELT', cards: { CDELT1: -0.01, CDELT2: 0.02, CROTA2: angle } },
    {
      name: 'PC with CDELT',
      cards: { CDELT1: -0.01, CDELT2: 0.02, PC1_1: c, PC1_2: 2 * s, PC2_1: -s / 2, PC2_2: c },
    },
    {
      name: 'the old spelling PC001001',
      cards: { CDELT1: -0.01, CDELT2: 0.02, PC001001: c, PC001002: 2 * s, PC002001: -s / 2, PC002002: c },
    },
    {
      name: 'the old spelling CD001001',
      cards: {
        ...NO_SCALE,
        CD001001: -0.01 * c,
        CD001002: -0.02 * s,
        CD002001: -0.01 * s,
        CD002002: 0.02 * c,
      },
    },
    {
      name: 'CD with CDELT and CROTA2 beside it: CD counts',
      cards: {
        CDELT1: 1,
        CDELT2: 1,
        CROTA2: 5,
        CD1_1: -0.01 * c,
        CD1_2: -0.02 * s,
        CD2_1: -0.01 * s,
        CD2_2: 0.02 * c,
      },
    },
  ] satisfies readonly { name: string; cards: Cards }[])('$name', ({ cards }) => {
    const [lon, lat] = sky(read(cards), 10, 20)
    // CROTA2 is anticlockwise: CD1_2 = -CDELT2 sin, CD2_1 = CDELT1 sin (Paper II, equation 189).
    if ('PC1_1' in cards || 'PC001001' in cards) {
      const same = sky(
        read({ ...NO_SCALE, CD1_1: -0.01 * c, CD1_2: -0.02 * s, CD2_1: -0.01 * s, CD2_2: 0.02 * c }),
        10,
        20,
      )
      expect([lon, lat]).toEqual([expect.closeTo(same[0], 11), expect.closeTo(same[1], 11)])
      return
    }
    expect(lon).toBeCloseTo(expected[0], 11)
    expect(lat).toBeCloseTo(expected[1], 11)
  })

  test('missing CD elements are 0, missing PC elements those of the identity', () => {
    expect(read({ ...NO_SCALE, CD1_2: 0.01, CD2_1: 0.02 }).cd).toEqual([0, 0.01, 0.02, 0])
    expect(read({ PC1_2: 0.5 }).cd).toEqual([-0.01, -0.005, 0, 0.01])
  })

  test('PC counts before CD, but its old spelling does not; by the rules of Montage CD always does', () => {
    const both = { PC1_1: 2, PC2_2: 2, CD1_1: -0.03, CD2_2: 0.03 }
    expect(read(both).cd).toEqual([-0.02, -0, 0, 0.02])
    expect(read(both, { rules: 'montage' }).cd).toEqual([-0.03, 0, 0, 0.03])
    expect(read({ PC001001: 2, PC002002: 2, CD1_1: -0.03, CD2_2: 0.03 }).cd).toEqual([-0.03, 0, 0, 0.03])
    expect(read(both).warnings.map(({ code }) => code)).toEqual(['matrix-forms-mixed'])
  })

  test.for([
    { name: 'one size', cards: { SECPIX: 36 }, cd: [-0.01, 0, 0, 0.01] },
    { name: 'two sizes', cards: { SECPIX1: 36, SECPIX2: 72 }, cd: [-0.01, 0, 0, 0.02] },
    { name: 'another name', cards: { PIXSCALE: 36 }, cd: [-0.01, 0, 0, 0.01] },
    { name: 'the first of two sizes', cards: { PIXSCAL1: 36 }, cd: [-0.01, 0, 0, 0.01] },
    { name: 'a third name', cards: { XPIXSIZE: 36, YPIXSIZE: 72 }, cd: [-0.01, 0, 0, 0.02] },
  ])(
    'by the rules of Montage the size of a pixel in arcseconds stands in for CDELT: $name',
    ({ cards, cd }) => {
      for (const missing of [NO_SCALE, { CDELT1: 0, CDELT2: 0 }])
        expect(read({ ...missing, ...cards }, { rules: 'montage' }).cd).toEqual(cd)
      expect(() => read({ ...NO_SCALE, ...cards })).toThrow('celestial axis has no pixel scale')
    },
  )

  test('CROTA of the longitude axis has no meaning', () => {
    expect(read({ CROTA1: 30 }).cd).toEqual([-0.01, 0, 0, 0.01])
  })

  test('CUNIT scales CDELT and CRVAL', () => {
    const inArcsec = read({
      CUNIT1: 'arcsec',
      CUNIT2: 'arcsec',
      CDELT1: -36,
      CDELT2: 36,
      CRVAL1: 83.8 * 3600,
      CRVAL2: -5.4 * 3600,
    })
    expect(sky(inArcsec, 3, 4)[0]).toBeCloseTo(sky(read({}), 3, 4)[0], 11)
    expect(sky(inArcsec, 3, 4)[1]).toBeCloseTo(sky(read({}), 3, 4)[1], 11)
  })
})

describe('axes', () => {
  test('latitude on the first axis: positions stay (longitude, latitude)', () => {
    const swapped = read({
      CTYPE1: 'DEC--TAN',
      CTYPE2: 'RA---TAN',
      CRVAL1: -5.4,
      CRVAL2: 83.8,
      CDELT1: 0.01,
      CDELT2: -0.01,
      CRPIX1: 40.5,
      CRPIX2: 50.5,
    })
    expect(swapped.isLatFirst).toBe(true)
    expect(sky(swapped, 20, 10)).toEqual(sky(read({}), 10, 20))
  })

  test('an undistorted TPV header with latitude first is TAN', () => {
    const cards = { CRVAL1: -5.4, CRVAL2: 83.8, CDELT1: 0.01, CDELT2: -0.01 }
    const tan = read({ ...cards, CTYPE1: 'DEC--TAN', CTYPE2: 'RA---TAN' })
    const tpv = read({ ...cards, CTYPE1: 'DEC--TPV', CTYPE2: 'RA---TPV', PV1_1: 1, PV2_1: 1 })
    expect(sky(tpv, 20, 10)).toEqual(sky(tan, 20, 10))
  })

  test('the celestial axes of a cube, wherever they stand', () => {
    const cube = read({
      NAXIS: 3,
      NAXIS1: 33,
      NAXIS2: 100,
      NAXIS3: 80,
      CTYPE1: 'VOPT',
      CTYPE2: 'RA---TAN',
      CTYPE3: 'DEC--TAN',
      CRPIX1: 1,
      CRPIX2: 50.5,
      CRPIX3: 40.5,
      CRVAL1: 5000,
      CRVAL2: 83.8,
      CRVAL3: -5.4,
      CDELT1: 100,
      CDELT2: -0.01,
      CDELT3: 0.01,
    })
    expect(cube).toMatchObject({ pixelAxes: [2, 3], width: 100, height: 80 })
    expect(sky(cube, 10, 20)).toEqual(sky(read({}), 10, 20))
  })

  test('more axes of one pixel', () => {
    const wcs = read({ NAXIS: 4, NAXIS3: 1, NAXIS4: 1, CTYPE3: 'FREQ', CTYPE4: 'STOKES' })
    expect(sky(wcs, 10, 20)).toEqual(sky(read({}), 10, 20))
  })

  const TILTED: Cards = {
    NAXIS: 3,
    NAXIS3: 5,
    CTYPE3: 'FREQ',
    CRPIX3: 1,
    CDELT3: 1,
    PC1_3: 0.5,
  }

  test('celestial axes that turn with a long third axis are refused', () => {
    expect(() => read(TILTED)).toThrow(/\[WCS_NOT_SEPARABLE\]/)
  })

  test('a turned third axis of one pixel is taken at its pixel', () => {
    const plane = read({ ...TILTED, NAXIS3: 1 })
    expect(sky(plane, 10, 20)).toEqual(sky(read({}), 10, 20))
    // Two pixels along the third axis add twice PC1_3 CDELT1 of longitude: as if one pixel further in x.
    const other = read({ ...TILTED, NAXIS3: 1 }, { otherPixels: new Map([[3, 3]]) })
    expect(sky(other, 10, 20)[0]).toBeCloseTo(sky(read({}), 11, 20)[0], 12)
  })

  test('an alternative description', () => {
    const wcs = read(
      {
        CTYPE1A: 'GLON-CAR',
        CTYPE2A: 'GLAT-CAR',
        CRVAL1A: 209,
        CRVAL2A: 0,
        CDELT1A: -1,
        CDELT2A: 1,
        CRPIX1A: 1,
        CRPIX2A: 1,
      },
      { alternate: 'A' },
    )
    expect(wcs.frame).toEqual({ system: 'galactic' })
    expect(sky(wcs, 1, 1)).toEqual([209, 0])
  })
})

describe('native pole', () => {
  test('GLS measures from its own reference latitude, by the rules of Montage it is SFL', () => {
    const cards = { CTYPE1: 'RA---GLS', CTYPE2: 'DEC--GLS', CRVAL1: 10, CRVAL2: 20 }
    const [lon, lat] = sky(read(cards), 0.5, 30.5)
    // AIPS: lat = lat0 + y, lon = lon0 + x / cos(lat)
    expect(lat).toBeCloseTo(19.9, 12)
    expect(lon).toBeCloseTo(10 + 0.5 / Math.cos((19.9 * Math.PI) / 180), 12)
    const sfl = read({ ...cards, CTYPE1: 'RA---SFL', CTYPE2: 'DEC--SFL' })
    expect(sky(read(cards, { rules: 'montage' }), 0.5, 30.5)).toEqual(sky(sfl, 0.5, 30.5))
  })

  test('NCP is SIN with eta = cot(CRVAL2)', () => {
    const ncp = read({ CTYPE1: 'RA---NCP', CTYPE2: 'DEC--NCP', CRVAL2: 40 })
    const eta = 1 / Math.tan((40 * Math.PI) / 180)
    const sin = read({ CTYPE1: 'RA---SIN', CTYPE2: 'DEC--SIN', CRVAL2: 40, PV2_1: 0, PV2_2: eta })
    expect(sky(ncp, 3, 4)[0]).toBeCloseTo(sky(sin, 3, 4)[0], 12)
    expect(sky(ncp, 3, 4)[1]).toBeCloseTo(sky(sin, 3, 4)[1], 12)
  })

  test('LONPOLE turns a zenithal image; PV1_3 takes precedence', () => {
    const turned = read({ LONPOLE: 90 })
    expect(sky(turned, 50.5, 50.5)[0]).not.toBeCloseTo(83.8, 2)
    expect(sky(read({ LONPOLE: 0, PV1_3: 90 }), 3, 4)).toEqual(sky(read({ LONPOLE: 90 }), 3, 4))
  })

  test('longitude range of cylindrical images beyond the seam', () => {
    const cards = {
      CTYPE1: 'GLON-CAR',
      CTYPE2: 'GLAT-CAR',
      CRVAL1: 0,
      CRVAL2: 0,
      CDELT1: -0.5,
      CDELT2: 0.5,
      CRPIX1: 451,
    }
    // Pixel 1 lies at native longitude 225.
    expect(pixelToSky(read(cards), 1, 40.5)).toBeUndefined()
    const wcs = read(cards, { longitudeRange: 'image' })
    expect(sky(wcs, 1, 40.5)).toEqual([225, 0])
    expect(skyToPixel(wcs, 225, 0)).toEqual({ fitsX: 1, fitsY: 40.5 })
    expect(skyToPixel(read(cards), 225, 0)).toEqual({ fitsX: 721, fitsY: 40.5 })
    expect(read({ ...cards, CRPIX1: 50 }, { longitudeRange: 'image' }).phiCentreDeg).toBe(0)
  })
})

describe('distortions', () => {
  const SIP = { A_ORDER: 2, A_2_0: 1e-3, B_ORDER: 2, B_1_1: -2e-3 }
  const TPV = { PV1_1: 1.01, PV1_4: 0.01, PV2_1: 0.99, PV2_6: -0.02 }
  const codes = (wcs: Wcs): string[] => wcs.warnings.map(({ code }) => code)

  test('SIP with and without its suffix', () => {
    const sip = read({ ...SIP, CTYPE1: 'RA---TAN-SIP', CTYPE2: 'DEC--TAN-SIP' })
    expect(codes(sip)).toEqual([])
    const bare = read(SIP)
    expect(codes(bare)).toEqual(['sip-without-suffix'])
    expect(sky(bare, 3, 4)).toEqual(sky(sip, 3, 4))
    expect(codes(read({ CTYPE1: 'RA---TAN-SIP', CTYPE2: 'DEC--TAN-SIP' }))).toEqual(['distortion-missing'])
  })

  test('PV under TAN is TPV; beside SIP it does not count', () => {
    const tpv = read({ ...TPV, CTYPE1: 'RA---TPV', CTYPE2: 'DEC--TPV' })
    const scamp = read(TPV)
    expect(codes(scamp)).toEqual(['pv-under-tan'])
    expect(sky(scamp, 3, 4)).toEqual(sky(tpv, 3, 4))
    const both = read({ ...SIP, ...TPV, CTYPE1: 'RA---TAN-SIP', CTYPE2: 'DEC--TAN-SIP' })
    expect(codes(both)).toEqual(['pv-ignored'])
    expect(sky(both, 3, 4)).toEqual(sky(read(SIP), 3, 4))
  })

  test('PV keywords of zero under TAN mean nothing', () => {
    const wcs = read({ PV2_1: 0, PV2_2: 0, PV1_1: 0 })
    expect(wcs.planeDistortion).toBeUndefined()
    expect(sky(wcs, 3, 4)).toEqual(sky(read({}), 3, 4))
  })

  test('TPV without coefficients is TAN (PVi_1 is 1 by default)', () => {
    expect(sky(read({ CTYPE1: 'RA---TPV', CTYPE2: 'DEC--TPV' }), 3, 4)).toEqual(sky(read({}), 3, 4))
  })

  test('TPV beside SIP: TPV counts', () => {
    const wcs = read({ ...SIP, ...TPV, CTYPE1: 'RA---TPV', CTYPE2: 'DEC--TPV' })
    expect(codes(wcs)).toEqual(['sip-ignored'])
  })

  test('unknown suffix, missing tables, missing WAT strings', () => {
    expect(codes(read({ CTYPE1: 'RA---TAN-XYZ', CTYPE2: 'DEC--TAN-XYZ' }))).toEqual(['suffix-unknown'])
    expect(codes(read({ CPDIS1: 'LOOKUP', D2IMDIS2: 'Lookup' }))).toEqual([
      'lookup-tables-missing',
      'lookup-tables-missing',
    ])
    expect(codes(read({ CPDIS1: 'POLYNOMIAL' }))).toEqual(['distortion-unknown'])
    expect(codes(read({ CTYPE1: 'RA---TNX', CTYPE2: 'DEC--TNX' }))).toEqual(['distortion-missing'])
  })

  test('the inverse of SIP: exact, or with AP and BP as Montage does', () => {
    const cards = { ...SIP, CTYPE1: 'RA---TAN-SIP', CTYPE2: 'DEC--TAN-SIP' }
    const [lon, lat] = sky(read(cards), 10, 20)
    const exact = skyToPixel(read(cards), lon, lat)
    expect(exact?.fitsX).toBeCloseTo(10, 9)
    expect(exact?.fitsY).toBeCloseTo(20, 9)
    const rough = skyToPixel(read(cards, { sipInverse: 'coefficients' }), lon, lat)
    // Without AP and BP the distortion, 1e-3 * 40.5^2 pixels in x, is left in.
    expect(rough?.fitsX).toBeCloseTo(10 + 1e-3 * 40.5 ** 2, 6)
  })
})

describe('errors', () => {
  const cases: readonly {
    name: string
    cards: Cards
    code: WcsErrorCode
    text: string
    options?: WcsOptions
  }[] = [
    {
      name: 'no CTYPE',
      cards: { CTYPE1: undefined, CTYPE2: undefined },
      code: 'WCS_NO_CELESTIAL_AXES',
      text: 'found no CTYPE',
    },
    {
      name: 'linear axes',
      cards: { CTYPE1: 'LINEAR', CTYPE2: 'LINEAR' },
      code: 'WCS_NO_CELESTIAL_AXES',
      text: "found CTYPE1 = 'LINEAR', CTYPE2 = 'LINEAR'",
    },
    { name: 'only longitude', cards: { CTYPE2: 'FREQ' }, code: 'WCS_AXIS_PAIR', text: 'CTYPE1' },
    {
      name: 'two systems',
      cards: { CTYPE2: 'GLAT-TAN' },
      code: 'WCS_AXIS_PAIR',
      text: 'allowed RA---TAN with DEC',
    },
    {
      name: 'no projection',
      cards: { CTYPE1: 'RA', CTYPE2: 'DEC' },
      code: 'WCS_NO_PROJECTION',
      text: 'CTYPE1',
    },
    {
      name: 'unknown projection',
      cards: { CTYPE1: 'RA---XYZ', CTYPE2: 'DEC--XYZ' },
      code: 'WCS_UNKNOWN_PROJECTION',
      text: 'found XYZ, allowed AZP',
    },
    {
      name: 'mixed projections',
      cards: { CTYPE2: 'DEC--SIN' },
      code: 'WCS_MIXED_PROJECTIONS',
      text: 'CTYPE2',
    },
    { name: 'CTYPE that is a number', cards: { CTYPE1: 5 }, code: 'WCS_BAD_VALUE', text: 'CTYPE1' },
    { name: 'CRVAL that is no number', cards: { CRVAL1: Number.NaN }, code: 'WCS_BAD_VALUE', text: 'CRVAL1' },
    { name: 'CRPIX that is text', cards: { CRPIX1: 'middle' }, code: 'WCS_BAD_VALUE', text: 'found middle' },
    {
      name: 'CDELT beyond measure',
      cards: { CDELT1: Number.POSITIVE_INFINITY },
      code: 'WCS_BAD_VALUE',
      text: 'CDELT1',
    },
    { name: 'no scale', cards: NO_SCALE, code: 'WCS_NO_SCALE', text: 'CDELT1' },
    { name: 'scale of zero', cards: { CDELT2: 0 }, code: 'WCS_NO_SCALE', text: 'CDELT2' },
    {
      name: 'singular CD',
      cards: { CD1_1: 1, CD1_2: 2, CD2_1: 2, CD2_2: 4 },
      code: 'WCS_SINGULAR_MATRIX',
      text: 'found [1, 2, 2, 4]',
    },
    { name: 'CD of zeros', cards: { CD1_1: 0, CD2_2: 0 }, code: 'WCS_SINGULAR_MATRIX', text: 'CD1_1' },
    { name: 'latitude beyond the pole', cards: { CRVAL2: 95 }, code: 'WCS_BAD_LATITUDE', text: 'found 95' },
    { name: 'unit', cards: { CUNIT1: 'm' }, code: 'WCS_BAD_UNIT', text: 'found m' },
    { name: 'unknown RADESYS', cards: { RADESYS: 'FK6' }, code: 'WCS_UNKNOWN_FRAME', text: 'RADESYS' },
    {
      name: 'solar coordinates',
      cards: { CTYPE1: 'HPLN-TAN', CTYPE2: 'HPLT-TAN' },
      code: 'WCS_UNKNOWN_FRAME',
      text: 'option `frame`',
    },
    {
      name: 'projection parameter',
      cards: { CTYPE1: 'RA---CEA', CTYPE2: 'DEC--CEA', PV2_1: 2 },
      code: 'WCS_BAD_PARAMETER',
      text: 'PV2_1',
    },
    {
      name: 'conic without its parameter',
      cards: { CTYPE1: 'RA---COE', CTYPE2: 'DEC--COE' },
      code: 'WCS_BAD_PARAMETER',
      text: 'PV2_1',
    },
    {
      name: 'NCP on the equator',
      cards: { CTYPE1: 'RA---NCP', CTYPE2: 'DEC--NCP', CRVAL2: 0 },
      code: 'WCS_BAD_PARAMETER',
      text: 'CRVAL2',
    },
    {
      name: 'LONPOLE out of reach',
      cards: { CTYPE1: 'RA---CAR', CTYPE2: 'DEC--CAR', CRVAL2: 60, LONPOLE: 90 },
      code: 'WCS_NO_POLE',
      text: 'LONPOLE 90',
    },
    {
      name: 'SIP order',
      cards: { A_ORDER: 10, B_ORDER: 2 },
      code: 'WCS_BAD_DISTORTION',
      text: 'allowed 0 to 9',
    },
    { name: 'half of SIP', cards: { A_ORDER: 2 }, code: 'WCS_BAD_DISTORTION', text: 'B_ORDER' },
    {
      name: 'letter of a description',
      cards: {},
      options: { alternate: 'AB' },
      code: 'WCS_BAD_VALUE',
      text: 'alternate',
    },
  ]

  test.for(cases)('$name: $code', ({ cards, options, code, text }) => {
    let caught: unknown
    try {
      read(cards, { name: 'x.fits', ...options })
    } catch (error) {
      caught = error
    }
    if (!isSkyloomError(caught)) throw new Error('no error')
    expect(caught.code).toBe(code)
    expect(caught.message).toContain(text)
    expect(caught.allowed).not.toBeUndefined()
  })

  test('a given frame stands in for an unknown one', () => {
    const wcs = read({ CTYPE1: 'HPLN-TAN', CTYPE2: 'HPLT-TAN' }, { frame: { system: 'icrs' } })
    expect(sky(wcs, 3, 4)).toEqual(sky(read({}), 3, 4))
  })
})
