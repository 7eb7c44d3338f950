import { expect, test } from 'vitest'
import { splitArguments } from './arguments.ts'

test.each([
  [
    ['-i', 'a.fits'],
    ['-i', 'a.fits'],
  ],
  [
    ['-i a.fits', '-o  b.fits'],
    ['-i', 'a.fits', '-o', 'b.fits'],
  ],
  [['\'one word\' "two words"'], ['one word', 'two words']],
  [['a"b c"d'], ['ab cd']],
  [["''"], ['']],
  [['"\\"\\\\\\n"'], ['"\\\\n']],
  [['a\\ b'], ['a b']],
  [['a\tb\nc'], ['a', 'b', 'c']],
  [["it\\'s"], ["it's"]],
  [[], []],
])('%j is the vector %j', (list, words) => {
  expect(splitArguments(list)).toEqual(words)
})

test('a quote that is not closed is refused', () => {
  expect(() => splitArguments(["it's"])).toThrow(
    /a quote in the arguments of a job is not closed.*add the closing '/,
  )
})
