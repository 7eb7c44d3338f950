import { WcsError } from '../errors.ts'

/** Basis of a polynomial surface of IRAF's gsurfit. */
export type SurfaceBasis = 'chebyshev' | 'legendre' | 'power'

/** A polynomial surface over a rectangle, as IRAF's gsurfit writes it. Plain data. */
export interface Surface {
  readonly basis: SurfaceBasis
  /** Number of terms along x and y, one more than the highest power. */
  readonly xOrder: number
  readonly yOrder: number
  readonly xRange: readonly [number, number]
  readonly yRange: readonly [number, number]
  /** Coefficient of x power i, y power j at `j * xOrder + i`; zero where the cross terms leave it out. */
  readonly coefficients: readonly number[]
}

const BASES: readonly SurfaceBasis[] = ['chebyshev', 'legendre', 'power']
/** Terms along one axis; astrometric fits have fewer than ten. */
const MAX_ORDER = 32

/**
 * Reads a surface from the numbers of a WAT string: basis (1 Chebyshev, 2 Legendre, 3 powers), terms in x, terms in y,
 * cross terms (0 none, 1 all, 2 half: total power below the larger number of terms), ranges of x and y, coefficients with the powers of x
 * running fastest.
 *
 * @param where place for an error
 * @throws {WcsError} `WCS_BAD_DISTORTION` for numbers that make no surface
 *
 * Source: TNX and ZPX, registry of FITS conventions (Valdes 1998).
 */
export function parseSurface(text: string, where: readonly string[]): Surface {
  const numbers = text
    .trim()
    .split(/\s+/)
    .map((word) => Number(word.replace(/[Dd]/, 'E')))
  const [kind = Number.NaN, xOrder = 0, yOrder = 0, crossTerms = -1, x0 = 0, x1 = 0, y0 = 0, y1 = 0] = numbers
  const basis = BASES[kind - 1]
  const isOrder = (order: number): boolean => Number.isInteger(order) && order >= 1 && order <= MAX_ORDER
  if (numbers.some((value) => !Number.isFinite(value))) throw badSurface(where, text, 'numbers')
  if (basis === undefined) throw badSurface(where, `basis ${kind}`, '1, 2 or 3')
  if (!isOrder(xOrder) || !isOrder(yOrder))
    throw badSurface(where, `orders ${xOrder}, ${yOrder}`, `1 to ${MAX_ORDER}`)
  if (x0 === x1 || y0 === y1)
    throw badSurface(where, `ranges ${x0} to ${x1}, ${y0} to ${y1}`, 'ranges of some width')
  const coefficients = placeCoefficients(numbers.slice(8), xOrder, yOrder, crossTerms)
  if (coefficients === undefined)
    throw badSurface(where, `${numbers.length - 8} coefficients`, 'one for each term')
  return { basis, xOrder, yOrder, xRange: [x0, x1], yRange: [y0, y1], coefficients }
}

/** Puts the listed coefficients in their places, undefined when their number is wrong. */
function placeCoefficients(
  listed: readonly number[],
  xOrder: number,
  yOrder: number,
  crossTerms: number,
): number[] | undefined {
  if (![0, 1, 2].includes(crossTerms)) return undefined
  const isUsed = (i: number, j: number): boolean => {
    if (crossTerms === 1) return true
    return crossTerms === 0 ? i === 0 || j === 0 : i + j < Math.max(xOrder, yOrder)
  }
  const placed: number[] = []
  let next = 0
  for (let j = 0; j < yOrder; j++) {
    for (let i = 0; i < xOrder; i++) placed.push(isUsed(i, j) ? (listed[next++] ?? Number.NaN) : 0)
  }
  return next === listed.length ? placed : undefined
}

function badSurface(where: readonly string[], found: string, allowed: string): WcsError {
  return new WcsError('WCS_BAD_DISTORTION', 'correction in a WAT string is not a polynomial surface', {
    where,
    found,
    allowed,
    remedy: 'restore the WAT keywords from the original image; each card but the last holds 68 characters',
  })
}

/** Writes basis functions 0 to order - 1 at t to `values` and their derivatives to `slopes`. */
function fillBasis(
  basis: SurfaceBasis,
  t: number,
  order: number,
  values: Float64Array,
  slopes: Float64Array,
): void {
  values[0] = 1
  slopes[0] = 0
  if (order > 1) {
    values[1] = t
    slopes[1] = 1
  }
  for (let n = 2; n < order; n++) {
    // value n = a t value(n-1) - b value(n-2)
    const a = basis === 'chebyshev' ? 2 : basis === 'legendre' ? (2 * n - 1) / n : 1
    const b = basis === 'chebyshev' ? 1 : basis === 'legendre' ? (n - 1) / n : 0
    values[n] = a * t * values[n - 1]! - b * values[n - 2]!
    slopes[n] = a * (values[n - 1]! + t * slopes[n - 1]!) - b * slopes[n - 2]!
  }
}

/** Function that writes value, d/dx and d/dy of a surface to `out[0]` to `out[2]`. */
export function surfaceEvaluator(surface: Surface): (x: number, y: number, out: Float64Array) => void {
  const { basis, xOrder, yOrder } = surface
  const coefficients = Float64Array.from(surface.coefficients)
  // Chebyshev and Legendre polynomials run over -1 to 1; powers are taken of the coordinates themselves.
  const scaleOf = ([low, high]: readonly [number, number]): number =>
    basis === 'power' ? 1 : 2 / (high - low)
  const middleOf = ([low, high]: readonly [number, number]): number =>
    basis === 'power' ? 0 : (low + high) / 2
  const xScale = scaleOf(surface.xRange)
  const yScale = scaleOf(surface.yRange)
  const xMiddle = middleOf(surface.xRange)
  const yMiddle = middleOf(surface.yRange)
  const xValues = new Float64Array(xOrder)
  const xSlopes = new Float64Array(xOrder)
  const yValues = new Float64Array(yOrder)
  const ySlopes = new Float64Array(yOrder)
  return (x, y, out) => {
    fillBasis(basis, (x - xMiddle) * xScale, xOrder, xValues, xSlopes)
    fillBasis(basis, (y - yMiddle) * yScale, yOrder, yValues, ySlopes)
    let value = 0
    let dx = 0
    let dy = 0
    for (let j = 0; j < yOrder; j++) {
      let row = 0
      let rowDx = 0
      for (let i = 0; i < xOrder; i++) {
        const c = coefficients[j * xOrder + i]!
        row += c * xValues[i]!
        rowDx += c * xSlopes[i]!
      }
      value += row * yValues[j]!
      dx += rowDx * yValues[j]!
      dy += row * ySlopes[j]!
    }
    out[0] = value
    out[1] = dx * xScale
    out[2] = dy * yScale
  }
}
