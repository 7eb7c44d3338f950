import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkTable, type LookupTable, lookupEvaluator } from './lookup.ts'
import { pixelDistortionMap } from './pixel-distortion.ts'
import { forwardStage, inverseStage, type PlaneMap } from './plane-map.ts'
import { plateMap } from './plate-solution.ts'
import { type Sip, sipMap } from './sip.ts'
import { parseSurface, type Surface, surfaceEvaluator } from './surface.ts'
import { tnxMap } from './tnx.ts'
import { tpvMap } from './tpv.ts'

function evaluate(map: PlaneMap, x: number, y: number): number[] {
  const out = new Float64Array(6)
  map.evaluate(x, y, out)
  return [...out]
}

/** Largest difference between the derivatives of a map and difference quotients at a point. */
function derivativeError(map: PlaneMap, x: number, y: number, step: number): number {
  const [, , fx = 0, fy = 0, gx = 0, gy = 0] = evaluate(map, x, y)
  const [f1 = 0, g1 = 0] = evaluate(map, x + step, y)
  const [f0 = 0, g0 = 0] = evaluate(map, x - step, y)
  const [f3 = 0, g3 = 0] = evaluate(map, x, y + step)
  const [f2 = 0, g2 = 0] = evaluate(map, x, y - step)
  return Math.max(
    Math.abs((f1 - f0) / (2 * step) - fx),
    Math.abs((g1 - g0) / (2 * step) - gx),
    Math.abs((f3 - f2) / (2 * step) - fy),
    Math.abs((g3 - g2) / (2 * step) - gy),
  )
}

const SIP: Sip = {
  kind: 'sip',
  aOrder: 4,
  bOrder: 3,
  a: [
    [2, 0, 1e-6],
    [1, 1, -2e-6],
    [0, 4, 3e-13],
  ],
  b: [
    [0, 2, 1.5e-6],
    [3, 0, -1e-9],
  ],
  ap: undefined,
  bp: undefined,
}

const TPV = {
  kind: 'tpv',
  lon: Array.from({ length: 40 }, (_, m) => (m === 1 ? 1.01 : 1e-3 / (m + 1))),
  lat: Array.from({ length: 40 }, (_, m) => (m === 1 ? 0.99 : -1e-3 / (m + 1))),
} as const

const TABLE: LookupTable = {
  width: 4,
  height: 3,
  data: Float64Array.from([0, 1, 2, 3, 10, 11, 12, 13, 20, 21, 22, 23]).map((value) => value / 100),
  crpix: [0, 0],
  crval: [0, 0],
  cdelt: [64, 64],
}

const SURFACES = {
  kind: 'tnx',
  lon: parseSurface('1 3 3 1 -0.6 0.7 -0.65 0.62 1e-3 2e-3 -3e-3 4e-3 5e-3 -6e-3 7e-3 8e-3 9e-3', []),
  lat: parseSurface('2 4 4 2 -0.6 0.7 -0.65 0.62 1e-3 2e-3 -3e-3 4e-3 5e-3 -6e-3 7e-3 8e-3 9e-3 1e-3', []),
} as const

const PLATE = {
  kind: 'plate',
  corner: [12237, 19965],
  pixelSizeUm: [15.0295, 15],
  centreUm: [177500, 177500],
  amdX: [67.155, 0.043, -292.4, -2.7e-5, 2e-5, -2.4e-6, 1e-6, 2.2e-6, -8.1e-8, 2.5e-6, 2.8e-8, 1e-9, 1e-12],
  amdY: [67.159, -0.047, 316, 2.9e-5, -2e-5, 2.3e-5, -1e-6, 2.2e-6, -2.3e-8, 2.4e-6, -5.8e-8, 1e-9, 1e-12],
} as const

