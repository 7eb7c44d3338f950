/** A 3 x 3 matrix, row after row. */
export type Matrix3 = readonly [number, number, number, number, number, number, number, number, number]

/** The matrix that changes nothing. */
export const IDENTITY3: Matrix3 = [1, 0, 0, 0, 1, 0, 0, 0, 1]

/** Matrix that turns the axes (not the vector) by an angle about x, right-handed. */
export function rotationX(angleRad: number): Matrix3 {
  const c = Math.cos(angleRad)
  const s = Math.sin(angleRad)
  return [1, 0, 0, 0, c, s, 0, -s, c]
}

/** Matrix that turns the axes (not the vector) by an angle about y, right-handed. */
export function rotationY(angleRad: number): Matrix3 {
  const c = Math.cos(angleRad)
  const s = Math.sin(angleRad)
  return [c, 0, -s, 0, 1, 0, s, 0, c]
}

/** Matrix that turns the axes (not the vector) by an angle about z, right-handed. */
export function rotationZ(angleRad: number): Matrix3 {
  const c = Math.cos(angleRad)
  const s = Math.sin(angleRad)
  return [c, s, 0, -s, c, 0, 0, 0, 1]
}

function multiplyTwo(a: Matrix3, b: Matrix3): Matrix3 {
  return [
    a[0] * b[0] + a[1] * b[3] + a[2] * b[6],
    a[0] * b[1] + a[1] * b[4] + a[2] * b[7],
    a[0] * b[2] + a[1] * b[5] + a[2] * b[8],
    a[3] * b[0] + a[4] * b[3] + a[5] * b[6],
    a[3] * b[1] + a[4] * b[4] + a[5] * b[7],
    a[3] * b[2] + a[4] * b[5] + a[5] * b[8],
    a[6] * b[0] + a[7] * b[3] + a[8] * b[6],
    a[6] * b[1] + a[7] * b[4] + a[8] * b[7],
    a[6] * b[2] + a[7] * b[5] + a[8] * b[8],
  ]
}

/** Product of matrices in written order: the last one acts on a vector first. */
export function multiply3(...factors: readonly Matrix3[]): Matrix3 {
  return factors.reduce(multiplyTwo, IDENTITY3)
}

/** Transposed matrix; for a rotation this is the inverse. */
export function transpose3(m: Matrix3): Matrix3 {
  return [m[0], m[3], m[6], m[1], m[4], m[7], m[2], m[5], m[8]]
}
