import { expect, test } from 'vitest'
import { combinePlanes } from '../src/add/combine-planes.ts'
import { relaxBackground } from '../src/background/relax.ts'
import { replaceRanges } from '../src/blank/replace-ranges.ts'
import { integerScale, storedIntegers } from '../src/convert/integer-scale.ts'
import { fitImagePlane } from '../src/difference/fit-image-plane.ts'
import { type PlacedPlane, subtractImages } from '../src/difference/subtract-images.ts'
import { shrinkPlane } from '../src/shrink/shrink-plane.ts'

const plane = (width: number, ...values: readonly number[]): PlacedPlane['image'] => ({
  width,
  height: values.length / width,
  data: Float64Array.from(values),
})
const placed = (image: PlacedPlane['image'], col: number = 0, row: number = 0): PlacedPlane => ({
  image,
  area: undefined,
  col,
  row,
})

test('the images of one pair meet half-way', () => {
  const overlap = {
    plus: 4,
    minus: 9,
    plane: { a: 0.004, b: -0.008, c: 1 },
    box: { x: 3, y: -2, width: 20, height: 12, angleDeg: 30 },
    isUsed: true,
  }
  const [first, second] = relaxBackground([overlap], { iterations: 10_000 })
  // Systems are solved in single precision.
  expect(first).toMatchObject({
    id: 4,
    a: expect.closeTo(0.002, 7) as number,
    c: expect.closeTo(0.5, 5) as number,
  })
  expect(second).toMatchObject({
    id: 9,
    b: expect.closeTo(0.004, 7) as number,
    c: expect.closeTo(-0.5, 5) as number,
  })
})

test('an overlap that is not used moves nothing', () => {
  const box = { x: 0, y: 0, width: 2, height: 2, angleDeg: 0 }
  const overlap = { plus: 0, minus: 1, plane: { a: 1, b: 1, c: 1 }, box, isUsed: false }
  const corrections = relaxBackground([overlap], { iterations: 10 })
  expect(corrections.map(({ a, b, c }) => [a, b, c])).toEqual([
    [0, 0, 0],
    [0, 0, 0],
  ])
})

test('of two values the classic median is the smaller one, of four the mean of the middle', () => {
  const images = [5, 3, 9, 7].map((value) => placed(plane(1, value)))
  const size = { width: 1, height: 1 }
  expect(combinePlanes(images.slice(0, 2), size, { method: 'median', pixelArea: 1 }).image.data[0]).toBe(3)
  expect(combinePlanes(images, size, { method: 'median', pixelArea: 1 }).image.data[0]).toBe(6)
  expect(combinePlanes(images, size, { method: 'count', pixelArea: 1 }).area.data[0]).toBe(1)
  expect(combinePlanes([], size, { method: 'mean', pixelArea: 1 })).toMatchObject({
    area: { data: Float64Array.of(0) },
  })
})

test('a difference is trimmed to the pixels that both images have', () => {
  const plus = placed(plane(3, Number.NaN, 5, 6))
  const minus = placed(plane(3, 1, 1, 2), 0, 0)
  const difference = subtractImages(plus, minus, { width: 3, height: 1 })
  expect(difference).toMatchObject({ col: 1, row: 0, image: plane(2, 4, 4), area: plane(2, 2, 2) })
  expect(subtractImages(plus, placed(plane(1, 1), 7), { width: 9, height: 1 })).toBe('no-overlap')
  expect(subtractImages(plus, placed(plane(1, 1)), { width: 3, height: 1 })).toBe('blank')
})

test('the plane through an exact plane is that plane, and the rectangle of a whole image has the angle 90', () => {
  const values = Array.from({ length: 60 }, (_, i) => 0.5 * (i % 10) - 0.25 * Math.floor(i / 10) + 3)
  const fit = fitImagePlane(plane(10, ...values), { fitsX: 0, fitsY: 0 })
  expect(fit?.a).toBeCloseTo(0.5, 12)
  expect(fit?.b).toBeCloseTo(-0.25, 12)
  expect(fit?.c).toBeCloseTo(3, 12)
  expect(fit?.box).toMatchObject({ width: 5, height: 9, angleDeg: 90 })
})

test('larger pixels are means by area, also over gaps', () => {
  expect(shrinkPlane(plane(5, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5), 2).data).toEqual(Float64Array.of(1.5, 3.5))
  expect(shrinkPlane(plane(2, Number.NaN, 4, 6, 8), 2).data).toEqual(Float64Array.of(6))
  expect(shrinkPlane(plane(1, 7), 0.5).data).toEqual(Float64Array.of(7, 7, 7, 7))
})

test('ranges become NaN, and with a value NaN is replaced as well', () => {
  const data = Float64Array.of(1, 5, Number.NaN)
  expect(replaceRanges(data, [{ min: 4, max: 6 }])).toEqual({ rangeCount: 1, nanCount: 1 })
  expect(replaceRanges(data, [], 0)).toEqual({ rangeCount: 0, nanCount: 2 })
  expect(data).toEqual(Float64Array.of(1, 0, 0))
})

test('the ends of a range become the ends of the integers, values beyond are cut', () => {
  const scale = integerScale(8, -1, 4.1)
  const data = Float64Array.of(-1, 4.1, 99, Number.NaN)
  expect([...storedIntegers(data, scale)]).toEqual([0, 255, 255, 0])
})
