import { cellFromNested, healpixCellCentre, mocFromCells, pixelToSky, skyToPixel } from '@skyloom/wcs'
import { describe, expect, test } from 'vitest'
import { cellOfPlane, planeCellOf } from '../healpix/hpx-plane.ts'
import { ALLSKY_SIZE, allskyPicture } from './allsky.ts'
import { branchTiles, hipsTileTemplate } from './branch.ts'
import { coveredCells } from './covered-cells.ts'
import { halvePlaneInPlace } from './halve-plane.ts'
import { hipsOrderFor, hipsPixelScaleDeg } from './hips-order.ts'
import { hipsMocFits } from './moc-fits.ts'
import { HIPS_TILE_SIDE, tilePath } from './tile.ts'
import { tileLevels } from './tile-levels.ts'

test('paths are those of the standard', () => {
  expect(tilePath({ order: 9, npix: 1_234_567 }, 'png')).toBe('Norder9/Dir1230000/Npix1234567.png')
  expect(tilePath({ order: 0, npix: 3 }, 'fits')).toBe('Norder0/Dir0/Npix3.fits')
})

test('cells of all faces keep their place in the plane, and the squares between them are empty', () => {
  for (let npix = 0; npix < 192; npix++) {
    const cell = cellFromNested(2, npix)
    expect(cellOfPlane(planeCellOf(cell))).toEqual(cell)
  }
  expect(cellOfPlane({ order: 2, col: 19, row: 0 })).toBeUndefined()
  expect(cellOfPlane({ order: 2, col: -1, row: 0 })).toBeUndefined()
})

describe('the grid of a tile', () => {
  test.each(Array.from({ length: 12 }, (_, face) => [face]))(
    'of face %i has its middle and its children in place',
    (face) => {
      for (const [order, npix] of [
        [0, face],
        [3, face * 64 + 37],
      ] as const) {
        const { wcs } = hipsTileTemplate({ order, npix }, 'equatorial')
        const middle = healpixCellCentre(cellFromNested(order, npix))
        const pixel = skyToPixel(wcs, middle.lonDeg, middle.latDeg)
        expect(pixel?.fitsX).toBeCloseTo(256.5, 6)
        expect(pixel?.fitsY).toBeCloseTo(256.5, 6)
        const branch = { root: { order, npix }, depth: 1 }
        for (const { tile, col, row } of branchTiles(branch, 1)) {
          const child = healpixCellCentre(cellFromNested(tile.order, tile.npix))
          const sky = pixelToSky(wcs, (col + 256) / 2 + 0.5, (row + 256) / 2 + 0.5)
          expect(sky?.latDeg).toBeCloseTo(child.latDeg, 9)
          expect(Math.cos(((sky?.lonDeg ?? 0) - child.lonDeg) * (Math.PI / 180))).toBeCloseTo(1, 9)
        }
      }
    },
  )
})

test('a halved plane holds the means of what has data', () => {
  const N = Number.NaN
  const data = Float32Array.of(1, 2, N, N, 3, 4, N, 8, N, N, 5, 5, N, N, 5, 9)
  halvePlaneInPlace(data, 4)
  expect([...data.subarray(0, 4)]).toEqual([2.5, 8, N, 6])
})

test('coverage: the first pixel of a tile is its cell with the largest x', () => {
  const data = new Float32Array(HIPS_TILE_SIDE ** 2).fill(Number.NaN)
  const cell = { order: 3, face: 5, x: 2, y: 6 }
  expect(coveredCells(cell, data)).toEqual([])
  data[0] = 1
  expect(coveredCells(cell, data)).toEqual([{ order: 7, face: 5, x: 2 * 16 + 15, y: 6 * 16 }])
  data.fill(1)
  expect(coveredCells(cell, data)).toEqual([cell])
})

test('the all-sky picture has the first tile at the upper left', () => {
  const picture = allskyPicture(new Map([[28, new Float32Array(64 * 64).fill(7)]]))
  const { width, height } = ALLSKY_SIZE
  expect([width, height]).toEqual([1728, 1856])
  // Tile 28 is the second one of the second row.
  expect(picture[(height - 65) * width + 64]).toBe(7)
  expect(picture.filter((value) => value === 7)).toHaveLength(4096)
})

test('levels: transparent without data, black and white at the cuts, rising between them', () => {
  for (const stretch of ['linear', 'sqrt', 'log', 'asinh'] as const) {
    const levels = tileLevels({ low: 10, high: 20, stretch })(
      Float32Array.of(Number.NaN, -Infinity, 10, 12, 15, 20, Infinity),
    )
    expect([levels[0], levels[1], levels[2], levels[5], levels[6]]).toEqual([0, 1, 1, 255, 255])
    expect(levels[3]).toBeGreaterThan(1)
    expect(levels[4]).toBeGreaterThan(levels[3] ?? 0)
  }
  expect([...tileLevels({ low: 0, high: 254, stretch: 'linear' })(Float32Array.of(0, 1, 127, 254))]).toEqual([
    1, 2, 128, 255,
  ])
})

test('the order follows from the pixels of the images', () => {
  expect(hipsPixelScaleDeg(3) * 3600).toBeCloseTo(51.53, 2)
  expect(hipsOrderFor(1)).toBe(3)
  expect(hipsOrderFor(1 / 3600)).toBe(9)
  // Pixels up to a twentieth larger are taken.
  expect(hipsOrderFor(hipsPixelScaleDeg(7) / 1.04)).toBe(7)
  expect(hipsOrderFor(hipsPixelScaleDeg(7) / 1.06)).toBe(8)
})

test('the coverage map names the frame of the tiles', () => {
  const moc = mocFromCells([cellFromNested(3, 5)])
  const text = (frame: 'equatorial' | 'galactic'): string =>
    new TextDecoder('latin1').decode(hipsMocFits(moc, frame))
  expect(text('equatorial')).toContain("COORDSYS= 'C       '")
  expect(text('galactic')).toContain("COORDSYS= 'G       '")
})
