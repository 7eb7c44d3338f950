import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { PlainValue } from '../model/plain.ts'
import { appendYaml, jsonText, yamlScalar } from './yaml-text.ts'

function yaml(value: PlainValue): string {
  const out: string[] = []
  appendYaml(out, value, '')
  return out.join('')
}

const scalarCases = [
  { text: 'mProject', written: 'mProject' },
  { text: '/usr/bin/mProject', written: '/usr/bin/mProject' },
  { text: 'file:///data/f.a', written: 'file:///data/f.a' },
  { text: '-i', written: '-i' },
  { text: '--seed', written: '--seed' },
  { text: '5.0.4', written: "'5.0.4'" },
  { text: '42', written: "'42'" },
  { text: '1e5', written: "'1e5'" },
  { text: '2026-11-22', written: "'2026-11-22'" },
  { text: '12:30', written: "'12:30'" },
  { text: 'true', written: "'true'" },
  { text: 'No', written: "'No'" },
  { text: '~', written: "'~'" },
  { text: '', written: "''" },
  { text: 'a: b', written: "'a: b'" },
  { text: 'a #b', written: "'a #b'" },
  { text: "it's", written: "it's" },
  { text: "'quoted'", written: "'''quoted'''" },
  { text: '{a}', written: "'{a}'" },
  { text: 'a\nb', written: '"a\\nb"' },
  { text: 'a\tb', written: '"a\\tb"' },
  { text: '\u2028', written: '"\\u2028"' },
  { text: 'f.å', written: 'f.å' },
  { text: '#x', written: "'#x'" },
  { text: '- x', written: "'- x'" },
  { text: '---', written: "'---'" },
]

test.for(scalarCases)('writes $text as $written', ({ text, written }) => {
  expect(yamlScalar(text)).toBe(written)
})

test('any text is read back as the same text by YAML 1.1 and 1.2', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^[-+.:_ #'"{}\[\],&*!|>%@`?~0-9a-fA-FnNyYxXoO]{0,8}$/),
  )
  fc.assert(
    fc.property(text, (value) => {
      const document = `k: ${yamlScalar(value)}\nl:\n- ${yamlScalar(value)}\n`
      for (const version of ['1.1', '1.2'] as const) {
        expect(parse(document, { version })).toEqual({ k: value, l: [value] })
      }
    }),
    { numRuns: 3000 },
  )
})

test('nested values are read back the same', () => {
  const value = fc.letrec<{ node: PlainValue }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('node'), { maxLength: 3 }),
      fc.array(fc.tuple(fc.string(), tie('node')), { maxLength: 3 }).map((pairs) => new Map(pairs)),
    ),
  })).node
  fc.assert(
    fc.property(value, (data) => {
      expect(parse(yaml(data), { mapAsMap: true })).toEqual(data)
      expect(parse(jsonText(data), { mapAsMap: true })).toEqual(data)
    }),
    { numRuns: 500 },
  )
})

test('writes lists of lists, empty collections and numbers', () => {
  const value = new Map<string, PlainValue>([
    ['a', [[1, 2], [], new Map<string, PlainValue>()]],
    ['b', -1.5],
    ['c', Number.POSITIVE_INFINITY],
  ])
  expect(yaml(value)).toBe('a:\n-\n  - 1\n  - 2\n- []\n- {}\nb: -1.5\nc: .inf\n')
})
