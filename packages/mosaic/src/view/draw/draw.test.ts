import { describe, expect, test } from 'vitest'
import { overlayOf, overlayPainter } from './draw-shapes.ts'
import type { Shape } from './shape.ts'

const WHITE = { red: 255, green: 255, blue: 255 }

/** Draws white shapes on black, strip by strip. */
function drawn(shapes: readonly Shape[], width: number, height: number, rows = height): Uint8Array {
  const paint = overlayPainter(overlayOf(shapes), width, rows, 1)
  const picture = new Uint8Array(width * height)
  for (let row = 0; row < height; row += rows) {
    const count = Math.min(rows, height - row)
    paint(picture.subarray(row * width, (row + count) * width), row, count)
  }
  return picture
}

function stroke(...points: readonly number[]): Shape {
  return { kind: 'stroke', points: Float64Array.from(points), width: 1, color: WHITE }
}

function fill(...contours: readonly (readonly number[])[]): Shape {
  return { kind: 'fill', contours: contours.map((contour) => Float64Array.from(contour)), color: WHITE }
}

const sum = (picture: Uint8Array): number => picture.reduce((total, value) => total + value / 255, 0)

describe('strokes', () => {
  test('a line along the middle of a row fills that row alone', () => {
    const picture = drawn([stroke(-5, 2.5, 50, 2.5)], 8, 5)
    expect([...picture.subarray(16, 24)]).toEqual(Array.from({ length: 8 }, () => 255))
    expect(sum(picture)).toBe(8)
  })

  test('a line between two rows covers half of each', () => {
    const picture = drawn([stroke(-5, 2, 50, 2)], 4, 4)
    expect([...picture]).toEqual([0, 0, 0, 0, 128, 128, 128, 128, 128, 128, 128, 128, 0, 0, 0, 0])
  })

  // The area of a line is its length times its width; for one place it is so within some percent, on average exactly.
  test.for([0, 10, 30, 45, 60, 90])('lines at %d degrees gather their length', (angle) => {
    const [dx, dy] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)]
    let total = 0
    for (let i = 0; i < 50; i++) {
      const [x, y] = [60 + i * 0.618, 60 + i * 0.414]
      total += sum(drawn([stroke(x - 40 * dx, y - 40 * dy, x + 40 * dx, y + 40 * dy)], 140, 140))
    }
    // The round ends add half a pixel each.
    expect(Math.abs(total / 50 - 81)).toBeLessThan(0.6)
  })

  test('pieces of one line do not add up where they meet; two lines are blended', () => {
    const whole = drawn([stroke(3, 7, 40, 21)], 50, 30)
    const pieces = drawn([stroke(3, 7, 21.5, 14, 40, 21)], 50, 30)
    expect(Math.max(...whole.map((value, i) => Math.abs(value - pieces[i]!)))).toBeLessThanOrEqual(1)
    const crossed = drawn([stroke(0, 2, 9, 2), stroke(4, 0, 4, 9)], 9, 9)
    expect(crossed[2 * 9 + 4]).toBe(192)
  })
})

describe('fills', () => {
  test('coverage is the exact area', () => {
    const picture = drawn([fill([1.25, 1.5, 4.75, 1.5, 4.75, 3.25, 1.25, 3.25])], 6, 5)
    expect(picture[1 * 6 + 1]).toBe(Math.round(255 * 0.75 * 0.5))
    expect(picture[2 * 6 + 3]).toBe(255)
    expect(picture[3 * 6 + 4]).toBe(Math.round(255 * 0.75 * 0.25))
    expect(sum(picture)).toBeCloseTo(3.5 * 1.75, 1)
  })

  test('a triangle has its area, a hole is left out, either way round', () => {
    expect(sum(drawn([fill([2.3, 1.1, 27.7, 4.2, 11.9, 18.6])], 30, 20))).toBeCloseTo(
      Math.abs((27.7 - 2.3) * (18.6 - 1.1) - (11.9 - 2.3) * (4.2 - 1.1)) / 2,
      0,
    )
    const square = [2, 2, 10, 2, 10, 10, 2, 10]
    const hole = [4, 4, 4, 8, 8, 8, 8, 4]
    expect(sum(drawn([fill(square, hole)], 12, 12))).toBeCloseTo(64 - 16, 5)
  })

  test('parts off the picture are cut off', () => {
    expect(sum(drawn([fill([-10, -10, 5, -10, 5, 5, -10, 5])], 8, 8))).toBeCloseTo(25, 5)
    expect(sum(drawn([fill([5, 5, 50, 5, 50, 50, 5, 50])], 8, 8))).toBeCloseTo(9, 5)
    expect(sum(drawn([stroke(-20, -20, -5, 30), fill([20, 20, 30, 20, 30, 30])], 8, 8))).toBe(0)
  })
})

test('strips of any height give the same picture', () => {
  const shapes = [stroke(1, 1, 44, 37), fill([5, 5, 40, 9, 20, 33]), stroke(45, 0, 0, 39, 12, 12)]
  const whole = drawn(shapes, 46, 40)
  for (const rows of [1, 7, 16]) expect(drawn(shapes, 46, 40, rows)).toEqual(whole)
})
