// Speed of @skyloom/wcs against wcslib through astropy, in CPU time of one run: node bench/run.mjs wcs
// One million pixels to sky and back, and the map between two images. Best of several turns; without astropy only our own times.
import { spawnSync } from 'node:child_process'
import {
  approximateMap,
  evaluateMapRow,
  pixelMap,
  pixelsToSky,
  skyToPixels,
  wcsFromKeywords,
} from '@skyloom/wcs'

const PYTHON = process.env.SKYLOOM_PYTHON ?? '/usr/bin/python3'
const COUNT = 1_000_000
const SIDE = 1000
const TURNS = 6

const BASE = {
  NAXIS: 2,
  NAXIS1: 4000,
  NAXIS2: 4000,
  CRPIX1: 2000,
  CRPIX2: 2000,
  CRVAL1: 83.6,
  CRVAL2: -5.3,
  CDELT1: -1e-4,
  CDELT2: 1e-4,
  RADESYS: 'ICRS',
}

const header = (code, changes = {}) => ({
  ...BASE,
  CTYPE1: `RA---${code}`,
  CTYPE2: `DEC--${code}`,
  ...changes,
})

const sip = {}
for (const name of ['A', 'B']) {
  sip[`${name}_ORDER`] = 3
  for (const [i, j] of [
    [2, 0],
    [1, 1],
    [0, 2],
    [3, 0],
    [2, 1],
    [1, 2],
    [0, 3],
  ])
    sip[`${name}_${i}_${j}`] = 1e-3 / 4000 ** (i + j - 1)
}

const CASES = [
  { name: 'TAN', cards: header('TAN') },
  { name: 'SIN', cards: header('SIN') },
  { name: 'ZEA', cards: header('ZEA') },
  { name: 'CAR on the equator', cards: header('CAR', { CRVAL2: 0 }) },
  { name: 'CAR elsewhere', cards: header('CAR') },
  { name: 'AIT', cards: header('AIT') },
  { name: 'TAN-SIP', cards: header('TAN-SIP', sip) },
]
const OTHER = header('SIN', { CRVAL1: 83.65, CROTA2: 20 })

/** Least CPU time of some turns, ms. */
function cpu(run) {
  let least = Number.POSITIVE_INFINITY
  for (let turn = 0; turn < TURNS; turn++) {
    const start = process.cpuUsage()
    run()
    const { user, system } = process.cpuUsage(start)
    least = Math.min(least, (user + system) / 1000)
  }
  return least
}

function astropy() {
  const script = `
import json, sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np
from astropy.io import fits
from astropy.wcs import WCS
from astropy.wcs.utils import pixel_to_pixel

def wcs(cards):
    header = fits.Header()
    for key, value in cards.items():
        header[key] = value
    return WCS(header)

def cpu(run):
    best = 1e9
    for turn in range(${TURNS}):
        start = time.process_time(); run(); best = min(best, time.process_time() - start)
    return best * 1e3

given = json.load(sys.stdin)
rng = np.random.default_rng(1)
x, y = rng.uniform(1, 4000, (2, ${COUNT}))
answer = {}
for case in given["cases"]:
    w = wcs(case["cards"])
    lon, lat = w.all_pix2world(x, y, 1)
    forward = cpu(lambda: w.all_pix2world(x, y, 1))
    back = None if w.sip is not None else cpu(lambda: w.all_world2pix(lon, lat, 1))
    answer[case["name"]] = [forward, back]
a, b = wcs(given["from"]), wcs(given["to"])
rows, cols = np.mgrid[0:${SIDE}, 0:${SIDE}]
answer["map"] = [cpu(lambda: b.all_world2pix(*a.all_pix2world(cols, rows, 0), 0)), None]
json.dump(answer, sys.stdout)
`
  const input = JSON.stringify({ cases: CASES, from: CASES[0].cards, to: OTHER })
  const run = spawnSync(PYTHON, ['-c', script], { input, encoding: 'utf8' })
  return run.status === 0 ? JSON.parse(run.stdout) : {}
}

function line(name, ours, theirs) {
  const time = (ms) => (ms == null ? '-' : ms.toFixed(1)).padStart(9)
  const ratio = theirs == null ? '' : `${(theirs / ours).toFixed(1)} times as fast`
  console.log(`${name.padEnd(44)}${time(ours)} ms ${time(theirs)} ms  ${ratio}`)
}

const theirs = astropy()
console.log(`${''.padEnd(44)}${'skyloom'.padStart(12)}${'astropy'.padStart(13)}`)
const read = (cards) => wcsFromKeywords((keyword) => cards[keyword])
const [x, y, lon, lat, backX, backY] = Array.from({ length: 6 }, () => new Float64Array(COUNT))
for (let i = 0; i < COUNT; i++) {
  x[i] = 1 + Math.random() * 3999
  y[i] = 1 + Math.random() * 3999
}
for (const { name, cards } of CASES) {
  const wcs = read(cards)
  line(
    `${name}: 1e6 pixels to sky`,
    cpu(() => pixelsToSky(wcs, x, y, lon, lat)),
    theirs[name]?.[0],
  )
  line(
    `${name}: 1e6 positions to pixels`,
    cpu(() => skyToPixels(wcs, lon, lat, backX, backY)),
    theirs[name]?.[1],
  )
}
const exact = pixelMap(read(CASES[0].cards), read(OTHER))
const region = { col: 0, row: 0, width: SIDE, height: SIDE }
const xs = new Float64Array(SIDE)
const ys = new Float64Array(SIDE)
line(
  'TAN to SIN, exact: 1e6 pixels',
  cpu(() => {
    for (let row = 0; row < SIDE; row++) {
      for (let col = 0; col < SIDE; col++) xs[col] = col + 0.5
      ys.fill(row + 0.5)
      exact(xs, ys, xs, ys, SIDE)
    }
  }),
  theirs.map?.[0],
)
line(
  'the same approximated, grid included',
  cpu(() => {
    const map = approximateMap(exact, region)
    for (let row = 0; row < SIDE; row++) evaluateMapRow(map, exact, 0.5, row + 0.5, SIDE, xs, ys)
  }),
  theirs.map?.[0],
)
