import { describe, expect, it } from 'vitest'
import type { KeywordValue } from '../keywords/keyword-reader.ts'
import type { Wcs } from '../wcs/wcs.ts'
import { wcsFromKeywords } from '../wcs/wcs-from-keywords.ts'
import { footprint } from './footprint.ts'
import { angularDistanceDeg } from './great-circle.ts'
import { polygonContains } from './polygon.ts'

function image(projection: string, crval: readonly [number, number], cdelt: number, naxis: number): Wcs {
  const cards = new Map<string, KeywordValue>([
    ['CTYPE1', `RA---${projection}`],
    ['CTYPE2', `DEC--${projection}`],
    ['CRVAL1', crval[0]],
    ['CRVAL2', crval[1]],
    ['CRPIX1', (naxis + 1) / 2],
    ['CRPIX2', (naxis + 1) / 2],
    ['CDELT1', -cdelt],
    ['CDELT2', cdelt],
    ['NAXIS', 2],
    ['NAXIS1', naxis],
    ['NAXIS2', naxis],
  ])
  return wcsFromKeywords((keyword) => cards.get(keyword))
}

const at = (lonDeg: number, latDeg: number): { lonDeg: number; latDeg: number } => ({ lonDeg, latDeg })

describe('footprint', () => {
  it('goes round the outer corners of the pixels', () => {
    const { corners, boundary, polygon } = footprint(image('TAN', [0, 0], 0.1, 20))
    expect(boundary).toEqual(corners)
    // One degree from the centre on the plane; east is left.
    const side = (Math.atan(Math.PI / 180) * 180) / Math.PI
    expect(corners[0]?.lonDeg).toBeCloseTo(side, 9)
    expect(corners[1]?.lonDeg).toBeCloseTo(360 - side, 9)
    expect(corners[0]?.latDeg).toBeLessThan(0)
    expect(corners[3]?.latDeg).toBeGreaterThan(0)
    expect(polygon?.isConvex).toBe(true)
    // Solid angle of a square pyramid of half angle one (plane) degree: 4 asin(t^2 / (1 + t^2)).
    const t = Math.PI / 180
    expect(polygon?.areaSr).toBeCloseTo(4 * Math.asin((t * t) / (1 + t * t)), 12)
  })

  it('holds a pole when the image does', () => {
    const { polygon } = footprint(image('SIN', [123, 90], 0.01, 100))
    if (polygon === undefined) throw new Error('a degree at the pole is a polygon')
    expect(polygonContains(polygon, at(0, 90))).toBe(true)
    expect(polygonContains(polygon, at(0, 89.6))).toBe(true)
    expect(polygonContains(polygon, at(0, 89.2))).toBe(false)
  })

  it('follows bent edges when asked', () => {
    const wcs = image('CAR', [40, 0], 1, 100)
    const coarse = footprint(wcs)
    const fine = footprint(wcs, { arcsPerSide: 100 })
    expect(fine.boundary).toHaveLength(400)
    expect(fine.corners).toEqual(coarse.corners)
    // The zone between latitudes -50 and 50 over 100 degrees: 2 sin(50) times 100 degrees in radian.
    const exact = 2 * Math.sin((50 * Math.PI) / 180) * ((100 * Math.PI) / 180)
    expect(fine.polygon?.areaSr).toBeCloseTo(exact, 3)
    expect(Math.abs((coarse.polygon?.areaSr ?? 0) - exact)).toBeGreaterThan(0.1)
  })

  it('has no polygon when the edge leaves the sky or the image is as large as the sky', () => {
    const disc = footprint(image('SIN', [0, 0], 1, 200))
    expect(disc.polygon).toBeUndefined()
    expect(disc.corners).toEqual([undefined, undefined, undefined, undefined])
    expect(disc.boundary).toEqual([])
    expect(footprint(image('CAR', [0, 0], 1, 170), { arcsPerSide: 50 }).polygon?.areaSr).toBeGreaterThan(5)
    expect(footprint(image('CAR', [0, 0], 2, 90), { arcsPerSide: 50 }).polygon).toBeUndefined()
  })

  it('takes another size than the header has', () => {
    const wcs = image('TAN', [10, 20], 0.001, 100)
    const [first, second] = footprint(wcs, { width: 1, height: 1 }).corners
    if (first === undefined || second === undefined) throw new Error('TAN has sky here')
    expect(angularDistanceDeg(first, second)).toBeCloseTo(0.001, 8)
  })

  it('refuses a size or a number of arcs that is none', () => {
    const wcs = image('TAN', [10, 20], 0.001, 100)
    for (const width of [0, -1, Number.NaN, Infinity]) {
      expect(() => footprint(wcs, { width })).toThrow(expect.objectContaining({ code: 'WCS_BAD_REGION' }))
    }
    for (const arcsPerSide of [0, 1.5, 10_001]) {
      expect(() => footprint(wcs, { arcsPerSide })).toThrow(
        expect.objectContaining({ code: 'WCS_BAD_REGION', found: String(arcsPerSide) }),
      )
    }
  })
})
