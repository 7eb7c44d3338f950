import { describe, expect, test } from 'vitest'
import { readGetopt, readLeading } from './read-arguments.ts'

describe('arguments in the manner of getopt', () => {
  test('options may be bundled, values attached or separate, operands anywhere', () => {
    const reading = readGetopt(['in', '-nd', '3', 'out', '-p.5', '-f'], 'nd:p:f')
    expect(reading.options).toEqual([
      { name: 'n', value: undefined },
      { name: 'd', value: '3' },
      { name: 'p', value: '.5' },
      { name: 'f', value: undefined },
    ])
    expect(reading.operands).toEqual(['in', 'out'])
    expect(reading.badOption).toBeUndefined()
  })

  test('two dashes end the options, so that negative numbers are operands', () => {
    expect(readGetopt(['-n', '--', '-1', '-n'], 'n').operands).toEqual(['-1', '-n'])
  })

  test('an unknown option and a missing value are told', () => {
    expect(readGetopt(['-q'], 'n').badOption).toBe('-q')
    expect(readGetopt(['-:'], 'n:').badOption).toBe('-:')
    expect(readGetopt(['-s'], 's:').badOption).toBe('-s')
  })
})

describe('arguments with options first', () => {
  test('names have several letters and negative numbers are operands', () => {
    const reading = readLeading(['-min', '-5', '-n', 'in', '-2', '-n'], ['min:', 'n'])
    expect(reading.options).toEqual([
      { name: 'min', value: '-5' },
      { name: 'n', value: undefined },
    ])
    expect(reading.operands).toEqual(['in', '-2', '-n'])
  })

  test('an option may take several values, negative numbers too', () => {
    const reading = readLeading(['-bar', '1', '-2', '3', 'in'], ['bar:3'])
    expect(reading.options).toEqual([{ name: 'bar', value: '1', values: ['1', '-2', '3'] }])
    expect(reading.operands).toEqual(['in'])
    expect(readLeading(['-bar', '1', '2'], ['bar:3']).badOption).toBe('-bar')
  })

  test('an unknown option is told', () => {
    expect(readLeading(['-x', 'in'], ['n']).badOption).toBe('-x')
  })
})
