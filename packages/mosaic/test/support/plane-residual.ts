import type { TestImage } from './images.ts'

/** How two images differ once a common plane is taken out. */
export interface PlaneResidual {
  readonly compared: number
  readonly rms: number
  readonly max: number
  /** Pixels with data in one image only. */
  readonly mismatched: number
}

/**
 * Residual of `b - a` about the plane that fits it best, over pixels with data in both whose neighbours up to `margin`
 * pixels away have data too. Images must be of one size.
 */
export function planeResidual(a: TestImage, b: TestImage, margin: number = 3): PlaneResidual {
  if (a.width !== b.width || a.height !== b.height) throw new Error('the images differ in size')
  const { width, height } = a
  const both = Uint8Array.from(a.data, (value, i) =>
    Number.isNaN(value) || Number.isNaN(b.data[i]!) ? 0 : 1,
  )
  const mismatched = a.data.reduce(
    (sum, value, i) => sum + (Number.isNaN(value) === Number.isNaN(b.data[i]!) ? 0 : 1),
    0,
  )
  const inside = erode(both, width, height, margin)
  const sums = new Float64Array(9)
  const eachPixel = (visit: (x: number, y: number, difference: number) => void): void => {
    for (let row = 0; row < height; row++) {
      for (let col = 0; col < width; col++) {
        const i = row * width + col
        if (inside[i] === 1) visit(col / width - 0.5, row / height - 0.5, b.data[i]! - a.data[i]!)
      }
    }
  }
  eachPixel((x, y, d) => {
    ;[1, x, y, x * x, x * y, y * y, d, x * d, y * d].forEach((term, k) => (sums[k]! += term))
  })
  const [p, q, r] = solve3(sums)
  let squares = 0
  let max = 0
  eachPixel((x, y, d) => {
    const residual = d - p * x - q * y - r
    squares += residual * residual
    max = Math.max(max, Math.abs(residual))
  })
  const compared = sums[0]!
  return { compared, rms: Math.sqrt(squares / compared), max, mismatched }
}

function erode(mask: Uint8Array, width: number, height: number, margin: number): Uint8Array {
  const rows = new Uint8Array(mask.length)
  for (let i = 0; i < mask.length; i++) {
    const col = i % width
    let isInside = col >= margin && col < width - margin
    for (let k = -margin; k <= margin && isInside; k++) isInside = mask[i + k] === 1
    rows[i] = isInside ? 1 : 0
  }
  const result = new Uint8Array(mask.length)
  for (let i = 0; i < mask.length; i++) {
    const row = Math.floor(i / width)
    let isInside = row >= margin && row < height - margin
    for (let k = -margin; k <= margin && isInside; k++) isInside = rows[i + k * width] === 1
    result[i] = isInside ? 1 : 0
  }
  return result
}

function solve3(s: Float64Array): readonly [number, number, number] {
  const [n, x, y, xx, xy, yy, d, xd, yd] = Array.from(s) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const det = (m: readonly number[]): number =>
    m[0]! * (m[4]! * m[8]! - m[5]! * m[7]!) -
    m[1]! * (m[3]! * m[8]! - m[5]! * m[6]!) +
    m[2]! * (m[3]! * m[7]! - m[4]! * m[6]!)
  const whole = det([xx, xy, x, xy, yy, y, x, y, n])
  return [
    det([xd, xy, x, yd, yy, y, d, y, n]) / whole,
    det([xx, xd, x, xy, yd, y, x, d, n]) / whole,
    det([xx, xy, xd, xy, yy, yd, x, y, d]) / whole,
  ]
}
