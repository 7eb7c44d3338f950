import { expect, test } from 'vitest'
import { Header } from './header.ts'
import { inheritHeader } from './inherit.ts'

const primary = (naxis: number): Header =>
  new Header()
    .set('SIMPLE', true)
    .set('BITPIX', 8)
    .set('NAXIS', naxis)
    .set('OBJECT', 'M 42')
    .set('EXPTIME', 30)
    .addHistory('x')

test('an extension takes over what it does not say itself', () => {
  const extension = new Header().set('XTENSION', 'IMAGE').set('INHERIT', true).set('EXPTIME', 15)
  const names = inheritHeader(extension, primary(0))
    .cards()
    .map((card) => card.raw.slice(0, 32).trimEnd())
  expect(names).toEqual([
    "XTENSION= 'IMAGE   '",
    'INHERIT =                    T',
    'EXPTIME =                   15',
    "OBJECT  = 'M 42    '",
  ])
})

test('nothing is inherited unasked, or from a primary HDU with data', () => {
  const asks = new Header().set('XTENSION', 'IMAGE').set('INHERIT', true)
  expect(inheritHeader(asks, primary(2)).has('OBJECT')).toBe(false)
  expect(inheritHeader(new Header().set('INHERIT', false), primary(0)).has('OBJECT')).toBe(false)
})
