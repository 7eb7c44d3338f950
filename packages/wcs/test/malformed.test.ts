import { isSkyloomError } from '@skyloom/base'
import { expect, test } from 'vitest'
import { sharedJson, sharedPath, skipShared } from '../../../testing/shared-data.ts'
import type { WcsErrorCode } from '../src/errors.ts'
import { pixelToSky } from '../src/wcs/transform.ts'
import { wcsFromKeywords } from '../src/wcs/wcs-from-keywords.ts'
import { readHdus, valueOf } from './header-cards.ts'

function headerOf(file: string): (keyword: string) => string | number | bigint | boolean | undefined {
  const [primary] = readHdus(sharedPath('data/malformed', file))
  if (primary === undefined) throw new Error(`${file} has no header`)
  return valueOf(primary.cards)
}

const REFUSED: readonly { readonly file: string; readonly code: WcsErrorCode; readonly message: string }[] = [
  {
    file: 'no-wcs.fits',
    code: 'WCS_NO_CELESTIAL_AXES',
    message:
      'no-wcs.fits, CTYPE1: header has no celestial axes: found no CTYPE, allowed a longitude and a latitude with a projection, for example RA---TAN and DEC--TAN; choose an image that has a celestial coordinate system, or add one [WCS_NO_CELESTIAL_AXES]',
  },
  {
    file: 'no-cdelt.fits',
    code: 'WCS_NO_SCALE',
    message:
      'no-cdelt.fits, CDELT1: celestial axis has no pixel scale: found no CDELT and no CD matrix, allowed a CDELT other than 0 or a CD matrix; write the degrees per pixel into CDELT or CD [WCS_NO_SCALE]',
  },
  {
    file: 'cdelt-zero.fits',
    code: 'WCS_NO_SCALE',
    message:
      'cdelt-zero.fits, CDELT1: celestial axis has no pixel scale: found 0, allowed a CDELT other than 0 or a CD matrix; write the degrees per pixel into CDELT or CD [WCS_NO_SCALE]',
  },
  {
    file: 'cd-singular.fits',
    code: 'WCS_SINGULAR_MATRIX',
    message:
      'cd-singular.fits, CD1_1: matrix from pixels to degrees has no inverse: found [0.0001, 0.0001, 0.0001, 0.0001], allowed a matrix whose rows are not parallel; correct the matrix; every pixel must have its own place [WCS_SINGULAR_MATRIX]',
  },
  {
    file: 'projection-mixed.fits',
    code: 'WCS_MIXED_PROJECTIONS',
    message:
      'projection-mixed.fits, CTYPE2: celestial axes name different projections: found RA---TAN with DEC--SIN, allowed one projection for both axes; use the same projection code in both CTYPEs [WCS_MIXED_PROJECTIONS]',
  },
  {
    file: 'projection-half.fits',
    code: 'WCS_AXIS_PAIR',
    message:
      "projection-half.fits, CTYPE2: celestial axes do not make one pair: found CTYPE1 = 'RA---TAN', CTYPE2 = 'RA---TAN', allowed one longitude and one latitude, for example RA---TAN and DEC--TAN; name one axis as longitude and one as latitude [WCS_AXIS_PAIR]",
  },
  {
    file: 'dec-95.fits',
    code: 'WCS_BAD_LATITUDE',
    message:
      'dec-95.fits, CRVAL2: reference latitude is beyond the pole: found 95, allowed -90 to 90 degrees; correct the reference value [WCS_BAD_LATITUDE]',
  },
  {
    file: 'sip-order-9.fits',
    code: 'WCS_BAD_DISTORTION',
    message:
      'sip-order-9.fits, A_ORDER: order of a SIP polynomial is out of range: found 99, allowed 0 to 9; correct the order or remove the SIP keywords [WCS_BAD_DISTORTION]',
  },
  {
    file: 'crval-nan.fits',
    code: 'WCS_BAD_VALUE',
    message:
      'crval-nan.fits, CRVAL1: keyword has a value of the wrong kind: found NaN, allowed a finite number; write a finite number [WCS_BAD_VALUE]',
  },
]

test.skipIf(skipShared).for(REFUSED)('$file is refused with $code', ({ file, code, message }) => {
  let caught: unknown
  try {
    wcsFromKeywords(headerOf(file), { name: file })
  } catch (error) {
    caught = error
  }
  if (!isSkyloomError(caught)) throw new Error(`${file} was not refused`)
  expect(caught.code).toBe(code)
  expect(caught.message).toBe(message)
})

test.skipIf(skipShared)('projection-unknown.fits is refused; the message lists the known projections', () => {
  const read = (): unknown => wcsFromKeywords(headerOf('projection-unknown.fits'))
  expect(read).toThrow(
    /CTYPE1: unknown projection: found \w{3}, allowed AZP, .*TPV.*\[WCS_UNKNOWN_PROJECTION\]/,
  )
})

test.skipIf(skipShared)('a right ascension below zero is the same sky as 360 more', () => {
  const wcs = wcsFromKeywords(headerOf('ra-minus-276.fits'))
  const good = wcsFromKeywords(headerOf('good.fits'))
  const sky = pixelToSky(wcs, 10, 10)
  const same = pixelToSky(good, 10, 10)
  expect(sky?.lonDeg).toBeCloseTo(same?.lonDeg ?? Number.NaN, 9)
  expect(sky?.latDeg).toBeCloseTo(same?.latDeg ?? Number.NaN, 9)
})

test.skipIf(skipShared).for(['crval-d-exponent.fits', 'crval-text.fits', 'crval-twice.fits', 'naxis-4.fits'])(
  '%s has coordinates',
  (file) => {
    const wcs = wcsFromKeywords(headerOf(file))
    expect(pixelToSky(wcs, 1, 1)?.latDeg).toBeCloseTo(-5.4, 1)
  },
)

/** Text of the file that no other test reads: keeps the list above complete. */
test.skipIf(skipShared)(
  'every header of the manifest that must be skipped for its coordinates is in this file',
  () => {
    const manifest = sharedJson('data/malformed/manifest.json') as {
      readonly file: string
      readonly expect: string
    }[]
    const skipped = manifest.filter((entry) => entry.expect === 'skip').map((entry) => entry.file)
    // Without an image there is nothing to read coordinates from.
    const withoutImage = ['table-only.fits', 'header-only.fits']
    const here = [...REFUSED.map((entry) => entry.file), 'projection-unknown.fits', ...withoutImage]
    expect(here.toSorted()).toEqual(skipped.toSorted())
  },
)
