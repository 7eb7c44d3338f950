import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { stringify } from 'yaml'
import { lineTable, ProblemCollector } from '../problem/collector.ts'
import { LeaveToLibrary, LimitReached } from './cursor.ts'
import { parseWithLibrary } from './library-parser.ts'
import { DEFAULT_YAML_LIMITS, type ItemReader, type YamlNode } from './node.ts'
import { parseQuickly } from './quick-parser.ts'

const NO_READERS: ReadonlyMap<string, ItemReader> = new Map()

/** A tree without offsets of empty values, which both readers place differently. */
function plain(node: YamlNode | undefined): unknown {
  if (node === undefined) return null
  if (node.kind === 'scalar') {
    const isEmpty = node.value === null && node.text === ''
    return isEmpty ? null : [Number.isNaN(node.value) ? 'NaN' : node.value, node.text, node.offset]
  }
  if (node.kind === 'streamed') return node.itemCount
  if (node.kind === 'list') return { items: node.items.map(plain), offset: node.offset }
  return { keys: node.keys, keyOffsets: node.keyOffsets, values: node.values.map(plain), offset: node.offset }
}

function quick(text: string): unknown {
  return plain(parseQuickly(text, DEFAULT_YAML_LIMITS, NO_READERS).root)
}

function library(text: string): { readonly tree: unknown; readonly problems: readonly string[] } {
  const problems = new ProblemCollector('text', lineTable(text))
  const tree = plain(parseWithLibrary(text, problems, DEFAULT_YAML_LIMITS))
  return { tree, problems: problems.refused().problems.map((problem) => problem.code) }
}

/** Both readers must agree wherever the quick one does not leave the text to the library. */
function expectAgreement(text: string): void {
  let tree: unknown
  let doubled = 0
  try {
    const document = parseQuickly(text, DEFAULT_YAML_LIMITS, NO_READERS)
    tree = plain(document.root)
    doubled = document.doubledKeys.length
  } catch (error) {
    if (error instanceof LeaveToLibrary || error instanceof LimitReached) return
    throw error
  }
  const truth = library(text)
  expect(truth.problems).toEqual(Array.from({ length: doubled }, () => 'DUPLICATE_KEY'))
  expect(tree).toEqual(truth.tree)
}

const readCases = [
  { name: 'block mappings and lists', text: 'a:\n- b: 1\n  c: x y\n-\n  d: 2\ne:\n  - - f\n    - g\n' },
  { name: 'lists at the column of their key', text: 'jobs:\n- id: a\n- id: b\nname: x\n' },
  { name: 'flow style over several lines', text: 'a: {b: [1, 2,\n  3], "c":"d"}\n' },
  { name: 'JSON', text: '{\n "a": [true, null, 1.5e3, "x\\u0041\\n"],\n "b": {}\n}\n' },
  { name: 'comments everywhere', text: '# head\n---\na: b # tail\n# between\nc: "d#e" # tail\n' },
  { name: 'plain texts over several lines', text: 'a: one\n  two\n\n  three\nb: x\n' },
  {
    name: 'quoted texts over several lines',
    text: "a: \"one\n  two \\\n  three\n\n  four\"\nb: 'it''s\n  so'\n",
  },
  { name: 'colons and hashes inside texts', text: 'a: http://host:80/x#y\nb: -x\nc: a:b\n' },
  { name: 'empty values', text: 'a:\nb: ~\nc:\n- \n-\n' },
  {
    name: 'numbers keep their text',
    text: '- 5.0\n- 0x1F\n- 007\n- +3\n- .5\n- 1_000\n- 5.0.4\n- .inf\n- .nan\n',
  },
  { name: 'an empty document', text: '# nothing\n\n' },
]

