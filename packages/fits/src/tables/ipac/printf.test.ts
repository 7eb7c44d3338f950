import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { askPython, lacksPython } from '../../../../../testing/peers.ts'
import { padToWidth, parsePrintf, printfDigits } from './printf.ts'

function printf(format: string, value: number | bigint | string): string {
  const parsed = parsePrintf(format)
  const digits = printfDigits(parsed, value)
  return (
    parsed.before +
    padToWidth(parsed, digits, parsed.width === 'longest' ? digits.length : parsed.width) +
    parsed.after
  )
}

describe('printf', () => {
  const cases: readonly (readonly [format: string, value: number | bigint | string, text: string])[] = [
    ['%6d', 42, '    42'],
    [' %-6d|', 42, ' 42    |'],
    ['%06d', -42, '-00042'],
    ['%+d', 5, '+5'],
    ['%d', 12345678901234567890n, '12345678901234567890'],
    ['%d', -3.9, '-3'],
    ['%d', -0.5, '0'],
    ['%13.7f', 83.5915159, '   83.5915159'],
    ['%.2f', 0.125, '0.12'],
    ['%.2f', 0.375, '0.38'],
    ['%.1f', 485.25, '485.2'],
    ['%.0f', 2.5, '2'],
    ['%.0f', 3.5, '4'],
    ['%16.1f', -0.02, '            -0.0'],
    ['%.3f', 1e22, '10000000000000000000000.000'],
    ['%13.5e', -4.47176e-3, ' -4.47176e-03'],
    ['%19.10e', 2.777777845e-4, '   2.7777778450e-04'],
    ['%.0e', 2.5, '2e+00'],
    ['%.1E', 1.25e123, '1.2E+123'],
    ['%e', 0, '0.000000e+00'],
    ['%.14G', 256.5, '256.5'],
    ['%g', 1e-5, '1e-05'],
    ['%g', 1234567, '1.23457e+06'],
    ['%g', 100000, '100000'],
    ['%5.1f', Number.NaN, '  nan'],
    ['%05.1f', -Infinity, ' -inf'],
    ['diff.%06d.fits', 7, 'diff.000007.fits'],
    ['%-8s|', 'abc', 'abc     |'],
    ['%.2s', 'abc', 'ab'],
  ]
  test.for(cases)('%s of %s is %s', ([format, value, text]) => {
    expect(printf(format, value)).toBe(text)
  })

  test.for(['', 'text', '%d %d', '%5000d', '%.99f', '%x', '%'])('does not understand %o', (format) => {
    expect(() => parsePrintf(format)).toThrow('the column format is not understood: found')
  })

  test.skipIf(lacksPython('sys'))('prints random numbers as C does', () => {
    const formats = [
      '%16.5e',
      '%13.7f',
      '%14.2f',
      '%16.1f',
      '%.0f',
      '%.14g',
      '%19.10e',
      '%.3g',
      '%013.3f',
      '%+.2e',
    ]
    const numbers = fc.sample(
      fc.oneof(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.integer({ min: -1_000_000, max: 1_000_000 }).map((whole) => whole / 64),
        fc.integer({ min: -1000, max: 1000 }).map((whole) => whole / 2),
      ),
      { numRuns: 3000, seed: 7 },
    )
    // Python's % follows C; json has no -0, so numbers travel as text.
    const expected = askPython(
      "answer = [[f % float(x) for f in given['formats']] for x in given['numbers']]",
      {
        formats,
        numbers: numbers.map((number) => (Object.is(number, -0) ? '-0.0' : String(number))),
      },
    )
    expect(numbers.map((number) => formats.map((format) => printf(format, number)))).toEqual(expected)
  })
})
