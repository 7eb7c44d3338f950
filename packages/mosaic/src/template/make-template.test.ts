import { pixelToSky, skyToPixel, type Wcs, wcsFromKeywords } from '@skyloom/wcs'
import { describe, expect, test } from 'vitest'
import { makeTemplate, type TemplateImage } from './make-template.ts'

function image(
  lonDeg: number,
  latDeg: number,
  turnDeg: number = 0,
  width: number = 200,
  height: number = 100,
  scale: number = 1 / 3600,
): TemplateImage {
  const t = (turnDeg * Math.PI) / 180
  const cards = new Map<string, string | number>([
    ['CTYPE1', 'RA---TAN'],
    ['CTYPE2', 'DEC--TAN'],
    ['CRPIX1', (width + 1) / 2],
    ['CRPIX2', (height + 1) / 2],
    ['CRVAL1', lonDeg],
    ['CRVAL2', latDeg],
    ['CD1_1', -scale * Math.cos(t)],
    ['CD1_2', scale * Math.sin(t)],
    ['CD2_1', scale * Math.sin(t)],
    ['CD2_2', scale * Math.cos(t)],
    ['RADESYS', 'ICRS'],
  ])
  const wcs: Wcs = wcsFromKeywords((keyword) => cards.get(keyword), { naxis: [width, height] })
  return { wcs, width, height }
}

/** Largest distance, in pixels, by which a corner of an image lies outside the template. */
function overhang(images: readonly TemplateImage[], template: ReturnType<typeof makeTemplate>): number {
  return Math.max(
    ...images.flatMap(({ wcs, width, height }) =>
      [0.5, width + 0.5].flatMap((x) =>
        [0.5, height + 0.5].map((y) => {
          const t = pixelOnTemplate(wcs, template.wcs, x, y)
          return Math.max(
            0.5 - t.fitsX,
            t.fitsX - template.width - 0.5,
            0.5 - t.fitsY,
            t.fitsY - template.height - 0.5,
          )
        }),
      ),
    ),
  )
}

function pixelOnTemplate(from: Wcs, to: Wcs, x: number, y: number): { fitsX: number; fitsY: number } {
  const sky = pixelToSkyOrThrow(from, x, y)
  const pixel = skyToPixel(to, sky.lonDeg, sky.latDeg)
  if (pixel === undefined) throw new Error('off the template')
  return pixel
}

function pixelToSkyOrThrow(wcs: Wcs, x: number, y: number): { lonDeg: number; latDeg: number } {
  const sky = pixelToSky(wcs, x, y)
  if (sky === undefined) throw new Error('off the sky')
  return sky
}