describe('the quick reader agrees with the library', () => {
  test.for(readCases)('$name', ({ text }) => {
    expect(quick(text)).toEqual(library(text).tree)
  })

  test('on what the library writes of any value', () => {
    const value = fc.letrec((tie) => ({
      leaf: fc.oneof(
        fc.string(),
        fc.string({ unit: 'grapheme' }),
        fc.integer(),
        fc.double(),
        fc.boolean(),
        fc.constant(null),
      ),
      node: fc.oneof(
        { depthSize: 'small' },
        tie('leaf'),
        fc.array(tie('node'), { maxLength: 4 }),
        fc.dictionary(fc.string(), tie('node'), { maxKeys: 4 }),
      ),
    })).node
    const style = fc.constantFrom('any' as const, 'block' as const, 'flow' as const)
    const width = fc.constantFrom(0, 40, 80)
    fc.assert(
      fc.property(value, style, width, (data, collectionStyle, lineWidth) => {
        expectAgreement(stringify(data, { collectionStyle, lineWidth }))
      }),
      { numRuns: 400 },
    )
  })

  test('on any mixture of marks', () => {
    const words = [
      'a',
      'k: v',
      'key:',
      '- ',
      '- a',
      '- k: v\n  l: w',
      ': ',
      ':',
      '\n',
      '\n  ',
      '\n    ',
      '\n- ',
      '\n\n',
      '#c',
      ' #c',
      '"q"',
      "'it''s'",
      '"\\u0041"',
      '"a\n  b"',
      '[a, b]',
      '{a: b}',
      '[',
      ']',
      '{',
      '}',
      ',',
      '---',
      '...',
      '? ',
      '&a ',
      '*a',
      '!t ',
      '|',
      '>',
      '\t',
      '"',
      "'",
      '\\',
      '%',
      '@',
      '<<: ',
      '~',
      'null',
      'true',
      '1.5',
      '-3',
      '.inf',
      'é',
      '\u0001',
    ]
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 14 }), (parts) => {
        expectAgreement(parts.join(''))
      }),
      { numRuns: 4000 },
    )
  })
})

const leftCases = [
  { name: 'anchors', text: 'a: &x 1\nb: 2\n' },
  { name: 'tags', text: 'a: !!str 1\n' },
  { name: 'block texts', text: 'a: |\n  x\n' },
  { name: 'merge keys', text: '<<: {a: 1}\nb: 2\n' },
  { name: 'tabs in the indentation', text: 'a:\n\tb: 1\n' },
  { name: 'several documents', text: 'a: 1\n---\nb: 2\n' },
  { name: 'wrong indentation', text: 'a: 1\n  b: 2\n' },
  { name: 'a missing bracket', text: 'a: [1, 2\n' },
]

test.for(leftCases)('leaves $name to the library', ({ text }) => {
  expect(() => quick(text)).toThrow(LeaveToLibrary)
})

test('gives the items of a streamed list to its reader and does not keep them', () => {
  const seen: unknown[] = []
  const readers = new Map([['jobs', (item: YamlNode, index: number) => seen.push([index, plain(item)])]])
  const { root } = parseQuickly('name: x\njobs:\n- a\n- b\nrest: y\n', DEFAULT_YAML_LIMITS, readers)
  expect(seen).toEqual([
    [0, ['a', 'a', 16]],
    [1, ['b', 'b', 20]],
  ])
  expect(root?.kind === 'mapping' ? root.values[1] : undefined).toEqual({
    kind: 'streamed',
    itemCount: 2,
    offset: 14,
  })
})

test('streams lists of JSON too, and only under keys of the root', () => {
  const seen: unknown[] = []
  const readers = new Map([['jobs', (item: YamlNode) => seen.push(item.kind)]])
  parseQuickly('{"x": {"jobs": [1]}, "jobs": [{"id": 1}, 2]}', DEFAULT_YAML_LIMITS, readers)
  expect(seen).toEqual(['mapping', 'scalar'])
})

test('stops at the deepest level and the longest text', () => {
  const limits = { ...DEFAULT_YAML_LIMITS, maxDepth: 4, maxScalarChars: 10 }
  expect(() => parseQuickly('[[[[[1]]]]]', limits, NO_READERS)).toThrow('nested too deeply')
  expect(() => parseQuickly(`a: ${'x'.repeat(11)}\n`, limits, NO_READERS)).toThrow('a text is too long')
})
