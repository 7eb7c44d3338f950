import { createPixelMemory, PLANE_SUMS_BYTES, pixelKernels, readPlaneSums } from '@skyloom/kernels'
import { describe, expect, test } from 'vitest'
import { fitPlane, type PlaneFit } from './fit-plane.ts'
import { hullBytes, overlapBox } from './overlap-box.ts'
import { residualAfter } from './residual.ts'

/** Fits the function over a window of template offsets. */
function fit(
  width: number,
  height: number,
  x0: number,
  y0: number,
  value: (x: number, y: number) => number,
): PlaneFit | undefined {
  const memory = createPixelMemory({ maximumBytes: 1 << 22 })
  const kernels = pixelKernels(memory)
  const at = memory.alloc(4 * width * height)
  const recordAt = memory.alloc(PLANE_SUMS_BYTES)
  const hullAt = memory.alloc(hullBytes(height))
  const data = memory.f32(at, width * height)
  for (let i = 0; i < data.length; i++) data[i] = value(x0 + (i % width), y0 + Math.floor(i / width))
  return fitPlane(
    ({ a, b, c }, limit) => {
      kernels.planeFitPass(at, width, width, height, x0, y0, a, b, c, limit, recordAt)
      return readPlaneSums(memory, recordAt)
    },
    overlapBox(memory, kernels, at, width, height, x0, y0, hullAt),
  )
}

/** A repeatable stand-in for noise. */
function noise(x: number, y: number): number {
  const s = Math.sin(x * 12.9898 + y * 78.233) * 43758.5453
  return s - Math.floor(s) - 0.5
}

describe('fitPlane', () => {
  test('gives a plane back', () => {
    const found = fit(40, 30, -500, 200, (x, y) => 0.02 * x - 0.03 * y + 11)
    expect(found?.a).toBeCloseTo(0.02, 6)
    expect(found?.b).toBeCloseTo(-0.03, 6)
    expect(found?.c).toBeCloseTo(11, 3)
    expect(found?.npixel).toBeGreaterThan(0)
    expect(found?.box).toEqual({
      x: -480.5,
      y: 214.5,
      width: 39,
      height: 29,
      angleDeg: expect.closeTo(0) as number,
    })
  })

  test('is not led astray by stars in one of the images', () => {
    const found = fit(
      60,
      60,
      0,
      0,
      (x, y) => 5 + 0.01 * x + noise(x, y) + (x % 20 < 3 && y % 20 < 3 ? 500 : 0),
    )
    expect(found?.a).toBeCloseTo(0.01, 2)
    expect(Math.abs((found?.c ?? 0) - 5)).toBeLessThan(0.1)
    expect(found?.rms).toBeLessThan(0.4)
    expect(found?.npixel).toBeLessThan(3600)
  })

  test('pixels without data do not count', () => {
    const found = fit(30, 30, 0, 0, (x, y) => (x < 10 ? Number.NaN : 2 * x - y))
    expect(found?.xmin).toBe(10)
    expect(found?.a).toBeCloseTo(2, 5)
  })

  test('fewer than three pixels cannot be fitted', () => {
    expect(fit(10, 10, 0, 0, (x, y) => (x === 4 && y < 2 ? 1 : Number.NaN))).toBeUndefined()
  })

  test('residuals after any correction follow from the sums', () => {
    const sky = (x: number, y: number): number => 3 + 0.02 * x - 0.01 * y + noise(x, y)
    const found = fit(25, 35, -100, 40, sky)
    if (found === undefined) throw new Error('no fit')
    const correction = { a: 0.015, b: 0.002, c: 1 }
    const residual = residualAfter(found.sums, found, correction)
    // The same over the same pixels, one by one: those within two of the last rms of the plane.
    const limit = 2 * found.rms
    let squares = 0
    let sum = 0
    let count = 0
    for (let y = 40; y < 75; y++) {
      for (let x = -100; x < -75; x++) {
        const d = Math.fround(sky(x, y))
        if (Math.abs(d - found.a * x - found.b * y - found.c) > limit) continue
        const rest = d - correction.a * x - correction.b * y - correction.c
        squares += rest * rest
        sum += rest
        count++
      }
    }
    expect(Math.abs(count - found.sums.count)).toBeLessThan(30)
    expect(residual.rms).toBeCloseTo(Math.sqrt(squares / count), 2)
    expect(residual.mean).toBeCloseTo(sum / count, 2)
  })
})
