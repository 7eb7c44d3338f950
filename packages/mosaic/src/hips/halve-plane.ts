/**
 * Halves a square plane in place: each pixel becomes the mean of the 2 x 2 pixels under it that have data, NaN where none has. The result takes the
 * first quarter of the array, with half the side as stride.
 *
 * @param side even
 */
export function halvePlaneInPlace(data: Float32Array, side: number): void {
  const half = side >> 1
  for (let row = 0; row < half; row++) {
    let low = 2 * row * side
    let high = low + side
    for (let col = 0, to = row * half; col < half; col++, to++, low += 2, high += 2) {
      const a = data[low]!
      const b = data[low + 1]!
      const c = data[high]!
      const d = data[high + 1]!
      const sum = a + b + c + d
      // Four pixels with data are the common case and need no counting.
      data[to] = Number.isNaN(sum) ? meanOfSome(a, b, c, d) : sum / 4
    }
  }
}

function meanOfSome(a: number, b: number, c: number, d: number): number {
  let sum = 0
  let count = 0
  if (!Number.isNaN(a)) {
    sum += a
    count++
  }
  if (!Number.isNaN(b)) {
    sum += b
    count++
  }
  if (!Number.isNaN(c)) {
    sum += c
    count++
  }
  if (!Number.isNaN(d)) {
    sum += d
    count++
  }
  return count > 0 ? sum / count : Number.NaN
}
