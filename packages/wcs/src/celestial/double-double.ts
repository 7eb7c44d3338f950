/** Splitter of Dekker 1971, Numer. Math. 18, 224: 2^27 + 1. */
const SPLITTER = 134217729

/** What rounding took from a sum: a + b = sum + sumError(a, b, sum) exactly (Knuth, The Art of Computer Programming 2, 4.2.2). */
export function sumError(a: number, b: number, sum: number): number {
  const part = sum - a
  return a - (sum - part) + (b - part)
}

/** The upper 26 bits of a number; the rest fits into 26 bits as well. */
function upperHalf(a: number): number {
  const t = SPLITTER * a
  return t - (t - a)
}

/** What rounding took from a product: a b = product + productError(a, b, product) exactly, for magnitudes from 1e-140 to 1e140. */
export function productError(a: number, b: number, product: number): number {
  const aHigh = upperHalf(a)
  const aLow = a - aHigh
  const bHigh = upperHalf(b)
  const bLow = b - bHigh
  return aHigh * bHigh - product + aHigh * bLow + aLow * bHigh + aLow * bLow
}

/** A number as an unevaluated sum of two float64, about 106 bits. */
export type DoubleDouble = readonly [high: number, low: number]

/** Sum to about 2^-104. */
export function addDoubles([a, aLow]: DoubleDouble, [b, bLow]: DoubleDouble): DoubleDouble {
  const sum = a + b
  return normalised(sum, sumError(a, b, sum) + aLow + bLow)
}

/** Product to about 2^-102. */
export function multiplyDoubles([a, aLow]: DoubleDouble, [b, bLow]: DoubleDouble): DoubleDouble {
  const product = a * b
  return normalised(product, productError(a, b, product) + a * bLow + aLow * b)
}

/** Quotient to about 2^-102. */
export function divideDoubles([a, aLow]: DoubleDouble, [b, bLow]: DoubleDouble): DoubleDouble {
  const first = a / b
  const product = first * b
  return normalised(first, (a - product - productError(first, b, product) + aLow - first * bLow) / b)
}

function normalised(high: number, low: number): DoubleDouble {
  const sum = high + low
  return [sum, high - sum + low]
}
