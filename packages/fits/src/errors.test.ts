import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { FITS_ERRORS, FitsError, formatLocation } from './errors.ts'

describe('an error', () => {
  test('tells place, finding, allowed values and what to do', () => {
    const location = { file: 'm51.fits', hdu: 1, keyword: 'BITPIX', card: 2, byteOffset: 2960 }
    const error = new FitsError('FITS_BAD_VALUE', location, 'no such type of pixels', {
      found: '12',
      allowed: '8, 16, 32, 64, -32, -64',
      remedy: 'correct the card',
    })
    expect(error.message).toBe(
      'm51.fits, HDU 1, BITPIX (card 2), byte 2960: no such type of pixels: found 12, allowed 8, 16, 32, 64, -32, -64; correct the card [FITS_BAD_VALUE]',
    )
    expect(error.location).toEqual(location)
  })

  test.for([
    { location: {}, parts: [] },
    { location: { file: 'a.hdr', line: 7 }, parts: ['a.hdr', 'line 7'] },
    { location: { hdu: 0, card: 3 }, parts: ['HDU 0', 'card 3'] },
    { location: { file: 'a.fits', keyword: 'CRVAL1', line: 9 }, parts: ['a.fits', 'CRVAL1 (line 9)'] },
    { location: { hdu: 1, column: 'ra', row: 12 }, parts: ['HDU 1', 'column ra', 'row 12'] },
  ])('at $location', ({ location, parts }) => {
    expect(formatLocation(location)).toEqual(parts)
  })
})

test('every code is met by a test', () => {
  const folders = [
    fileURLToPath(new URL('.', import.meta.url)),
    fileURLToPath(new URL('../test', import.meta.url)),
  ]
  const tests = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.test.ts') && name !== 'errors.test.ts')
      .map((name) => readFileSync(`${folder}/${name}`, 'utf8')),
  )
  expect(Object.keys(FITS_ERRORS).filter((code) => !tests.some((text) => text.includes(code)))).toEqual([])
})
