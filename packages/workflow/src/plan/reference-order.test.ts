import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildDigraph } from '../graph/digraph.ts'
import { EdgeCollector } from '../graph/edge-list.ts'
import { hashText, sortByPlace, tablePlace, tableSize, walkByTables } from './reference-order.ts'

test('hashes are 31-ary polynomials in 32 bits', () => {
  expect(hashText('')).toBe(0)
  expect(hashText('ab')).toBe(97 * 31 + 98)
  expect(hashText('zzzzzzzz')).toBe(Array.from('zzzzzzzz').reduce((h) => (Math.imul(31, h) + 122) | 0, 0))
  expect(hashText('b', hashText('a'))).toBe(hashText('ab'))
})

test('tables are three quarters full at most', () => {
  expect([0, 12, 13, 24, 25, 48, 49].map(tableSize)).toEqual([16, 16, 32, 32, 64, 64, 128])
})

test('short and long rows are sorted by place, equal places keep their order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 90 }), (values) => {
      const hashes = Int32Array.from(values)
      const items = Uint32Array.from(values.keys())
      const size = tableSize(values.length)
      const place = (k: number): number => tablePlace(hashes[k]!, size)
      const expected = [...values.keys()].sort((a, b) => place(a) - place(b) || a - b)
      sortByPlace(items, 0, items.length, hashes, size)
      expect([...items]).toEqual(expected)
    }),
  )
})

test('a walk visits every node after its parents', () => {
  const edges = new EdgeCollector()
  for (let node = 1; node < 50; node++) {
    edges.add(Math.floor(node / 3), node)
    if (node > 10) edges.add(node - 7, node)
  }
  const graph = buildDigraph(50, edges)
  const hashes = Int32Array.from({ length: 50 }, (_, k) => hashText(`node ${k}`))
  const order = walkByTables(graph, hashes, { roots: (count) => count, ties: 50 })
  const at = new Map([...order].map((node, k) => [node, k]))
  expect(at.size).toBe(50)
  for (let node = 1; node < 50; node++) expect(at.get(Math.floor(node / 3))).toBeLessThan(at.get(node) ?? -1)
})