describe('makeTemplate bounds the images', () => {
  test.for([
    { name: 'one image', images: [image(150, 20)] },
    {
      name: 'three turned images',
      images: [image(10, -60, 20), image(10.1, -60.02, 50), image(9.9, -59.95, -70)],
    },
    { name: 'across right ascension 0', images: [image(359.99, 5), image(0.02, 5.01)] },
    { name: 'over the north pole', images: [image(0, 89.99), image(180, 89.99), image(90, 89.98, 33)] },
  ])('$name', ({ images }) => {
    const template = makeTemplate(images)
    expect(overhang(images, template)).toBeLessThanOrEqual(1e-6)
    // And not much more than that: two pixels for rounding on each axis.
    expect(template.wcs.projection).toBe('TAN')
    expect(template.wcs.frame.system).toBe('icrs')
  })

  test('a single image gets back its own size, with room for rounding', () => {
    const { width, height } = makeTemplate([image(150, 20)])
    expect(width).toBeGreaterThanOrEqual(200)
    expect(width).toBeLessThanOrEqual(202)
    expect(height).toBeGreaterThanOrEqual(100)
    expect(height).toBeLessThanOrEqual(102)
  })

  test('rotation fit finds the turned rectangle', () => {
    const images = [image(150, 20, 25)]
    const north = makeTemplate(images)
    const fitted = makeTemplate(images, { rotation: 'fit' })
    expect(fitted.width * fitted.height).toBeLessThan(north.width * north.height * 0.6)
    expect([fitted.width, fitted.height].sort((a, b) => a - b)).toEqual([
      expect.closeTo(101, -0.5) as number,
      expect.closeTo(201, -0.5) as number,
    ])
    expect(overhang(images, fitted)).toBeLessThanOrEqual(1e-6)
  })

  test('an image of the whole sky, whose corners lie off the sky, gets a template of the whole sky in its frame', () => {
    const cards = new Map<string, string | number>([
      ['CTYPE1', 'GLON-AIT'],
      ['CTYPE2', 'GLAT-AIT'],
      ['CRPIX1', 180.5],
      ['CRPIX2', 90.5],
      ['CRVAL1', 0],
      ['CRVAL2', 0],
      ['CDELT1', -0.9],
      ['CDELT2', 0.9],
    ])
    const wcs = wcsFromKeywords((keyword) => cards.get(keyword), { naxis: [360, 180] })
    const template = makeTemplate([{ wcs, width: 360, height: 180 }])
    expect(template.wcs.projection).toBe('AIT')
    expect(template.wcs.frame.system).toBe('galactic')
    for (const lonDeg of [0, 90, 179, 181, 270]) {
      for (const latDeg of [-89, 0, 60]) {
        const pixel = skyToPixel(template.wcs, lonDeg, latDeg)
        expect(pixel?.fitsX).toBeGreaterThan(0.5)
        expect(pixel?.fitsX).toBeLessThan(template.width + 0.5)
        expect(pixel?.fitsY).toBeGreaterThan(0.5)
        expect(pixel?.fitsY).toBeLessThan(template.height + 0.5)
      }
    }
  })

  test('images all over the sky get an all-sky projection', () => {
    const images = [image(0, 0), image(120, 10), image(240, -40)]
    const template = makeTemplate(images, { scaleDeg: 0.5 })
    expect(template.wcs.projection).toBe('AIT')
    expect(overhang(images, template)).toBeLessThanOrEqual(1e-6)
  })

  test('an impossible projection says what to do', () => {
    expect(() =>
      makeTemplate([image(0, 0), image(120, 0), image(240, 0)], { projection: 'SIN', scaleDeg: 0.1 }),
    ).toThrow(/AIT/)
  })
})

describe('makeTemplate with a centre and a size', () => {
  test('gives the size asked for, the centre in its middle', () => {
    const template = makeTemplate([image(150, 20)], {
      centre: { lonDeg: 83.8, latDeg: -5.4 },
      sizeDeg: { width: 0.5, height: 0.25 },
      scaleDeg: 1 / 3600,
      frame: { system: 'galactic' },
    })
    expect([template.width, template.height]).toEqual([1800, 900])
    expect(template.crpix).toEqual({ fitsX: 900.5, fitsY: 450.5 })
    expect(template.wcs.ctype).toEqual(['GLON-TAN', 'GLAT-TAN'])
    expect(template.wcs.frame.system).toBe('galactic')
  })

  test('rotation is the position angle of the upward direction', () => {
    const centre = { lonDeg: 83.8, latDeg: -5.4 }
    const sizeDeg = { width: 0.1, height: 0.1 }
    const { wcs, crpix } = makeTemplate([image(83.8, -5.4)], { centre, sizeDeg, rotation: 30 })
    const up = pixelToSkyOrThrow(wcs, crpix.fitsX, crpix.fitsY + 10)
    const east = (up.lonDeg - centre.lonDeg) * Math.cos((centre.latDeg * Math.PI) / 180)
    expect((Math.atan2(east, up.latDeg - centre.latDeg) * 180) / Math.PI).toBeCloseTo(30, 2)
  })
})
