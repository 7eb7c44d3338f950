// A made-up stack: images of one field on one grid, each with noise and cosmic-ray hits of its own, stars and sky in common.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const BLOCK = 2880
const SKY = 100
const NOISE = 5
const STARS_PER_PIXEL = 1 / 2000
const HITS_PER_PIXEL = 1 / 5000
const STAR_SIGMA = 1.2
const REACH = 6

/** Reproducible numbers from 0 to 1 (xorshift). */
function numbers(seed) {
  let state = (seed * 2654435761) >>> 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

/** Cards of the images, which are those of the mosaic too. */
function cardsOf(side) {
  return [
    ['SIMPLE', 'T'],
    ['BITPIX', -32],
    ['NAXIS', 2],
    ['NAXIS1', side],
    ['NAXIS2', side],
    ['CTYPE1', "'RA---TAN'"],
    ['CTYPE2', "'DEC--TAN'"],
    ['CRPIX1', side / 2 + 0.5],
    ['CRPIX2', side / 2 + 0.5],
    ['CRVAL1', 150],
    ['CRVAL2', 20],
    ['CDELT1', -1 / 3600],
    ['CDELT2', 1 / 3600],
    ['RADESYS', "'ICRS'"],
    ['GAIN', 1],
  ].map(([keyword, value]) => `${keyword.padEnd(8)}= ${String(value).padStart(20)}`.padEnd(80))
}

function headerBytes(side) {
  const text = [...cardsOf(side), 'END'.padEnd(80)].join('')
  return Buffer.from(text.padEnd(BLOCK * Math.ceil(text.length / BLOCK)), 'latin1')
}

/** What all images see. */
function fieldOf(side) {
  const random = numbers(1)
  const field = new Float32Array(side * side).fill(SKY)
  for (let star = 0; star < side * side * STARS_PER_PIXEL; star++) {
    const [x, y, peak] = [side * random(), side * random(), 20 / (0.01 + random())]
    for (let row = Math.max(0, Math.floor(y) - REACH); row < Math.min(side, y + REACH); row++) {
      for (let col = Math.max(0, Math.floor(x) - REACH); col < Math.min(side, x + REACH); col++) {
        field[row * side + col] += peak * Math.exp(-((col - x) ** 2 + (row - y) ** 2) / (2 * STAR_SIGMA ** 2))
      }
    }
  }
  return field
}

/** Writes so many images of `side` x `side` pixels, float32, 1 arcsec, and the header template of their grid. */
export function makeStack(folder, count, side) {
  const field = fieldOf(side)
  const header = headerBytes(side)
  writeFileSync(join(folder, 'template.hdr'), `${cardsOf(side).join('\n')}\nEND\n`)
  const pixels = side * side
  // Noise is cut from one long row of normal numbers, at another place for each image row: drawing it anew would take minutes.
  const random = numbers(2)
  const noise = Float32Array.from(
    { length: 2 ** 21 },
    () => NOISE * Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()),
  )
  for (let index = 0; index < count; index++) {
    const bytes = Buffer.alloc(BLOCK * Math.ceil((4 * pixels) / BLOCK))
    const image = new Float32Array(pixels)
    for (let row = 0; row < side; row++) {
      const from = Math.floor(random() * (noise.length - side))
      for (let col = 0; col < side; col++)
        image[row * side + col] = field[row * side + col] + noise[from + col]
    }
    for (let hit = 0; hit < pixels * HITS_PER_PIXEL; hit++)
      image[Math.floor(random() * pixels)] += 2000 * random()
    const stored = Buffer.from(image.buffer)
    stored.swap32()
    stored.copy(bytes)
    writeFileSync(
      join(folder, `image-${String(index).padStart(4, '0')}.fits`),
      Buffer.concat([header, bytes]),
    )
  }
}
