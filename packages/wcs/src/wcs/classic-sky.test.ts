import { expect, test } from 'vitest'
import { classicPixelsToSky } from './classic-sky.ts'
import { pixelsToSky } from './transform.ts'
import { wcsFromKeywords } from './wcs-from-keywords.ts'

function header(projection: string, latDeg: number, more: Record<string, number | string> = {}) {
  const keywords: Record<string, number | string> = {
    CTYPE1: `RA---${projection}`,
    CTYPE2: `DEC--${projection}`,
    CRVAL1: 210.3,
    CRVAL2: latDeg,
    CRPIX1: 10.25,
    CRPIX2: 9.75,
    CDELT1: -0.0411,
    CDELT2: 0.0411,
    CROTA2: 17,
    EQUINOX: 2000,
    ...more,
  }
  return wcsFromKeywords((keyword) => keywords[keyword], { rules: 'montage' })
}

test.for([
  ['TAN', -33.7],
  ['TAN', 89.2],
  ['SIN', 12.5],
  ['ZEA', -88.9],
  ['STG', 45],
  ['ARC', 0],
  ['CAR', 0],
] as const)('positions of %s at %d are those of pixelsToSky', ([projection, latDeg]) => {
  const wcs = header(projection, latDeg)
  const x = Float64Array.from({ length: 400 }, (_, k) => (k % 20) + 0.5)
  const y = Float64Array.from({ length: 400 }, (_, k) => Math.floor(k / 20) + 0.5)
  const found = [new Float64Array(400), new Float64Array(400)] as const
  const truth = [new Float64Array(400), new Float64Array(400)] as const
  classicPixelsToSky(wcs)?.(x, y, found[0], found[1], 400)
  pixelsToSky(wcs, x, y, truth[0], truth[1], 400)
  for (let k = 0; k < 400; k++) {
    const turn = Math.abs(found[0][k]! - truth[0][k]!)
    const across = Math.min(turn, 360 - turn) * Math.cos((truth[1][k]! * Math.PI) / 180)
    // Latitudes near the poles come from their cosine, whose last bit is 1e-13 degree and less.
    expect(across).toBeLessThan(2e-13)
    expect(Math.abs(found[1][k]! - truth[1][k]!)).toBeLessThan(2e-13)
  }
})

test.for([
  ['other projections', header('AIT', 0)],
  ['CAR away from the equator', header('CAR', 30)],
  ['distortions', header('TAN-SIP', 20, { A_ORDER: 2, B_ORDER: 2, A_2_0: 1e-5, B_0_2: 1e-5 })],
] as const)('%s are not offered', ([, wcs]) => {
  expect(classicPixelsToSky(wcs)).toBeUndefined()
})
