import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { CardValue } from './card.ts'
import { formatCard } from './format-card.ts'
import { parseHeaderRecords } from './parse-header.ts'

const printable = fc.string({
  unit: fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)),
  maxLength: 400,
})
const keyword = fc
  .stringMatching(/^[A-Z][A-Z0-9_-]{0,7}$/)
  .filter((name) => !['END', 'COMMENT', 'HISTORY', 'CONTINUE', 'HIERARCH'].includes(name))
const real = fc.double({ noDefaultInfinity: true, noNaN: true })
const value: fc.Arbitrary<CardValue> = fc.oneof(
  printable,
  fc.integer(),
  fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n }),
  real,
  fc.boolean(),
  fc.record({ re: real, im: real }).filter(({ re, im }) => `(${re}, ${im})`.length < 60),
  fc.constant(undefined),
)

/** What a value is after writing and reading: trailing blanks of strings mean nothing, small bigints are numbers. */
function canonical(written: CardValue): CardValue {
  if (typeof written === 'string') return written.replace(/ +$/, '')
  if (
    typeof written === 'bigint' &&
    BigInt.asIntN(54, written) === written &&
    Number.isSafeInteger(Number(written))
  ) {
    return Number(written)
  }
  return written
}

test('every value reads back as it was written', () => {
  fc.assert(
    fc.property(keyword, value, printable, (name, written, comment) => {
      const raw = formatCard(name, written, comment.trim())
      const cards = parseHeaderRecords(raw).cards()
      expect(raw.length % 80).toBe(0)
      expect(cards).toHaveLength(1)
      expect(cards[0]).toMatchObject({ keyword: name, value: canonical(written), fault: undefined })
    }),
    { numRuns: 3000 },
  )
})

test('any bytes are a header of some kind: nothing throws and nothing is lost', () => {
  const record = fc.oneof(
    fc.string({
      unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
      maxLength: 80,
    }),
    fc.constantFrom(
      "__proto__= 'x'",
      'constructor= 5',
      "A       = 'long&'",
      "CONTINUE  'more&'",
      'CONTINUE   / x',
      'HIERARCH = 3',
      'HIERARCH A B',
    ),
  )
  fc.assert(
    fc.property(fc.array(record, { maxLength: 30 }), (records) => {
      const text = records.map((part) => part.padEnd(80)).join('')
      const header = parseHeaderRecords(text)
      expect(
        header
          .cards()
          .map((card) => card.raw)
          .join(''),
      ).toBe(text)
    }),
    { numRuns: 2000 },
  )
})
