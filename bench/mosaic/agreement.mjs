// How well two mosaics of the same grid agree: a fast wrong mosaic does not count.
import { readImage } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'

/** Pixels of an image and its reference pixel. */
export async function loadImage(path) {
  const file = await openFitsFile(path)
  try {
    const hdu = await file.hdu(0)
    const { data, width, height } = await readImage(hdu, { as: 'float64' })
    return { data, width, height, x: hdu.header.number('CRPIX1'), y: hdu.header.number('CRPIX2') }
  } finally {
    await file.close()
  }
}

/**
 * The difference of two images about the plane that fits it best, over pixels that have data in both; images may be cut differently,
 * their reference pixels say how they lie.
 */
export async function agreement(pathA, pathB) {
  const a = await loadImage(pathA)
  const b = await loadImage(pathB)
  const dx = Math.round(b.x - a.x)
  const dy = Math.round(b.y - a.y)
  // The survey of 315 images has 100 million of them: no lists of numbers.
  const eachDifference = (use) => {
    for (let row = 0; row < a.height; row++) {
      const j = row + dy
      if (j < 0 || j >= b.height) continue
      for (let col = Math.max(0, -dx); col < a.width && col + dx < b.width; col++) {
        const d = a.data[row * a.width + col] - b.data[j * b.width + col + dx]
        if (!Number.isNaN(d)) use(col / a.width - 0.5, row / a.height - 0.5, d)
      }
    }
  }
  const sums = new Float64Array(9)
  eachDifference((x, y, d) => addTerms(sums, x, y, d))
  const [p, q, r] = solvePlane(sums)
  const rest = new Float64Array(sums[0])
  let count = 0
  let squares = 0
  eachDifference((x, y, d) => {
    const v = Math.abs(d - p - q * x - r * y)
    rest[count++] = v
    squares += v * v
  })
  const rms = Math.sqrt(squares / count)
  const sorted = rest.sort()
  return { pixels: rest.length, rms, p99: sorted[Math.floor(0.99 * rest.length)], max: sorted.at(-1) }
}

/** Side of the blocks whose medians show the background, pixels. */
const BLOCK = 64

/**
 * How far the background of a mosaic is from the truth: medians of its difference from the true sky in blocks of 64 x 64 pixels, about
 * the plane that fits them best, since no mosaic knows the plane of its sky. Stars and noise hardly move a median.
 */
export async function backgroundError(path, truthPath) {
  const a = await loadImage(path)
  const truth = await loadImage(truthPath)
  const dx = Math.round(truth.x - a.x)
  const dy = Math.round(truth.y - a.y)
  const medians = []
  const sums = new Float64Array(9)
  for (let row0 = 0; row0 + BLOCK <= a.height; row0 += BLOCK) {
    for (let col0 = 0; col0 + BLOCK <= a.width; col0 += BLOCK) {
      const d = blockMedian(a, truth, { row0, col0, dx, dy })
      if (d === undefined) continue
      const [x, y] = [col0 / a.width - 0.5, row0 / a.height - 0.5]
      medians.push([x, y, d])
      addTerms(sums, x, y, d)
    }
  }
  const [p, q, r] = solvePlane(sums)
  const rest = medians.map(([x, y, d]) => Math.abs(d - p - q * x - r * y))
  return {
    blocks: rest.length,
    rms: Math.sqrt(rest.reduce((sum, v) => sum + v * v, 0) / rest.length),
    max: Math.max(...rest),
  }
}

function blockMedian(a, truth, { row0, col0, dx, dy }) {
  const values = []
  for (let row = row0; row < row0 + BLOCK; row++) {
    for (let col = col0; col < col0 + BLOCK; col++) {
      const [i, j] = [col + dx, row + dy]
      if (i < 0 || j < 0 || i >= truth.width || j >= truth.height) continue
      const d = a.data[row * a.width + col] - truth.data[j * truth.width + i]
      if (!Number.isNaN(d)) values.push(d)
    }
  }
  if (values.length < BLOCK ** 2 / 2) return undefined
  return Float64Array.from(values).sort()[values.length >> 1]
}

function addTerms(sums, x, y, d) {
  sums[0] += 1
  sums[1] += x
  sums[2] += y
  sums[3] += x * x
  sums[4] += x * y
  sums[5] += y * y
  sums[6] += d
  sums[7] += x * d
  sums[8] += y * d
}

function solvePlane([n, x, y, xx, xy, yy, d, xd, yd]) {
  const det = (a, b, c, e, f, g, h, i, j) => a * (f * j - g * i) - b * (e * j - g * h) + c * (e * i - f * h)
  const all = det(n, x, y, x, xx, xy, y, xy, yy)
  return [
    det(d, x, y, xd, xx, xy, yd, xy, yy) / all,
    det(n, d, y, x, xd, xy, y, yd, yy) / all,
    det(n, x, d, x, xx, xd, y, xy, yd) / all,
  ]
}
