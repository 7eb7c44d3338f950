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

// Elements by index: taking tuples apart goes through iterators, which costs twice as much before the code is compiled.

/** Sum to about 2^-104. */
export function addDoubles(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const sum = a[0] + b[0]
  return normalised(sum, sumError(a[0], b[0], sum) + a[1] + b[1])
}

/** Product to about 2^-102. */
export function multiplyDoubles(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const product = a[0] * b[0]
  return normalised(product, productError(a[0], b[0], product) + a[0] * b[1] + a[1] * b[0])
}

/** Quotient to about 2^-102. */
export function divideDoubles(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const first = a[0] / b[0]
  const product = first * b[0]
  const rest = a[0] - product - productError(first, b[0], product) + a[1] - first * b[1]
  return normalised(first, rest / b[0])
}

function normalised(high: number, low: number): DoubleDouble {
  const sum = high + low
  return [sum, high - sum + low]
}