describe('derivatives are those of the map', () => {
  test.for([
    { name: 'SIP', map: sipMap(SIP), x: 300, y: -200, step: 0.1, bound: 1e-9 },
    { name: 'TPV', map: tpvMap(TPV), x: 0.3, y: -0.4, step: 1e-4, bound: 1e-7 },
    { name: 'TNX', map: tnxMap(SURFACES), x: 0.3, y: -0.4, step: 1e-4, bound: 1e-7 },
    { name: 'plate', map: plateMap(PLATE), x: 300, y: 400, step: 1, bound: 1e-12 },
    {
      name: 'tables with SIP',
      map: pixelDistortionMap(SIP, { detector: [TABLE, undefined], prior: [TABLE, TABLE] }, [50, 40]),
      x: 20,
      y: 30,
      step: 1e-3,
      bound: 1e-9,
    },
  ])('$name', ({ map, x, y, step, bound }) => {
    expect(derivativeError(map, x, y, step)).toBeLessThan(bound)
  })
})

describe('inverse', () => {
  const coordinate = fc.double({ min: -500, max: 500, noNaN: true })

  test('undoes the map to rounding', () => {
    const map = sipMap(SIP)
    const undo = inverseStage(map, { origin: [0, 0], settled: 1e-7 })
    const apply = forwardStage(map)
    fc.assert(
      fc.property(coordinate, coordinate, (x, y) => {
        const [p, q] = [Float64Array.of(x), Float64Array.of(y)]
        apply(p, q, p, 1)
        undo(p, q, p, 1)
        expect(p[0]).toBeCloseTo(x, 10)
        expect(q[0]).toBeCloseTo(y, 10)
      }),
    )
  })

  test('NaN for NaN, and for targets that the map does not reach', () => {
    // x - x^2 / 4 has its largest value, 1, at x = 2.
    const map = sipMap({ a: [[2, 0, -0.25]], b: [] })
    const undo = inverseStage(map, { origin: [0, 0], settled: 1e-7 })
    const [p, q] = [Float64Array.of(Number.NaN, 0.75, 1.2, 1e300), Float64Array.of(0, 0, 0, 0)]
    undo(p, q, p, 4)
    expect(p[0]).toBeNaN()
    expect(p[1]).toBeCloseTo(1, 12)
    expect(p[2]).toBeNaN()
    expect(p[3]).toBeNaN()
    expect(q[2]).toBeNaN()
  })

  test('never lands where the map is folded over', () => {
    const map = sipMap({ a: [[2, 0, -0.25]], b: [] })
    // Started beyond the fold, at x = 3, Newton's method finds the other solution of x - x^2 / 4 = 0.75.
    const undo = inverseStage(map, {
      origin: [0, 0],
      settled: 1e-7,
      start: (p) => p.fill(3),
    })
    const [p, q] = [Float64Array.of(0.75), Float64Array.of(0)]
    undo(p, q, p, 1)
    expect(p[0]).toBeNaN()
  })
})

describe('TPV', () => {
  test.for([
    { m: 3, value: 0.5 },
    { m: 11, value: 0.125 },
    { m: 23, value: 0.03125 },
    { m: 39, value: 0.0078125 },
    { m: 5, value: 0.3 * 0.4 },
    { m: 8, value: 0.3 ** 2 * 0.4 },
    { m: 16, value: 0.4 ** 4 },
    { m: 38, value: 0.4 ** 7 },
    { m: 31, value: 0.3 ** 7 },
  ])('term $m', ({ m, value }) => {
    const coefficients = Array.from({ length: 40 }, (_, k) => (k === m ? 1 : 0))
    const none = Array.from({ length: 40 }, () => 0)
    const lon = tpvMap({ kind: 'tpv', lon: coefficients, lat: none })
    expect(evaluate(lon, 0.3, 0.4)[0]).toBeCloseTo(value, 15)
    // The latitude axis has its own coordinate first.
    const lat = tpvMap({ kind: 'tpv', lon: none, lat: coefficients })
    expect(evaluate(lat, 0.4, 0.3)[1]).toBeCloseTo(value, 15)
  })

  test('r has no derivative at the origin: 0 is taken', () => {
    const lon = Array.from({ length: 40 }, (_, m) => (m === 1 || m === 3 ? 1 : 0))
    expect(evaluate(tpvMap({ kind: 'tpv', lon, lat: lon }), 0, 0)).toEqual([0, 0, 1, 0, 0, 1])
  })
})

