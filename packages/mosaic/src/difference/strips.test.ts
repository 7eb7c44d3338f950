import { expect, test } from 'vitest'
import type { FloatPlane } from '../float-plane.ts'
import { fitImagePlane, fitStripedPlane } from './fit-image-plane.ts'
import {
  addAreaSums,
  noAreaSums,
  noExtent,
  type PlacedPlane,
  pixelRange,
  subtractImages,
  subtractStrip,
  usualArea,
} from './subtract-images.ts'

const [WIDTH, HEIGHT] = [37, 29]

/** Numbers that look random, the same everywhere. */
function noisy(seed: number): (at: number) => number {
  return (at) => {
    const value = Math.sin(at * 12.9898 + seed * 78.233) * 43758.5453
    return value - Math.floor(value)
  }
}

/** A tilted image with noise, outliers and holes. */
function image(seed: number): FloatPlane {
  const noise = noisy(seed)
  const data = Float64Array.from({ length: WIDTH * HEIGHT }, (_, at) => {
    if (noise(at + 0.5) < 0.15 || (at % WIDTH) + Math.floor(at / WIDTH) < 6) return Number.NaN
    const spike = noise(at + 0.25) > 0.97 ? 50 : 0
    return 0.3 * (at % WIDTH) - 0.1 * Math.floor(at / WIDTH) + noise(at) + spike
  })
  return { width: WIDTH, height: HEIGHT, data }
}

function rowsOf({ width, data }: FloatPlane, row: number, count: number): FloatPlane {
  return { width, height: count, data: data.slice(row * width, (row + count) * width) }
}

test.each([1, 4, 7, 28])(
  'a plane fitted by strips of %i rows is that of the whole image, to the bit',
  async (stripRows) => {
    const whole = image(1)
    const crpix = { fitsX: 17.123, fitsY: -4.37 }
    for (const options of [{}, { isLevelOnly: true }, { borderPixels: 5 }, { isUnfitted: true }]) {
      const readRows = (row: number, count: number): Promise<FloatPlane> =>
        Promise.resolve(rowsOf(whole, row, count))
      const striped = { width: WIDTH, height: HEIGHT, stripRows, readRows }
      expect(await fitStripedPlane(striped, crpix, options)).toEqual(fitImagePlane(whole, crpix, options))
    }
  },
)

test.each([1, 5, 13])(
  'a difference made by strips of %i rows is that of the whole images, to the bit',
  (stripRows) => {
    const area = (seed: number): FloatPlane => ({
      width: WIDTH,
      height: HEIGHT,
      data: Float64Array.from({ length: WIDTH * HEIGHT }, (_, at) => 0.8 + 0.5 * noisy(seed)(at)),
    })
    const plus: PlacedPlane = { image: image(2), area: area(3), col: 2, row: 1 }
    const minus: PlacedPlane = { image: image(4), area: area(5), col: 5, row: 4 }
    const template = { width: 38, height: 33 }
    const whole = subtractImages(plus, minus, template, 1.5)
    if (typeof whole === 'string') throw new Error(whole)
    const window = { col: 5, row: 4, width: 33, height: 26 }
    const strips: { readonly row: number; readonly height: number }[] = []
    for (let row = 0; row < window.height; row += stripRows)
      strips.push({ row: window.row + row, height: Math.min(stripRows, window.height - row) })
    const sums = noAreaSums()
    for (const strip of strips) addAreaSums(sums, plus, minus, { ...window, ...strip })
    const extent = noExtent()
    for (const strip of strips)
      subtractStrip(plus, minus, { ...window, ...strip }, usualArea(sums), 1.5, extent)
    expect(extent).toMatchObject({
      minCol: whole.col,
      minRow: whole.row,
      minDiff: whole.minDiff,
      maxDiff: whole.maxDiff,
    })
    expect(extent.maxCol - extent.minCol + 1).toBe(whole.image.width)
    const { width } = whole.image
    for (let row = 0; row < whole.image.height; row++) {
      const strip = { col: whole.col, row: whole.row + row, width, height: 1 }
      const made = subtractStrip(plus, minus, strip, usualArea(sums), 1.5, noExtent())
      expect(made.image.data).toEqual(whole.image.data.slice(row * width, (row + 1) * width))
      expect(made.area.data).toEqual(whole.area.data.slice(row * width, (row + 1) * width))
    }
    const halves = pixelRange(
      [{ image: rowsOf(plus.image, 11, 18), area: undefined }],
      pixelRange([{ image: rowsOf(plus.image, 0, 11), area: undefined }]),
    )
    expect(halves).toEqual(pixelRange([{ ...plus, area: undefined }]))
  },
)
