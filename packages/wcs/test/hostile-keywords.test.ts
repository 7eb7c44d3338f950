import { isSkyloomError } from '@skyloom/base'
import { expect, test } from 'vitest'
import { diagnoseWcs } from '../src/doctor/diagnose-wcs.ts'
import type { KeywordValue } from '../src/keywords/keyword-reader.ts'
import { PROJECTION_CODES } from '../src/projection/make-projection.ts'
import { pixelToSky, skyToPixel } from '../src/wcs/transform.ts'
import { wcsFromKeywords } from '../src/wcs/wcs-from-keywords.ts'
import {
  addSip,
  addTpv,
  addWat,
  type Cards,
  type Draw,
  distortedHeader,
  drawFrom,
  randomHeader,
} from './random-headers.ts'

/** Values a garbled or malicious card may have. */
const ODD_VALUES: readonly KeywordValue[] = [
  undefined,
  '',
  ' ',
  'RA---TAN',
  'DEC--TAN-SIP',
  '__proto__',
  '1D400',
  '1.5.2',
  'x'.repeat(5000),
  '"'.repeat(68),
  'lngcor = "1 32 32 1 0 1 0 1 0"',
  true,
  0,
  -0,
  1,
  -1,
  0.5,
  90,
  -90,
  180,
  1e300,
  -1e300,
  5e-324,
  Number.MAX_SAFE_INTEGER,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  99999999999999999999n,
  -1n,
]

const KEYWORDS = [
  ...[
    'NAXIS',
    'NAXIS1',
    'NAXIS2',
    'ZNAXIS',
    'ZNAXIS1',
    'WCSAXES',
    'CTYPE1',
    'CTYPE2',
    'CTYPE3',
    'CUNIT1',
    'CUNIT2',
  ],
  ...['CRPIX1', 'CRPIX2', 'CRVAL1', 'CRVAL2', 'CDELT1', 'CDELT2', 'CROTA1', 'CROTA2', 'LONPOLE', 'LATPOLE'],
  ...['CD1_1', 'CD1_2', 'CD2_1', 'CD2_2', 'PC1_1', 'PC1_2', 'PC2_1', 'PC2_2', 'PC001001', 'CD1_3', 'PC3_1'],
  ...['RADESYS', 'RADECSYS', 'EQUINOX', 'EPOCH', 'A_ORDER', 'B_ORDER', 'AP_ORDER', 'A_2_0', 'B_0_2', 'A_9_0'],
  ...[
    'PV1_0',
    'PV1_1',
    'PV1_2',
    'PV1_3',
    'PV1_4',
    'PV1_39',
    'PV2_0',
    'PV2_1',
    'PV2_2',
    'PV2_3',
    'PV2_29',
    'PV2_39',
  ],
  ...[
    'WAT1_001',
    'WAT1_002',
    'WAT2_001',
    'CPDIS1',
    'CPDIS2',
    'D2IMDIS1',
    'CQDIS1',
    '__proto__',
    'constructor',
  ],
  ...[
    'PLTRAH',
    'PLTRAM',
    'PLTRAS',
    'PLTDECSN',
    'PLTDECD',
    'PLTDECM',
    'PLTDECS',
    'PPO3',
    'PPO6',
    'XPIXELSZ',
    'YPIXELSZ',
  ],
  ...['CNPIX1', 'AMDX1', 'AMDX2', 'AMDX13', 'AMDY1', 'AMDY8'],
]

function startingHeader(draw: Draw): Cards {
  switch (draw.pick(['plain', 'sip', 'tpv', 'tnx', 'zpx'])) {
    case 'sip':
      return distortedHeader('TAN-SIP', draw, addSip)
    case 'tpv':
      return distortedHeader('TPV', draw, addTpv)
    case 'tnx':
      return distortedHeader('TNX', draw, (cards) => addWat(cards, 'tnx', draw))
    case 'zpx':
      return distortedHeader('ZPX', draw, (cards) => addWat(cards, 'zpx', draw))
    default:
      return randomHeader(draw.pick(PROJECTION_CODES), draw)
  }
}

/** A good header with one to four cards replaced, two in a thousand cut off in the middle. */
function garbledHeader(draw: Draw): ReadonlyMap<string, KeywordValue> {
  const cards = new Map<string, KeywordValue>(Object.entries(startingHeader(draw)))
  const changes = 1 + Math.floor(draw.unit() * 4)
  for (let change = 0; change < changes; change++) {
    const own = [...cards.keys()]
    const keyword = draw.chance(0.5) ? draw.pick(KEYWORDS) : draw.pick(own)
    const old = cards.get(keyword)
    if (typeof old === 'string' && draw.chance(0.5)) {
      const at = Math.floor(draw.unit() * old.length)
      cards.set(keyword, old.slice(0, at) + draw.pick(['', '-', '9', 'é', '\0']) + old.slice(at + 1))
    } else cards.set(keyword, draw.pick(ODD_VALUES))
  }
  return cards
}

/** Longest time one header may take, milliseconds; a thousandth is usual. */
const MAX_MS = 2000
const HEADERS = process.env.CI === 'true' ? 100_000 : 20_000

test(`${HEADERS} garbled headers: a system that converts or a typed error, in no time`, () => {
  const draw = drawFrom(Number(process.env.SKYLOOM_SEED ?? 11))
  let usable = 0
  let refused = 0
  let slowestMs = 0
  for (let i = 0; i < HEADERS; i++) {
    const cards = garbledHeader(draw)
    const start = performance.now()
    try {
      const wcs = wcsFromKeywords((keyword) => cards.get(keyword), { name: 'garbled' })
      usable++
      for (const [x, y] of [
        [1, 1],
        [1000, 700],
        [-1e9, 1e9],
      ] as const) {
        const sky = pixelToSky(wcs, x, y)
        if (sky === undefined) continue
        expect(sky.lonDeg).toBeGreaterThanOrEqual(0)
        expect(sky.lonDeg).toBeLessThan(360)
        expect(Math.abs(sky.latDeg)).toBeLessThanOrEqual(90)
        const pixel = skyToPixel(wcs, sky.lonDeg, sky.latDeg)
        if (pixel !== undefined)
          expect(Number.isFinite(pixel.fitsX) && Number.isFinite(pixel.fitsY)).toBe(true)
      }
    } catch (error) {
      if (!isSkyloomError(error))
        throw new Error(`header ${i}: ${JSON.stringify([...cards], bigintText)}`, { cause: error })
      refused++
      expect(error.code).toMatch(/^WCS_/)
      expect(error.where[0]).toBe('garbled')
      expect(error.message.length).toBeLessThan(2000)
    }
    if (i % 20 === 0) expect(diagnoseWcs((keyword) => cards.get(keyword)).isUsable).toBeTypeOf('boolean')
    slowestMs = Math.max(slowestMs, performance.now() - start)
  }
  expect(slowestMs).toBeLessThan(MAX_MS)
  // Both outcomes are well represented.
  expect(usable).toBeGreaterThan(HEADERS / 10)
  expect(refused).toBeGreaterThan(HEADERS / 10)
  expect(Object.prototype).not.toHaveProperty('polluted')
})

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value
}