describe('surfaces of TNX', () => {
  function value(surface: Surface, x: number, y: number): number {
    const out = new Float64Array(3)
    surfaceEvaluator(surface)(x, y, out)
    return out[0] ?? Number.NaN
  }

  test('powers of the coordinates themselves', () => {
    const surface = parseSurface('3. 3. 2. 1. -1. 1. -1. 1. 1. 10. 100. 1000. 1E4 1D5', [])
    expect(value(surface, 2, 3)).toBe(1 + 20 + 400 + 3 * (1000 + 2e4 + 4e5))
  })

  test('Chebyshev and Legendre polynomials over their range', () => {
    // t = (2 x - 10) / 10 = 0.6 at x = 8 in 0 to 10
    expect(value(parseSurface('1 4 1 1 0 10 0 1 0 0 0 1', []), 8, 0)).toBeCloseTo(4 * 0.6 ** 3 - 3 * 0.6, 14)
    expect(value(parseSurface('2 4 1 1 0 10 0 1 0 0 0 1', []), 8, 0)).toBeCloseTo(
      (5 * 0.6 ** 3 - 3 * 0.6) / 2,
      14,
    )
  })

  test('cross terms: none, half of unequal orders', () => {
    expect(parseSurface('3 3 2 0 0 1 0 1 1 2 3 4', []).coefficients).toEqual([1, 2, 3, 4, 0, 0])
    expect(parseSurface('3 3 2 2 0 1 0 1 1 2 3 4 5', []).coefficients).toEqual([1, 2, 3, 4, 5, 0])
  })

  test.for([
    { text: '4 1 1 1 0 1 0 1 0', found: 'basis 4' },
    { text: '1 99 1 1 0 1 0 1', found: 'orders 99, 1' },
    { text: '1 1.5 1 1 0 1 0 1', found: 'orders 1.5, 1' },
    { text: '1 2 2 1 0 1 0 1 5', found: '1 coefficients' },
    { text: '1 2 2 7 0 1 0 1 5', found: '1 coefficients' },
    { text: '1 1 1 1 3 3 0 1 5', found: 'ranges 3 to 3' },
    { text: '1 1 1 one 0 1 0 1 5', found: '1 1 1 one' },
    { text: '', found: 'basis 0' },
  ])('$text is refused', ({ text, found }) => {
    expect(() => parseSurface(text, ['WAT1_001'])).toThrow(
      `WAT1_001: correction in a WAT string is not a polynomial surface: found ${found}`,
    )
  })
})

describe('lookup tables', () => {
  function value(x: number, y: number): number {
    const out = new Float64Array(3)
    lookupEvaluator(TABLE)(x, y, out)
    return out[0] ?? Number.NaN
  }

  test('linear between elements, constant beyond', () => {
    expect(value(1, 1)).toBe(0)
    expect(value(65, 1)).toBeCloseTo(0.01, 15)
    expect(value(33, 33)).toBeCloseTo(0.055, 15)
    expect(value(-1000, -1000)).toBe(0)
    expect(value(1e9, 1e9)).toBeCloseTo(0.23, 15)
    expect(value(Number.NaN, 5)).toBeNaN()
  })

  test('a table of one row', () => {
    const out = new Float64Array(3)
    lookupEvaluator({ ...TABLE, width: 4, height: 1, data: new Float32Array([0, 2, 4, 6]), cdelt: [1, 1] })(
      2.5,
      77,
      out,
    )
    expect([...out]).toEqual([3, 2, 0])
  })

  test('no table is no correction', () => {
    const out = Float64Array.of(7, 7, 7)
    lookupEvaluator(undefined)(5, 5, out)
    expect([...out]).toEqual([0, 0, 0])
  })

  test.for([
    { width: 5, height: 3 },
    { width: 0, height: 0 },
    { width: 2.5, height: 4 },
  ])('$width by $height does not fit its values', (size) => {
    expect(() => checkTable({ ...TABLE, ...size }, ['lookup'])).toThrow(/\[WCS_BAD_DISTORTION\]/)
  })

  test('increments of zero are refused', () => {
    expect(() => checkTable({ ...TABLE, cdelt: [0, 1] }, ['lookup'])).toThrow(/\[WCS_BAD_DISTORTION\]/)
  })
})
