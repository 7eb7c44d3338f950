// Trigonometric functions rounded to the nearest float64. Engines differ from each other and from C libraries in the last bit of those of
// Math (V8: 3 % of sines, 20 % of arc tangents); C libraries round correctly but for one value in a thousand. Where a difference of nearly
// equal numbers follows, as in the areas of small spherical polygons by their angles, that bit shows.
import { cosDeg, DEG_TO_RAD, sinDeg } from './angles.ts'
import {
  addDoubles,
  type DoubleDouble,
  divideDoubles,
  multiplyDoubles,
  productError,
  sumError,
} from './double-double.ts'

/** Points of the tables lie so many to the unit. */
const STEPS = 64
/** Pi / 2 in two parts. */
const HALF_PI: DoubleDouble = [Math.PI / 2, 6.123233995736766e-17]

/** Arc tangents of k / 64, and their differences from right angles, as sums of two numbers: (high, low) of each k, for four quarters. */
interface ArcTable {
  /** Octants by place: 0 to 45, 45 to 90, 90 to 135 and 135 to 180 degrees. */
  readonly octants: readonly [Float64Array, Float64Array, Float64Array, Float64Array]
}

/** Sines and cosines of k / 64 radian up to 45 degrees: high and low of both for each k. */
type CircleTable = Float64Array

let arcs: ArcTable | undefined
let circle: CircleTable | undefined

/**
 * Arc tangent of y / x in the right quadrant, radian, rounded to nearest: wrong in about one of 10^5 values by one last place.
 *
 * The quotient is brought to less than 1 / 128 by the addition theorem with the nearest k / 64, in twice the precision.
 */
export function roundedAtan2(y: number, x: number): number {
  return arcTangent(y, 0, x, 0)
}

/** Arc sine, radian, rounded to nearest; NaN beyond -1 to 1. */
export function roundedAsin(value: number): number {
  if (Math.abs(value) < 1e-8) return value
  const square = 1 - value * value
  return arcTangent(value, 0, Math.sqrt(square), rootError(value, square))
}

/** Arc cosine, radian, rounded to nearest; NaN beyond -1 to 1. */
export function roundedAcos(value: number): number {
  const square = 1 - value * value
  return arcTangent(Math.sqrt(square), rootError(value, square), value, 0)
}

/** What is missing in Math.sqrt(square) of the root of 1 - value^2; `square` is 1 - value^2 as rounded. */
function rootError(value: number, square: number): number {
  if (!(square > 0)) return 0
  const product = value * value
  const low = 1 - square - product - productError(value, value, product)
  const root = Math.sqrt(square)
  const power = root * root
  return (square - power - productError(root, root, power) + low) / (2 * root)
}

/** Sizes between which nothing overflows or vanishes on the way. */
const LEAST = 1e-120
const MOST = 1e120

/** All but the last 7 bits of a number. */
function upperBits(a: number): number {
  const t = 129 * a
  return t - (t - a)
}

function arcTangent(y: number, yLow: number, x: number, xLow: number): number {
  const isLow = y < 0
  const isLeft = x < 0
  const ay = isLow ? -y : y
  const ax = isLeft ? -x : x
  const isSteep = ay > ax
  const n = isSteep ? ax : ay
  const d = isSteep ? ay : ax
  if (!(n > LEAST && d < MOST)) return Math.atan2(y, x)
  const sideLow = isLeft ? -xLow : xLow
  const heightLow = isLow ? -yLow : yLow
  const nLow = isSteep ? sideLow : heightLow
  const dLow = isSteep ? heightLow : sideLow
  const k = Math.round((STEPS * n) / d)
  const t = k / STEPS
  // Numerator n - t d and denominator d + t n: the products of t, of 6 bits, with the upper parts are exact.
  const dUpper = upperBits(d)
  const nUpper = upperBits(n)
  const above = n - t * dUpper
  const aboveLow = sumError(n, -t * dUpper, above) - t * (d - dUpper) + (nLow - t * dLow)
  const below = d + t * nUpper
  const belowLow = sumError(d, t * nUpper, below) + t * (n - nUpper) + (dLow + t * nLow)
  const u = above / below
  const product = u * below
  const uLow = (above - product - productError(u, below, product) + aboveLow - u * belowLow) / below
  const v = u * u
  // The series of the arc tangent up to u^9: |u| <= 1 / 128.
  const rest = uLow + u * v * (-1 / 3 + v * (0.2 + v * (-1 / 7 + v / 9)))
  const octant = isLeft ? (isSteep ? 2 : 3) : isSteep ? 1 : 0
  arcs ??= makeArcs()
  const table = arcs.octants[octant]
  const base = table[2 * k]!
  const baseLow = table[2 * k + 1]!
  // The arc runs backwards in the second and fourth octant.
  const isBack = octant === 1 || octant === 3
  const turn = isBack ? -u : u
  const sum = base + turn
  const angle = sum + (sumError(base, turn, sum) + (baseLow + (isBack ? -rest : rest)))
  return isLow ? -angle : angle
}

/** Sine of an angle of at most some turns, radian, rounded to nearest. */
export function roundedSin(angleRad: number): number {
  return turned(angleRad, 0)
}

/** Cosine of an angle of at most some turns, radian, rounded to nearest. */
export function roundedCos(angleRad: number): number {
  return turned(angleRad, 1)
}

