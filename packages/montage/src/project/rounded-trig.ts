// Sine and cosine rounded to the nearest float64. Engines differ in the last bit of Math.sin; the C library of the classic programs rounds
// (almost) correctly, and where a difference of nearly equal numbers follows, the last bit shows.

/** A number as an unevaluated sum of two float64. */
type Double = readonly [high: number, low: number]

/** Splitter of Dekker 1971, Numer. Math. 18, 224: 2^27 + 1. */
const SPLITTER = 134217729

function twoSum(a: number, b: number): Double {
  const sum = a + b
  const part = sum - a
  return [sum, a - (sum - part) + (b - part)]
}

function twoProduct(a: number, b: number): Double {
  const product = a * b
  const ta = SPLITTER * a
  const aHigh = ta - (ta - a)
  const aLow = a - aHigh
  const tb = SPLITTER * b
  const bHigh = tb - (tb - b)
  const bLow = b - bHigh
  return [product, aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow]
}

function add([a, aLow]: Double, [b, bLow]: Double): Double {
  const [sum, error] = twoSum(a, b)
  return twoSum(sum, error + aLow + bLow)
}

function multiply([a, aLow]: Double, [b, bLow]: Double): Double {
  const [product, error] = twoProduct(a, b)
  return twoSum(product, error + a * bLow + aLow * b)
}

function divide(a: Double, by: number): Double {
  const first = a[0] / by
  const [product, error] = twoProduct(first, by)
  return twoSum(first, (a[0] - product - error + a[1]) / by)
}

/** pi / 2 in two parts. */
const HALF_PI: Double = [Math.PI / 2, 6.123233995736766e-17]
/** Terms of the series for angles up to pi / 4: the rest is below 1e-34. */
const TERMS = 30

/** The sum of every second term of the series of exp(i r), from term `first` on. */
function series(r: Double, first: 0 | 1): Double {
  const square = multiply(r, r)
  let term: Double = first === 0 ? [1, 0] : r
  let sum = term
  for (let n = first + 2; n <= TERMS; n += 2) {
    term = divide(multiply(term, square), -(n * (n - 1)))
    sum = add(sum, term)
  }
  return sum
}

/**
 * Sine and cosine of an angle of at most some turns, in radian, rounded to nearest (but for ties beyond 2^-100).
 */
export function roundedSinCos(angleRad: number): { readonly sin: number; readonly cos: number } {
  const quarter = Math.round(angleRad / HALF_PI[0])
  const turned = multiply(HALF_PI, [-quarter, 0])
  const r = add([angleRad, 0], turned)
  const sin = series(r, 1)[0]
  const cos = series(r, 0)[0]
  switch (((quarter % 4) + 4) % 4) {
    case 0:
      return { sin, cos }
    case 1:
      return { sin: cos, cos: -sin }
    case 2:
      return { sin: -sin, cos: -cos }
    default:
      return { sin: -cos, cos: sin }
  }
}
