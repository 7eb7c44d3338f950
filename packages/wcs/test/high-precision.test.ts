import { describe, expect, test } from 'vitest'
import { pixelToSky, skyToPixel } from '../src/wcs/transform.ts'
import { wcsFromKeywords } from '../src/wcs/wcs-from-keywords.ts'

// Values of the equations of FITS WCS Paper II with 50 decimal digits (mpmath 1.2.1), an evaluation of its own. They decide between this
// library and wcslib where the two differ: see allowanceOf in live-wcslib.test.ts.

const HEADERS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  SZP: { CRVAL2: 90, LONPOLE: 180, PV2_1: 2, PV2_2: 30, PV2_3: 60 },
  HPX: { CRVAL2: 0 },
  CSC: { CRVAL2: 0 },
}

function systemOf(code: string): ReturnType<typeof wcsFromKeywords> {
  const cards: Readonly<Record<string, string | number>> = {
    CTYPE1: `RA---${code}`,
    CTYPE2: `DEC--${code}`,
    CRPIX1: 0,
    CRPIX2: 0,
    CRVAL1: 0,
    CDELT1: 1,
    CDELT2: 1,
    ...HEADERS[code],
  }
  return wcsFromKeywords((keyword) => cards[keyword])
}

/** Degrees: two hundred roundings of a right angle would be 3e-12; the largest of 1200 points was 6e-14. */
const TOLERANCE_DEG = 2e-13

describe('sky to plane and back with 50 digits', () => {
  test.for([
    ['SZP', 178.49364919483241, 89.99999894893202, 2.76302168893345355e-8, 1.05070474892203028e-6],
    ['SZP', -121.03927051730096, 89.91860923756302, -0.0697261747105549, 0.04194882558384760479],
    ['SZP', 153.03817881478614, 35.27604834721331, 30.32762129880973020299, 40.24068592299223834169],
    ['HPX', -45.125427052435356, 89.9999998969272, -45.0000000002763293, 89.99999990085300516402],
    ['HPX', -80.89790868753245, -89.99999949743301, -45.00000038564357993, -89.99999951657459358423],
    ['HPX', 153.4047441787181, 60.15735674129252, 146.60833193018658742, 61.61737583603944443103],
    ['CSC', 112.46202789777479, 3.736794226992714, 113.8110087237336527079, 4.335343251910402936647],
    ['CSC', 276.00066519704325, -21.473024355822275, 276.4386967358182853095, -22.91436336701555453309],
    ['CSC', 230.1019316244994, 88.88707856536058, -0.9219823416091807815589657, 90.77086731224001870597695],
  ] as const)('%s (%f, %f)', ([code, lonDeg, latDeg, x, y]) => {
    const wcs = systemOf(code)
    const pixel = skyToPixel(wcs, lonDeg, latDeg)
    // The plane of cylinder-like projections closes after 360 degrees.
    const turns = Math.round(((pixel?.fitsX ?? 0) - x) / 360)
    expect(Math.abs((pixel?.fitsX ?? Number.NaN) - 360 * turns - x)).toBeLessThan(TOLERANCE_DEG)
    expect(Math.abs((pixel?.fitsY ?? Number.NaN) - y)).toBeLessThan(TOLERANCE_DEG)
    if (code === 'CSC') return
    const sky = pixelToSky(wcs, x, y)
    const lonOff = Math.abs(((((sky?.lonDeg ?? Number.NaN) - lonDeg) % 360) + 540) % 360) - 180
    expect(Math.abs(lonOff) * Math.cos((latDeg * Math.PI) / 180)).toBeLessThan(TOLERANCE_DEG)
    expect(Math.abs((sky?.latDeg ?? Number.NaN) - latDeg)).toBeLessThan(TOLERANCE_DEG)
  })
})

describe('the way back of CSC, a polynomial of its own, with 40 digits', () => {
  test.for([
    [13.5, -31.5, 12.824319123943600017, -29.555236470510739883],
    [49.5, 38.25, 49.926368374278165321, 30.722620946525587249],
    [22.5, 132.75, 155.59399914991562572, 44.894448613062947646],
  ] as const)('(%f, %f)', ([x, y, lonDeg, latDeg]) => {
    const sky = pixelToSky(systemOf('CSC'), x, y)
    expect(Math.abs((sky?.lonDeg ?? Number.NaN) - lonDeg)).toBeLessThan(TOLERANCE_DEG * 10)
    expect(Math.abs((sky?.latDeg ?? Number.NaN) - latDeg)).toBeLessThan(TOLERANCE_DEG)
  })
})

test('AIR near the reference point, where ln(cos xi) of small angles cancels in wcslib', () => {
  const cards: Readonly<Record<string, string | number>> = {
    CTYPE1: 'RA---AIR',
    CTYPE2: 'DEC--AIR',
    CRPIX1: 1880.18870074,
    CRPIX2: -437.415938824,
    CRVAL1: -42.5682499632,
    CRVAL2: -89.99,
    PC1_1: 0.00382001652588,
    PC1_2: -0.99999270371,
    PC2_1: 0.99999270371,
    PC2_2: 0.00382001652588,
    CDELT1: -0.0000480405387864,
    CDELT2: 0.0000405761338346,
    PV2_1: 74.24099928,
  }
  const wcs = wcsFromKeywords((keyword) => cards[keyword])
  const pixel = skyToPixel(wcs, 285.32279684208333, -89.98065548796244)
  // wcslib 7.x gives 2037.629379655, -649.835967748: 1.09e-6 pixel off.
  expect(Math.abs((pixel?.fitsX ?? Number.NaN) - 2037.6293790084625278906)).toBeLessThan(1e-9)
  expect(Math.abs((pixel?.fitsY ?? Number.NaN) + 649.83596687533974395541)).toBeLessThan(1e-9)
})
