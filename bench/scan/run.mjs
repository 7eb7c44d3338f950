// Metadata scan: our mImgtbl over many FITS files against Montage's program of the same name, in turn, process start included. The files
// have the real headers of the demo's images, each at a place of its own; they are made once and kept under bench/out. The tables are
// compared in the same run. Usage: npm run bench -- scan [runs] [files]   (default 5 runs over 10,000 files)
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { installModules } from '@skyloom/montage/command'
import { keptData } from '../support/kept-data.mjs'
import { hasProgram, machine, measure, race, report, requireTime, store } from '../support/measure.mjs'

const CARD = 80
const BLOCK = 2880
const SIDE = 16

const [runsText = '5', countText = '10000'] = process.argv.slice(2)
const count = Number(countText)
const work = mkdtempSync(join(tmpdir(), 'skyloom-bench-'))

/** Headers of the demo's images, without padding. */
function demoHeaders() {
  const names = readdirSync('demo/images').filter((name) => name.endsWith('.fits.gz'))
  return names.map((name) => {
    const bytes = gunzipSync(readFileSync(join('demo/images', name)))
    const text = bytes.subarray(0, 40 * BLOCK).toString('latin1')
    const cards = []
    for (let at = 0; text.slice(at, at + CARD).trimEnd() !== 'END'; at += CARD)
      cards.push(text.slice(at, at + CARD))
    return cards
  })
}

function withValue(card, changes) {
  const value = changes[card.slice(0, 8).trimEnd()]
  return value === undefined ? card : `${card.slice(0, 10)}${String(value).padStart(20)}`.padEnd(CARD)
}

function fitsFile(cards, index) {
  const place = { CRVAL1: (index * 0.036) % 360, CRVAL2: ((index * 0.017) % 160) - 80 }
  const shape = { BITPIX: 16, NAXIS1: SIDE, NAXIS2: SIDE, CRPIX1: SIDE / 2, CRPIX2: SIDE / 2 }
  const text = [...cards, 'END'.padEnd(CARD)].map((card) => withValue(card, { ...place, ...shape })).join('')
  return Buffer.from(text.padEnd(BLOCK * Math.ceil(text.length / BLOCK)), 'latin1')
}

function makeFiles(folder) {
  const headers = demoHeaders()
  const pixels = Buffer.alloc(BLOCK)
  for (let index = 0; index < count; index++) {
    const bytes = Buffer.concat([fitsFile(headers[index % headers.length], index), pixels])
    writeFileSync(join(folder, `header-${String(index).padStart(6, '0')}.fits`), bytes)
  }
}

/** Rows of the two tables that are not the same but for the counter: Montage's program takes the files as the disk lists them. */
function differentRows() {
  const [ours, theirs] = ['ours.tbl', 'theirs.tbl'].map((name) => {
    const lines = readFileSync(join(work, name), 'latin1').trim().split('\n')
    const rows = lines.filter((line) => line.startsWith(' '))
    return new Set(rows.map((row) => row.trim().split(/ +/).slice(1).join(' ')))
  })
  return [...ours].filter((row) => !theirs.has(row)).length + Math.abs(ours.size - theirs.size)
}

try {
  requireTime()
  const folder = keptData(`headers-${count}`, makeFiles)
  const cwd = dirname(folder)
  const bin = join(work, 'bin')
  await installModules(bin)
  const contestants = [
    {
      name: 'skyloom mImgtbl',
      run: () => measure(join(bin, 'mImgtbl'), [basename(folder), join(work, 'ours.tbl')], { cwd }),
    },
  ]
  const hasPeer = hasProgram('mImgtbl')
  if (hasPeer)
    contestants.push({
      name: 'Montage mImgtbl',
      run: () => measure('mImgtbl', [basename(folder), join(work, 'theirs.tbl')], { cwd }),
    })
  console.log(`${count} headers, ${runsText} runs in turn after a warm-up`)
  console.log(machine())
  const results = race(contestants, Number(runsText))
  report(results)
  const different = hasPeer ? differentRows() : undefined
  if (hasPeer) console.log(`rows of the tables that differ: ${different} of ${count}`)
  store('scan', results, { files: count, different })
} finally {
  rmSync(work, { recursive: true, force: true })
}