/** Sine of an angle in degrees: that of the angle in radian as rounded, rounded to nearest; exact at multiples of 90. */
export function roundedSinDeg(angleDeg: number): number {
  return angleDeg % 90 === 0 ? sinDeg(angleDeg) : roundedSin(angleDeg * DEG_TO_RAD)
}

/** Cosine of an angle in degrees, as {@link roundedSinDeg}. */
export function roundedCosDeg(angleDeg: number): number {
  return angleDeg % 90 === 0 ? cosDeg(angleDeg) : roundedCos(angleDeg * DEG_TO_RAD)
}

/** Beyond so many quarter turns a right angle in two parts is not exact enough. */
const MAX_QUARTERS = 1e6

/** Sine of an angle and some right angles. */
function turned(angleRad: number, quarters: number): number {
  const turns = Math.round(angleRad / HALF_PI[0])
  if (!(Math.abs(turns) < MAX_QUARTERS)) return quarters === 0 ? Math.sin(angleRad) : Math.cos(angleRad)
  const whole = turns * HALF_PI[0]
  const r = angleRad - whole
  const rLow = -productError(turns, HALF_PI[0], whole) - turns * HALF_PI[1]
  const quarter = (turns + quarters) & 3
  const value = small(r, rLow, (quarter & 1) === 1)
  return quarter >= 2 ? -value : value
}

/** Sine or cosine of r + rLow, at most 45 degrees: by the addition theorem from the nearest k / 64, in twice the precision. */
function small(r: number, rLow: number, isCosine: boolean): number {
  const side = Math.abs(r)
  const sideLow = r < 0 ? -rLow : rLow
  const at = 4 * Math.round(STEPS * side)
  const offset = side - at / (4 * STEPS)
  const h = offset + sideLow
  const hLow = offset - h + sideLow
  circle ??= makeCircle()
  // The value is a cos h + b sin h.
  const a = circle[isCosine ? at + 2 : at]!
  const aLow = circle[isCosine ? at + 3 : at + 1]!
  const b = isCosine ? -circle[at]! : circle[at + 2]!
  const bLow = isCosine ? -circle[at + 1]! : circle[at + 3]!
  const v = h * h
  const product = b * h
  const sum = a + product
  const rest =
    sumError(a, product, sum) +
    (productError(b, h, product) + aLow + bLow * h + b * hLow) -
    a * v * (0.5 - v * (1 / 24 - v / 720)) -
    b * h * v * (1 / 6 - v * (1 / 120 - v / 5040))
  const value = sum + rest
  return r < 0 && !isCosine ? -value : value
}

/** Terms of the series of numbers up to 1 / 64: the rest is below 2^-115. */
const TERMS = 18

function makeArcs(): ArcTable {
  const arc: DoubleDouble[] = [[0, 0]]
  for (let k = 0; k < STEPS; k++) {
    // atan((k + 1) / n) - atan(k / n) = atan(n / (n n + k (k + 1)))
    const u = divideDoubles([STEPS, 0], [STEPS * STEPS + k * (k + 1), 0])
    const square = multiplyDoubles(u, u)
    let power: DoubleDouble = u
    let sum: DoubleDouble = u
    for (let n = 3; n < TERMS; n += 2) {
      power = multiplyDoubles(power, square)
      sum = addDoubles(sum, divideDoubles(power, [n % 4 === 3 ? -n : n, 0]))
    }
    arc.push(addDoubles(arc[k]!, sum))
  }
  const octant = (base: DoubleDouble, sign: 1 | -1): Float64Array =>
    Float64Array.from(arc.flatMap(([high, low]) => addDoubles(base, [sign * high, sign * low])))
  const straight: DoubleDouble = [2 * HALF_PI[0], 2 * HALF_PI[1]]
  return { octants: [octant([0, 0], 1), octant(HALF_PI, -1), octant(HALF_PI, 1), octant(straight, -1)] }
}

function makeCircle(): CircleTable {
  const sineStep = series([1 / STEPS, 0], 1 / STEPS ** 2)
  const cosineStep = series([1, 0], 1 / STEPS ** 2, 0)
  const rows: number[] = []
  let sine: DoubleDouble = [0, 0]
  let cosine: DoubleDouble = [1, 0]
  for (let k = 0; k <= Math.ceil((STEPS * Math.PI) / 4); k++) {
    rows.push(...sine, ...cosine)
    const [minusSine, minusSineLow] = multiplyDoubles(sine, sineStep)
    const next = addDoubles(multiplyDoubles(sine, cosineStep), multiplyDoubles(cosine, sineStep))
    cosine = addDoubles(multiplyDoubles(cosine, cosineStep), [-minusSine, -minusSineLow])
    sine = next
  }
  return Float64Array.from(rows)
}

/** First term of the series of the sine (`start` 1) or cosine (0), and all that follow it; `square` is exact. */
function series(first: DoubleDouble, square: number, start: 0 | 1 = 1): DoubleDouble {
  let term = first
  let sum = first
  for (let n = start + 2; n < TERMS; n += 2) {
    term = divideDoubles(multiplyDoubles(term, [square, 0]), [-n * (n - 1), 0])
    sum = addDoubles(sum, term)
  }
  return sum
}
