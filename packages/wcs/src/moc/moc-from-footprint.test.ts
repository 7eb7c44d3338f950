import { describe, expect, it } from 'vitest'
import { GALACTIC, ICRS } from '../frame/frame.ts'
import { frameConverter } from '../frame/frame-converter.ts'
import type { KeywordValue } from '../keywords/keyword-reader.ts'
import { pixelAreaSr } from '../wcs/pixel-scale.ts'
import { pixelToSky } from '../wcs/transform.ts'
import type { Wcs } from '../wcs/wcs.ts'
import { wcsFromKeywords } from '../wcs/wcs-from-keywords.ts'
import { mocAreaSr } from './moc.ts'
import { mocContains, mocFromFootprint } from './moc-from-sky.ts'

/** A galactic image of one degree around the galactic pole or anywhere. */
function image(lonDeg: number, latDeg: number, cdelt = 0.01): Wcs {
  const cards = new Map<string, KeywordValue>([
    ['CTYPE1', 'GLON-TAN'],
    ['CTYPE2', 'GLAT-TAN'],
    ['CRVAL1', lonDeg],
    ['CRVAL2', latDeg],
    ['CRPIX1', 50.5],
    ['CRPIX2', 50.5],
    ['CDELT1', -cdelt],
    ['CDELT2', cdelt],
    ['NAXIS', 2],
    ['NAXIS1', 100],
    ['NAXIS2', 100],
  ])
  return wcsFromKeywords((keyword) => cards.get(keyword), { name: 'field.fits' })
}

describe('mocFromFootprint', () => {
  it.each([
    [10, 20],
    [0, 90],
    [122.9, 27.1],
  ])('covers a galactic image at %f %f in ICRS', (lon, lat) => {
    const wcs = image(lon, lat)
    const moc = mocFromFootprint(wcs, 12)
    const toIcrs = frameConverter(GALACTIC, ICRS)
    for (const [fitsX, fitsY, isInside] of [
      [50, 50, true],
      [0.6, 0.6, true],
      [100.4, 100.4, true],
      // A cell of order 12 is 1.4 pixels wide.
      [-3, 50, false],
      [50, 104, false],
    ] as const) {
      const sky = pixelToSky(wcs, fitsX, fitsY)
      if (sky === undefined) throw new Error('TAN has sky here')
      const place = toIcrs.convert(sky.lonDeg, sky.latDeg)
      expect(mocContains(moc, place.lonDeg, place.latDeg)).toBe(isInside)
    }
    const imageSr = 10_000 * pixelAreaSr(wcs)
    expect(mocAreaSr(moc)).toBeGreaterThan(imageSr)
    expect(mocAreaSr(moc)).toBeLessThan(1.06 * imageSr)
    expect(mocAreaSr(mocFromFootprint(wcs, 12, { select: 'inside' }))).toBeLessThan(imageSr)
  })

  it('refuses an image whose edge has no sky', () => {
    const cards = new Map<string, KeywordValue>([
      ['CTYPE1', 'RA---AIT'],
      ['CTYPE2', 'DEC--AIT'],
      ['CRPIX1', 181],
      ['CRPIX2', 91],
      ['CDELT1', -1],
      ['CDELT2', 1],
      ['NAXIS', 2],
      ['NAXIS1', 361],
      ['NAXIS2', 181],
    ])
    const wcs = wcsFromKeywords((keyword) => cards.get(keyword), { name: 'all-sky.fits' })
    expect(() => mocFromFootprint(wcs, 5)).toThrow(
      expect.objectContaining({ code: 'WCS_BAD_REGION', where: ['all-sky.fits'] }),
    )
  })
})
