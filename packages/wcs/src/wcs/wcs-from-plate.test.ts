import { describe, expect, test } from 'vitest'
import type { KeywordValue } from '../keywords/keyword-reader.ts'
import { pixelToSky, skyToPixel } from './transform.ts'
import type { Wcs } from './wcs.ts'
import { wcsFromKeywords } from './wcs-from-keywords.ts'

/** An undistorted plate of 67.2 arcsec/mm with 15 micrometre pixels, centre at pixel 1000, 1000 of the cutout. */
const PLATE: Readonly<Record<string, KeywordValue>> = {
  NAXIS: 2,
  NAXIS1: 300,
  NAXIS2: 200,
  PLTRAH: 5,
  PLTRAM: 30,
  PLTRAS: 0,
  PLTDECSN: '-',
  PLTDECD: 4,
  PLTDECM: 30,
  PLTDECS: 36,
  CNPIX1: 9000,
  CNPIX2: 9000,
  XPIXELSZ: 15,
  YPIXELSZ: 15,
  PPO3: 15 * 9999.5,
  PPO6: 15 * 9999.5,
  AMDX1: 67.2,
  AMDY1: 67.2,
  EQUINOX: 2000,
  EPOCH: 1955.8,
}

function read(changes: Readonly<Record<string, KeywordValue>> = {}): Wcs {
  const cards = { ...PLATE, ...changes }
  return wcsFromKeywords((keyword) => cards[keyword], { name: 'plate.fits' })
}

describe('plate solutions', () => {
  test('an undistorted plate is TAN about its centre', () => {
    const wcs = read()
    const tan = wcsFromKeywords(
      (keyword) =>
        ({
          NAXIS: 2,
          CTYPE1: 'RA---TAN',
          CTYPE2: 'DEC--TAN',
          CRPIX1: 1000,
          CRPIX2: 1000,
          CRVAL1: 82.5,
          CRVAL2: -4.51,
          CDELT1: (-67.2 * 0.015) / 3600,
          CDELT2: (67.2 * 0.015) / 3600,
        })[keyword],
    )
    expect(wcs.crpix).toEqual([expect.closeTo(1000, 9), expect.closeTo(1000, 9)])
    expect(wcs.cd).toEqual([...tan.cd].map((value) => expect.closeTo(value, 15) as number))
    const [here, there] = [pixelToSky(wcs, 3, 150), pixelToSky(tan, 3, 150)]
    expect(here?.lonDeg).toBeCloseTo(there?.lonDeg ?? Number.NaN, 10)
    expect(here?.latDeg).toBeCloseTo(there?.latDeg ?? Number.NaN, 10)
  })

  test('EPOCH is the date of the plate, not an equinox; RADESYS counts', () => {
    expect(read().frame).toEqual({ system: 'fk5', equinoxYear: 2000 })
    expect(read({ EQUINOX: undefined }).frame).toEqual({ system: 'fk5', equinoxYear: 2000 })
    expect(read({ RADESYS: 'ICRS' }).frame).toEqual({ system: 'icrs' })
  })

  test('there and back through all terms', () => {
    const terms = [
      67.15, 0.04, -292.4, -2.7e-5, 2e-5, -2.4e-6, 1e-6, 2.2e-6, -8.1e-8, 2.5e-6, 2.8e-8, 1e-9, 1e-12,
    ]
    const coefficients = Object.fromEntries(
      terms.flatMap((value, i) => [
        [`AMDX${i + 1}`, value],
        [`AMDY${i + 1}`, value],
      ]),
    )
    const wcs = read({ ...coefficients, AMDY2: -0.04, AMDY3: 300 })
    for (const [x, y] of [
      [1, 1],
      [300, 200],
      [5000, -3000],
    ] as const) {
      const sky = pixelToSky(wcs, x, y)
      const back = skyToPixel(wcs, sky?.lonDeg ?? Number.NaN, sky?.latDeg ?? Number.NaN)
      expect(back?.fitsX).toBeCloseTo(x, 8)
      expect(back?.fitsY).toBeCloseTo(y, 8)
    }
  })

  test.for([
    {
      name: 'a missing keyword',
      changes: { PPO3: undefined },
      text: 'plate.fits, PPO3: plate solution is incomplete: found nothing',
    },
    {
      name: 'pixels of no size',
      changes: { XPIXELSZ: 0 },
      text: 'plate.fits, XPIXELSZ: plate solution is incomplete: found 0, allowed above 0',
    },
    {
      name: 'a centre beyond the pole',
      changes: { PLTDECD: 100 },
      text: 'plate.fits, PLTDECD: plate solution is incomplete',
    },
    {
      name: 'no way to the centre',
      changes: { AMDX1: 0 },
      text: 'plate.fits, AMDX1: plate solution does not reach the centre of its plate',
    },
  ])('$name is refused', ({ changes, text }) => {
    expect(() => read(changes)).toThrow(text)
    expect(() => read(changes)).toThrow(/\[WCS_BAD_DISTORTION\]/)
  })
})
