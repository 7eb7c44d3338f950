import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeProjection, PROJECTION_CODES, type ProjectionCode } from './make-projection.ts'
import type { Projection, ProjectionParameters } from './projection.ts'

const RAD = Math.PI / 180

/** Parameters with which a projection exists; others take none. */
const PARAMETERS: Readonly<Partial<Record<ProjectionCode, ProjectionParameters>>> = {
  AZP: [undefined, 2, 30],
  SZP: [undefined, 2, 180, 60],
  SIN: [undefined, 0.3, -0.2],
  ZPN: [0, 1, 0, -0.05],
  AIR: [undefined, 45],
  CYP: [undefined, 1, Math.SQRT1_2],
  CEA: [undefined, 0.75],
  COP: [undefined, 45, 25],
  COE: [undefined, -45, 25],
  COD: [undefined, 45, 25],
  COO: [undefined, 45, 25],
  BON: [undefined, 45],
  TOA: [undefined, 3],
}

const projectionOf = (code: ProjectionCode): Projection =>
  makeProjection(code, PARAMETERS[code] ?? [], { centreDeg: 0 })

/** Native phi and theta to the plane. */
function toPlane(projection: Projection, phiDeg: number, thetaDeg: number): readonly [number, number] {
  const [p, q, s] = [new Float64Array(1), new Float64Array(1), new Float64Array(1)]
  if (projection.form === 'angles') {
    p[0] = phiDeg
    q[0] = thetaDeg
  } else {
    p[0] = Math.cos(thetaDeg * RAD) * Math.cos(phiDeg * RAD)
    q[0] = Math.cos(thetaDeg * RAD) * Math.sin(phiDeg * RAD)
    s[0] = Math.sin(thetaDeg * RAD)
  }
  projection.fromNative(p, q, s, 1)
  return [p[0], q[0]]
}

/** Plane to native phi and theta. */
function toNative(projection: Projection, x: number, y: number): readonly [number, number] {
  const [p, q, s] = [Float64Array.of(x), Float64Array.of(y), new Float64Array(1)]
  projection.toNative(p, q, s, 1)
  const [a = Number.NaN] = p
  const [b = Number.NaN] = q
  const [c = Number.NaN] = s
  if (projection.form === 'angles') return [a, b]
  return [Math.atan2(b, a) / RAD, Math.atan2(c, Math.hypot(a, b)) / RAD]
}

/** Great-circle distance of two native points, degrees. */
function apart(a: readonly [number, number], b: readonly [number, number]): number {
  const sinTheta = Math.sin(((a[1] - b[1]) / 2) * RAD)
  const sinPhi = Math.sin(((a[0] - b[0]) / 2) * RAD)
  const h = sinTheta ** 2 + Math.cos(a[1] * RAD) * Math.cos(b[1] * RAD) * sinPhi ** 2
  return (2 * Math.asin(Math.sqrt(h))) / RAD
}

/**
 * Edges where the plane hardly moves with the sky: arcs of 1e-8 radian vanish in rounding (SIN at its limb, ZEA at its antipode, MOL at
 * its poles). The polynomials of CSC are no exact inverses.
 */
const CLOSES_DEG: Readonly<Partial<Record<ProjectionCode, number>>> = { CSC: 0.02 }
const EDGE_DEG = 3e-6

