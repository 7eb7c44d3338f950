import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PlaneFit } from '../difference/fit-plane.ts'
import type { RotatedBox } from '../geometry/hull.ts'
import { boxMoments, type Moments } from './moments.ts'
import { type BackgroundPlane, evaluatePlane, subtractPlanes } from './plane.ts'
import type { OverlapFit } from './reject.ts'
import { solveBackground } from './solve.ts'

const SUMS = {
  count: 1000,
  centreX: 0,
  centreY: 0,
  x: 0,
  y: 0,
  xx: 0,
  xy: 0,
  yy: 0,
  d: 0,
  xd: 0,
  yd: 0,
  residuals: 0,
  minX: 0,
  maxX: 0,
  minY: 0,
  maxY: 0,
}

function fitOf(plane: BackgroundPlane, box: RotatedBox): PlaneFit {
  const range = {
    xmin: box.x - box.width / 2,
    xmax: box.x + box.width / 2,
    ymin: box.y - 50,
    ymax: box.y + 50,
  }
  return { ...plane, ...range, xcenter: box.x, ycenter: box.y, npixel: 1000, rms: 1, box, sums: SUMS }
}

/** A grid of images of 100 x 100 pixels that overlap by 20, with given backgrounds. */
function survey(
  columns: number,
  planes: readonly BackgroundPlane[],
): { moments: Moments[]; fits: OverlapFit[] } {
  const place = (image: number): { x: number; y: number } => ({
    x: 80 * (image % columns) - 300,
    y: 80 * Math.floor(image / columns) + 100,
  })
  const moments = planes.map((_, image) =>
    boxMoments({ ...place(image), width: 100, height: 100, angleDeg: 0 }),
  )
  const fits: OverlapFit[] = []
  const link = (plus: number, minus: number, width: number, height: number): void => {
    const a = place(plus)
    const b = place(minus)
    const box = { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, width, height, angleDeg: 0 }
    fits.push({ plus, minus, fit: fitOf(subtractPlanes(planes[plus]!, planes[minus]!), box) })
  }
  planes.forEach((_, image) => {
    if ((image + 1) % columns !== 0 && image + 1 < planes.length) link(image, image + 1, 20, 100)
    if (image + columns < planes.length) link(image, image + columns, 100, 20)
  })
  return { moments, fits }
}

const planeArbitrary = fc.record({
  a: fc.double({ min: -0.1, max: 0.1, noNaN: true }),
  b: fc.double({ min: -0.1, max: 0.1, noNaN: true }),
  c: fc.double({ min: -200, max: 200, noNaN: true }),
})

describe('solveBackground', () => {
  test('finds consistent planes exactly, up to one common plane', () => {
    fc.assert(
      fc.property(
        fc.array(planeArbitrary, { minLength: 2, maxLength: 30 }),
        fc.integer({ min: 1, max: 6 }),
        (planes, columns) => {
          const { moments, fits } = survey(columns, planes)
          const { corrections } = solveBackground(moments, fits, 'plane')
          for (const { plus, minus } of fits) {
            const wanted = subtractPlanes(planes[plus]!, planes[minus]!)
            const found = subtractPlanes(corrections[plus]!, corrections[minus]!)
            for (const [x, y] of [
              [-300, 100],
              [100, 500],
            ] as const) {
              expect(Math.abs(evaluatePlane(found, x, y) - evaluatePlane(wanted, x, y))).toBeLessThan(1e-6)
            }
          }
        },
      ),
      { numRuns: 50 },
    )
  })

  test('of all solutions it takes the one that adds no gradient and no level to the whole', () => {
    const planes = [
      { a: 0.01, b: 0, c: 5 },
      { a: 0, b: -0.02, c: 50 },
      { a: 0, b: 0, c: -30 },
    ]
    const { moments, fits } = survey(3, planes)
    const { corrections } = solveBackground(moments, fits, 'plane')
    const total = (value: (plane: BackgroundPlane, m: Moments) => number): number =>
      corrections.reduce((sum, plane, image) => sum + value(plane, moments[image]!), 0)
    expect(total(({ a }, { n }) => a * n)).toBeCloseTo(0, 6)
    expect(total(({ b }, { n }) => b * n)).toBeCloseTo(0, 6)
    expect(total(({ a, b, c }, m) => a * m.x + b * m.y + c * m.n)).toBeCloseTo(0, 4)
  })

  test('levels that rise from image to image do not become a slope of all of them', () => {
    const planes = Array.from({ length: 4 }, (_, i) => ({ a: 0, b: 0, c: 100 * i }))
    const { moments, fits } = survey(4, planes)
    for (const { a, b } of solveBackground(moments, fits, 'plane').corrections) {
      expect(Math.abs(a) + Math.abs(b)).toBeLessThan(1e-9)
    }
  })

  test('levels only: slopes stay zero', () => {
    const { moments, fits } = survey(2, [
      { a: 0, b: 0, c: 10 },
      { a: 0, b: 0, c: 30 },
    ])
    const { corrections } = solveBackground(moments, fits, 'level')
    expect(corrections.map(({ a, b }) => [a, b])).toEqual([
      [0, 0],
      [0, 0],
    ])
    expect(corrections.map(({ c }) => c)).toEqual([expect.closeTo(-10, 9), expect.closeTo(10, 9)])
  })

  test('groups that nothing connects are fixed each on its own; lonely images stay as they are', () => {
    const planes = Array.from({ length: 5 }, (_, i) => ({ a: 0, b: 0, c: 10 * i }))
    const { moments, fits } = survey(5, planes)
    const without = fits.filter(({ plus }) => plus === 0 || plus === 3)
    const { corrections, groups } = solveBackground(moments, without, 'level')
    expect(groups).toEqual([0, 0, 1, 2, 2])
    expect(corrections[2]).toEqual({ a: 0, b: 0, c: 0 })
    expect(corrections[0]!.c).toBeCloseTo(-5, 6)
    expect(corrections[4]!.c).toBeCloseTo(5, 6)
  })

  test('without overlaps, and with none, nothing is corrected', () => {
    const { moments, fits } = survey(2, [
      { a: 0, b: 0, c: 1 },
      { a: 0, b: 0, c: 2 },
    ])
    for (const solution of [solveBackground(moments, [], 'plane'), solveBackground(moments, fits, 'none')]) {
      expect(solution.corrections).toEqual([
        { a: 0, b: 0, c: 0 },
        { a: 0, b: 0, c: 0 },
      ])
    }
  })

  test('a large grid converges', () => {
    const planes = Array.from({ length: 2500 }, (_, i) => ({
      a: 1e-3 * Math.sin(i),
      b: 1e-3 * Math.cos(3 * i),
      c: 40 * Math.sin(7 * i),
    }))
    const { moments, fits } = survey(50, planes)
    const { corrections } = solveBackground(moments, fits, 'plane')
    const worst = fits.reduce((most, { plus, minus, fit }) => {
      const found = subtractPlanes(corrections[plus]!, corrections[minus]!)
      const { x, y } = fit.box
      return Math.max(most, Math.abs(evaluatePlane(found, x, y) - evaluatePlane(fit, x, y)))
    }, 0)
    expect(worst).toBeLessThan(1e-6)
  })
})
