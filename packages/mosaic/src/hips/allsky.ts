import { healpixCellCount } from '@skyloom/wcs'
import { ALLSKY_ORDER, HIPS_TILE_SIDE } from './tile.ts'

/** Pixels along a side of a tile in the all-sky picture. */
export const ALLSKY_TILE_SIDE = 64

const TILE_COUNT = healpixCellCount(ALLSKY_ORDER)
const COLUMNS = Math.floor(Math.sqrt(TILE_COUNT))
const ROWS = Math.ceil(TILE_COUNT / COLUMNS)

/** Size of the all-sky picture. */
export const ALLSKY_SIZE: { readonly width: number; readonly height: number } = {
  width: COLUMNS * ALLSKY_TILE_SIDE,
  height: ROWS * ALLSKY_TILE_SIDE,
}

/** A small picture of a tile: the mean of each 8 x 8 pixels that have data. */
export function thumbnail(data: Float32Array): Float32Array {
  const step = HIPS_TILE_SIDE / ALLSKY_TILE_SIDE
  const small = new Float32Array(ALLSKY_TILE_SIDE ** 2)
  for (let at = 0; at < small.length; at++) {
    const col = (at % ALLSKY_TILE_SIDE) * step
    const row = Math.floor(at / ALLSKY_TILE_SIDE) * step
    let [sum, count] = [0, 0]
    for (let r = row; r < row + step; r++) {
      for (let c = col; c < col + step; c++) {
        const value = data[r * HIPS_TILE_SIDE + c]!
        if (Number.isNaN(value)) continue
        sum += value
        count++
      }
    }
    small[at] = count > 0 ? sum / count : Number.NaN
  }
  return small
}

/**
 * The all-sky picture: the tiles of order 3 in rows of 27, the first at the upper left. Rows of pixels run upwards, as in FITS.
 *
 * @param tiles small pictures by nested index
 */
export function allskyPicture(tiles: ReadonlyMap<number, Float32Array>): Float32Array {
  const { width, height } = ALLSKY_SIZE
  const picture = new Float32Array(width * height).fill(Number.NaN)
  for (const [npix, small] of tiles) {
    const col = (npix % COLUMNS) * ALLSKY_TILE_SIDE
    const bottom = height - (Math.floor(npix / COLUMNS) + 1) * ALLSKY_TILE_SIDE
    for (let row = 0; row < ALLSKY_TILE_SIDE; row++) {
      const part = small.subarray(row * ALLSKY_TILE_SIDE, (row + 1) * ALLSKY_TILE_SIDE)
      picture.set(part, (bottom + row) * width + col)
    }
  }
  return picture
}
