import { expect, test } from 'vitest'
import type { CelestialFrame } from '../frame/frame.ts'
import { findCelestialAxes } from './axes.ts'
import { frameOf } from './frame-keywords.ts'
import { type KeywordValue, keywordReader } from './keyword-reader.ts'
import type { HeaderRules } from './rules.ts'

function frame(changes: Readonly<Record<string, KeywordValue>>, rules: HeaderRules): CelestialFrame {
  const cards = new Map(Object.entries({ NAXIS: 2, CTYPE1: 'RA---TAN', CTYPE2: 'DEC--TAN', ...changes }))
  const header = keywordReader((keyword) => cards.get(keyword))
  return frameOf(header, findCelestialAxes(header, ''), '', rules)
}

// FITS Standard 4.0, section 8.3 and table 24.
const STANDARD = [
  { cards: {}, frame: { system: 'icrs' } },
  { cards: { RADESYS: 'ICRS', EQUINOX: 2000 }, frame: { system: 'icrs' } },
  { cards: { RADESYS: 'FK5' }, frame: { system: 'fk5', equinoxYear: 2000 } },
  { cards: { RADESYS: 'FK5', EQUINOX: 1975 }, frame: { system: 'fk5', equinoxYear: 1975 } },
  { cards: { RADESYS: 'FK4' }, frame: { system: 'fk4', equinoxYear: 1950 } },
  { cards: { RADESYS: 'FK4-NO-E', EQUINOX: 1975 }, frame: { system: 'fk4-no-e', equinoxYear: 1975 } },
  { cards: { RADECSYS: 'fk5' }, frame: { system: 'fk5', equinoxYear: 2000 } },
  { cards: { EQUINOX: 1983.9 }, frame: { system: 'fk4', equinoxYear: 1983.9 } },
  { cards: { EQUINOX: 1984 }, frame: { system: 'fk5', equinoxYear: 1984 } },
  { cards: { EPOCH: 1950 }, frame: { system: 'fk4', equinoxYear: 1950 } },
  { cards: { EPOCH: 1950, EQUINOX: 2000 }, frame: { system: 'fk5', equinoxYear: 2000 } },
  { cards: { EQUINOX: 'J2000.0' }, frame: { system: 'fk5', equinoxYear: 2000 } },
  { cards: { RADESYS: '', EQUINOX: '' }, frame: { system: 'icrs' } },
  { cards: { EQUINOX: 0, EPOCH: 0 }, frame: { system: 'icrs' } },
  { cards: { EQUINOX: 0, EPOCH: 1950 }, frame: { system: 'fk4', equinoxYear: 1950 } },
  { cards: { CTYPE1: 'GLON-TAN', CTYPE2: 'GLAT-TAN', EQUINOX: 2000 }, frame: { system: 'galactic' } },
  { cards: { CTYPE1: 'SLON-TAN', CTYPE2: 'SLAT-TAN' }, frame: { system: 'supergalactic' } },
  { cards: { CTYPE1: 'ELON-TAN', CTYPE2: 'ELAT-TAN' }, frame: { system: 'ecliptic', equinoxYear: 2000 } },
  {
    cards: { CTYPE1: 'ELON-TAN', CTYPE2: 'ELAT-TAN', RADESYS: 'FK4' },
    frame: { system: 'ecliptic-b', equinoxYear: 1950 },
  },
] as const

test.for(STANDARD)('standard rules: $cards', ({ cards, frame: expected }) => {
  expect(frame(cards, 'fits')).toEqual(expected)
})

// What Montage reads: RADECSYS only, FK5 after 1980, an EPOCH of 0 is 1950.
const MONTAGE = [
  { cards: {}, frame: { system: 'fk5', equinoxYear: 2000 } },
  { cards: { RADESYS: 'FK4' }, frame: { system: 'fk5', equinoxYear: 2000 } },
  { cards: { RADECSYS: 'FK4' }, frame: { system: 'fk4', equinoxYear: 1950 } },
  { cards: { RADECSYS: 'ICRS' }, frame: { system: 'fk5', equinoxYear: 2000 } },
  { cards: { EQUINOX: 1980 }, frame: { system: 'fk4', equinoxYear: 1980 } },
  { cards: { EQUINOX: 1981 }, frame: { system: 'fk5', equinoxYear: 1981 } },
  { cards: { EPOCH: 0 }, frame: { system: 'fk4', equinoxYear: 1950 } },
] as const

test.for(MONTAGE)("Montage's rules: $cards", ({ cards, frame: expected }) => {
  expect(frame(cards, 'montage')).toEqual(expected)
})

test('an equinox that is no year', () => {
  expect(() => frame({ EQUINOX: 'now' }, 'fits')).toThrow(/EQUINOX.*\[WCS_BAD_VALUE\]/)
  expect(() => frame({ EQUINOX: 20000 }, 'fits')).toThrow(
    /EQUINOX.*found 20000, allowed 0 to 4000.*\[WCS_BAD_VALUE\]/,
  )
  expect(() => frame({ EQUINOX: -5 }, 'montage')).toThrow(/\[WCS_BAD_VALUE\]/)
})