describe('native sphere to plane and back', () => {
  test.for(PROJECTION_CODES)('%s', (code) => {
    const projection = projectionOf(code)
    const native = fc.tuple(
      fc.double({ min: -180, max: 180, noNaN: true }),
      fc.double({ min: -1, max: 1, noNaN: true }).map((sine) => Math.asin(sine) / RAD),
    )
    fc.assert(
      fc.property(native, ([phi, theta]) => {
        const [x, y] = toPlane(projection, phi, theta)
        // At 1e18 degrees from the reference point (TAN at its horizon) nothing is left of the position.
        if (!(Math.abs(x) + Math.abs(y) < 1e12)) return
        expect(apart(toNative(projection, x, y), [phi, theta])).toBeLessThan(CLOSES_DEG[code] ?? EDGE_DEG)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('plane to native sphere and back: never a wrong place', () => {
  test.for(PROJECTION_CODES.filter((code) => code !== 'CSC'))('%s', (code) => {
    const projection = projectionOf(code)
    const side = code === 'TOA' ? 2500 : 400
    const coordinate = fc.double({ min: -side, max: side, noNaN: true })
    fc.assert(
      fc.property(coordinate, coordinate, (x, y) => {
        const [phi, theta] = toNative(projection, x, y)
        if (Number.isNaN(phi) || Number.isNaN(theta)) return
        const [x2, y2] = toPlane(projection, phi, theta)
        // Several places of the plane may show one point (cube faces left and right, poles, seams): the sky is what must agree.
        expect(apart(toNative(projection, x2, y2), [phi, theta])).toBeLessThan(EDGE_DEG)
      }),
      { numRuns: 2000 },
    )
  })
})

/** Places that follow from the definitions in Paper II without computation. */
const KNOWN: readonly {
  readonly code: ProjectionCode
  readonly native: readonly [number, number]
  readonly plane: readonly [number, number]
}[] = [
  { code: 'TAN', native: [90, 45], plane: [180 / Math.PI, 0] },
  { code: 'STG', native: [180, 0], plane: [0, 360 / Math.PI] },
  { code: 'ARC', native: [90, -60], plane: [150, 0] },
  { code: 'ZEA', native: [0, 0], plane: [0, (-Math.SQRT2 * 180) / Math.PI] },
  { code: 'CAR', native: [-120, 33], plane: [-120, 33] },
  { code: 'MER', native: [10, 0], plane: [10, 0] },
  { code: 'SFL', native: [100, 60], plane: [50, 60] },
  { code: 'PAR', native: [100, 90], plane: [0, 90] },
  { code: 'MOL', native: [180, 0], plane: [(360 * Math.SQRT2) / Math.PI, 0] },
  { code: 'MOL', native: [50, 90], plane: [0, (180 * Math.SQRT2) / Math.PI] },
  { code: 'AIT', native: [180, 0], plane: [(360 * Math.SQRT2) / Math.PI, 0] },
  { code: 'AIT', native: [0, 90], plane: [0, (180 * Math.SQRT2) / Math.PI] },
  { code: 'PCO', native: [70, 0], plane: [70, 0] },
  { code: 'TSC', native: [45, 0], plane: [45, 0] },
  { code: 'QSC', native: [90, 0], plane: [90, 0] },
  { code: 'QSC', native: [0, 90], plane: [0, 90] },
  { code: 'HPX', native: [30, 0], plane: [30, 0] },
  { code: 'HPX', native: [45, 90], plane: [45, 90] },
  { code: 'XPH', native: [45, 90], plane: [0, 0] },
  // TOAST, level 3: 2048 pixels from 1; the equator points are the middles of the sides, the south pole the corners.
  { code: 'TOA', native: [0, 90], plane: [1025, 1025] },
  { code: 'TOA', native: [0, 0], plane: [2049, 1025] },
  { code: 'TOA', native: [90, 0], plane: [1025, 2049] },
  { code: 'TOA', native: [45, 0], plane: [1537, 1537] },
  { code: 'TOA', native: [0, 45], plane: [1537, 1025] },
  { code: 'TOA', native: [180, -45], plane: [1, 1537] },
]

describe('known places', () => {
  test.for(KNOWN)('$code $native is $plane', ({ code, native, plane }) => {
    const [x, y] = toPlane(projectionOf(code), ...native)
    expect(x).toBeCloseTo(plane[0], 9)
    expect(y).toBeCloseTo(plane[1], 9)
  })
})

/** Points of the plane without sky. */
const OFF_SKY: readonly { readonly code: ProjectionCode; readonly x: number; readonly y: number }[] = [
  { code: 'SIN', x: 90, y: 60 },
  { code: 'ARC', x: 128, y: 128 },
  { code: 'ZEA', x: 115, y: 0 },
  { code: 'CAR', x: 180.001, y: 0 },
  { code: 'CAR', x: 0, y: -90.001 },
  { code: 'CEA', x: 0, y: 90 },
  { code: 'SFL', x: 100, y: 60 },
  { code: 'PAR', x: 170, y: 45 },
  { code: 'MOL', x: 160, y: 30 },
  { code: 'AIT', x: 160, y: 30 },
  { code: 'TSC', x: 90, y: 50 },
  { code: 'HPX', x: 5, y: 85 },
  { code: 'HPX', x: 0, y: 91 },
  { code: 'XPH', x: 0, y: 100 },
  { code: 'TOA', x: 0.999, y: 5 },
  { code: 'TOA', x: 5, y: 2049.001 },
]

describe('off the sky', () => {
  test.for(OFF_SKY)('$code has none at $x, $y', ({ code, x, y }) => {
    expect(toNative(projectionOf(code), x, y)[0]).toBeNaN()
  })

  test.for([
    { code: 'TAN', theta: 0 },
    { code: 'TAN', theta: -30 },
    { code: 'STG', theta: -90 },
    { code: 'MER', theta: 90 },
  ] as const)('$code has no image of theta $theta', ({ code, theta }) => {
    const [x, y] = toPlane(projectionOf(code), 20, theta)
    expect(Number.isFinite(x) && Number.isFinite(y)).toBe(false)
  })

  test('orthographic: nothing beyond the limb', () => {
    const sin = makeProjection('SIN', [], { centreDeg: 0 })
    expect(toPlane(sin, 20, 0.001)[0]).not.toBeNaN()
    expect(toPlane(sin, 20, -0.001)[0]).toBeNaN()
  })

  test('the last places before an edge', () => {
    expect(toNative(projectionOf('CAR'), 180, 90)).toEqual([180, 90])
    expect(toNative(projectionOf('CAR'), 180 + 1e-12, 0)).toEqual([180, 0])
    expect(toNative(projectionOf('AIT'), (360 * Math.SQRT2) / Math.PI, 0)[0]).toBeCloseTo(180, 6)
  })
})

/** Parameters with which a projection does not exist. */
const REFUSED: readonly {
  readonly code: ProjectionCode
  readonly pv: ProjectionParameters
  readonly keyword: string
}[] = [
  { code: 'AZP', pv: [undefined, -1], keyword: 'PV2_1' },
  { code: 'AZP', pv: [undefined, 1, 90], keyword: 'PV2_2' },
  { code: 'SZP', pv: [undefined, -1, 0, 90], keyword: 'PV2_1' },
  { code: 'ZPN', pv: [], keyword: 'PV2_1' },
  { code: 'ZPN', pv: [0, -1], keyword: 'PV2_1' },
  { code: 'AIR', pv: [undefined, -90], keyword: 'PV2_1' },
  { code: 'CYP', pv: [undefined, 1, 0], keyword: 'PV2_2' },
  { code: 'CYP', pv: [undefined, 1, -1], keyword: 'PV2_1' },
  { code: 'CEA', pv: [undefined, 0], keyword: 'PV2_1' },
  { code: 'COP', pv: [undefined, 0], keyword: 'PV2_1' },
  { code: 'COP', pv: [undefined, 30, 90], keyword: 'PV2_2' },
  { code: 'COE', pv: [undefined, 0, 20], keyword: 'PV2_1' },
  { code: 'COD', pv: [], keyword: 'PV2_1' },
  { code: 'COD', pv: [undefined, 0, 20], keyword: 'PV2_1' },
  { code: 'COO', pv: [undefined, 90], keyword: 'PV2_1' },
  { code: 'COO', pv: [undefined, 100], keyword: 'PV2_1' },
  { code: 'BON', pv: [], keyword: 'PV2_1' },
  { code: 'BON', pv: [undefined, 91], keyword: 'PV2_1' },
  { code: 'HPX', pv: [undefined, 2.5], keyword: 'PV2_1' },
  { code: 'HPX', pv: [undefined, 4, 0], keyword: 'PV2_2' },
  { code: 'TOA', pv: [undefined, 31], keyword: 'PV2_1' },
]

describe('parameters with which there is no projection', () => {
  test.for(REFUSED)('$code $pv', ({ code, pv, keyword }) => {
    const make = (): unknown => makeProjection(code, pv, { centreDeg: 0 })
    expect(make).toThrow(new RegExp(`^${keyword}: projection ${code} .*\\[WCS_BAD_PARAMETER\\]$`))
  })
})

test('Bonne with theta_1 = 0 is SFL', () => {
  const bon = makeProjection('BON', [undefined, 0], { centreDeg: 0 })
  expect(toPlane(bon, 100, 60)).toEqual(toPlane(projectionOf('SFL'), 100, 60))
})

/** Area on the plane of a small quadrangle, per square degree of phi and theta. */
function areaScale(projection: Projection, phi: number, theta: number): number {
  const d = 1e-3
  const [ax, ay] = toPlane(projection, phi - d, theta)
  const [bx, by] = toPlane(projection, phi + d, theta)
  const [cx, cy] = toPlane(projection, phi, theta - d)
  const [ex, ey] = toPlane(projection, phi, theta + d)
  return Math.abs((bx - ax) * (ey - cy) - (by - ay) * (ex - cx)) / (4 * d * d)
}

test.for(['ZEA', 'CEA', 'SFL', 'PAR', 'MOL', 'AIT', 'COE', 'BON', 'QSC', 'HPX', 'XPH'] as const)(
  '%s keeps the ratio of areas',
  (code) => {
    const projection = projectionOf(code)
    const [near, far] = [10.7, 33.3]
    const ratio = areaScale(projection, 20.3, far) / areaScale(projection, 20.3, near)
    expect(ratio).toBeCloseTo(Math.cos(far * RAD) / Math.cos(near * RAD), 6)
  },
)
