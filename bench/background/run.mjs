// The background model of a made-up survey: a grid of images with planes and noise, six overlaps for each. Our direct solution at growing
// sizes, held against the truth; mBgModel's iteration (10,000 rounds, the default) on the sizes that it can do in a few minutes.
// Usage: npm run bench -- background [largest]   (default 10,000 images)

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { boxMoments, formatFitTable, solveBackground } from '@skyloom/mosaic'
import { hasProgram, machine, measure, requireTime, store } from '../support/measure.mjs'

const SIDE = 100
const STEP = 80
/** mBgModel needs about so many seconds for a round over a thousand fits. */
const CLASSIC_LARGEST = 400
const NOISE = 1e-3

const largest = Number(process.argv[2] ?? 10_000)
const work = mkdtempSync(join(tmpdir(), 'skyloom-bench-'))

/** Reproducible numbers between -1 and 1 (a linear congruential generator). */
function numbers(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  }
}

function survey(count) {
  const columns = Math.round(Math.sqrt(count))
  const random = numbers(7)
  const planes = Array.from({ length: count }, () => ({
    a: 0.02 * random(),
    b: 0.02 * random(),
    c: 100 * random(),
  }))
  const place = (image) => ({ x: STEP * (image % columns), y: STEP * Math.floor(image / columns) })
  const fits = []
  for (let plus = 0; plus < count; plus++) {
    const col = plus % columns
    // Right, above, both diagonals, and two steps in either direction where images of another epoch lie over each other.
    for (const [dx, dy] of [
      [1, 0],
      [0, 1],
      [1, 1],
      [-1, 1],
      [2, 0],
      [0, 2],
    ]) {
      const minus = plus + dx + dy * columns
      if (col + dx < 0 || col + dx >= columns || minus >= count) continue
      const [p, q] = [place(plus), place(minus)]
      const box = {
        x: (p.x + q.x) / 2,
        y: (p.y + q.y) / 2,
        width: dx === 0 ? SIDE : SIDE - STEP,
        height: dy === 0 ? SIDE : SIDE - STEP,
        angleDeg: 0,
      }
      const noisy = (key) => planes[plus][key] - planes[minus][key] + (key === 'c' ? NOISE * random() : 0)
      fits.push({ plus, minus, fit: fitOf({ a: noisy('a'), b: noisy('b'), c: noisy('c') }, box) })
    }
  }
  const moments = planes.map((_, image) =>
    boxMoments({ ...place(image), width: SIDE, height: SIDE, angleDeg: 0 }),
  )
  return { planes, moments, fits, place }
}

function fitOf(plane, box) {
  return {
    ...plane,
    xmin: box.x - box.width / 2,
    xmax: box.x + box.width / 2,
    ymin: box.y - box.height / 2,
    ymax: box.y + box.height / 2,
    xcenter: box.x,
    ycenter: box.y,
    npixel: box.width * box.height,
    rms: 1,
    box,
  }
}

/** Largest disagreement of corrected neighbours, data units: nothing but the noise when the solution is right. */
function worst({ planes, fits, place }, corrections) {
  const value = (image, x, y) => {
    const p = planes[image]
    const q = corrections[image]
    return (p.a - q.a) * x + (p.b - q.b) * y + p.c - q.c
  }
  return fits.reduce((most, { plus, minus }) => {
    const { x, y } = place(plus)
    return Math.max(most, Math.abs(value(plus, x, y) - value(minus, x, y)))
  }, 0)
}

function classic({ planes, fits, place }) {
  const images = ['|cntr|nl|ns|crpix1|crpix2|fname|', '|int|int|int|double|double|char|']
  const rows = planes.map((_, image) => {
    const { x, y } = place(image)
    return ` ${image} ${SIDE} ${SIDE} ${SIDE / 2 - x} ${SIDE / 2 - y} i${image}.fits `
  })
  writeFileSync(join(work, 'images.tbl'), `${alignTable([...images, ...rows])}\n`)
  const table = fits.map(({ plus, minus, fit }) => ({ plus, minus, values: valuesOf(fit) }))
  writeFileSync(join(work, 'fits.tbl'), formatFitTable(table))
  return measure('mBgModel', ['images.tbl', 'fits.tbl', 'corrections.tbl'], { cwd: work })
}

function valuesOf({ box, ...fit }) {
  const frame = { crpix1: 0, crpix2: 0 }
  const sides = { boxx: box.x, boxy: box.y, boxwidth: box.width, boxheight: box.height, boxang: box.angleDeg }
  return { ...fit, ...frame, ...sides }
}

/** Puts the words of rows under the columns of the first line. */
function alignTable([names, types, ...rows]) {
  const width = 12
  const bar = (line) =>
    `|${line
      .split('|')
      .slice(1, -1)
      .map((word) => word.padStart(width))
      .join('|')}|`
  return [
    bar(names),
    bar(types),
    ...rows.map(
      (row) =>
        ` ${row
          .trim()
          .split(/ +/)
          .map((word) => word.padStart(width))
          .join(' ')} `,
    ),
  ].join('\n')
}

try {
  console.log(machine())
  const rows = []
  for (let count = 100; count <= largest; count *= 10) {
    const made = survey(count)
    solveBackground(made.moments, made.fits, 'plane')
    const start = process.cpuUsage()
    const { corrections, iterations } = solveBackground(made.moments, made.fits, 'plane')
    const { user, system } = process.cpuUsage(start)
    const row = {
      images: count,
      pairs: made.fits.length,
      cpu: (user + system) / 1e6,
      iterations,
      worst: worst(made, corrections),
    }
    if (hasProgram('mBgModel') && count <= CLASSIC_LARGEST) {
      requireTime()
      row.classic = classic(made).cpu
    }
    rows.push(row)
    const peer =
      row.classic === undefined
        ? ''
        : `; mBgModel ${row.classic.toFixed(2)} s, ratio ${(row.cpu / row.classic).toFixed(4)}`
    console.log(
      `${count} images, ${row.pairs} pairs: ${row.cpu.toFixed(3)} CPU s, ${iterations} iterations, neighbours agree to ${row.worst.toPrecision(2)}${peer}`,
    )
  }
  store('background', new Map([['skyloom', rows]]))
} finally {
  rmSync(work, { recursive: true, force: true })
}
