import { expect, test } from 'vitest'
import { replicas } from '../../test/small-request.ts'
import type { ReplicaCatalog } from '../model/replica-catalog.ts'
import { PlanProblems } from './problem.ts'
import { ReplicaIndex, type ReplicaSource } from './replica-index.ts'

function source(name: string, lines: readonly string[], isMerged = false): ReplicaSource {
  return { name, catalog: replicas(lines), isMerged }
}

function indexOf(...sources: readonly ReplicaSource[]): ReplicaIndex {
  return new ReplicaIndex(sources, new PlanProblems())
}

const urls = (index: ReplicaIndex, lfn: string): readonly string[] | undefined =>
  index.find(lfn)?.locations.map((location) => location.pfn)

test('a source hides those after it', () => {
  const index = indexOf(
    source('cache', ['f local /c/f']),
    source('replica catalog', ['f local /r/f', 'g local /r/g']),
  )
  expect(urls(index, 'f')).toEqual(['/c/f'])
  expect(index.find('g')?.source).toBe('replica catalog')
  expect([index.has('f'), index.has('h'), index.isEmpty]).toEqual([true, false, false])
})

test('a merged source adds its places to those after it', () => {
  const index = indexOf(
    source('cache', ['f local /c/f'], true),
    source('replica catalog', ['f far scp://me@h/f']),
  )
  expect(urls(index, 'f')).toEqual(['/c/f', 'scp://me@h/f'])
})

test('two entries of a catalog for one file are put together', () => {
  expect(urls(indexOf(source('x', ['f local /a', 'f far /b'])), 'f')).toEqual(['/a', '/b'])
})

test('literal entries win over patterns, and the first pattern that matches is used', () => {
  const pattern = (lfn: string, pfn: string): ReplicaCatalog['replicas'][number] => ({
    lfn,
    isRegex: true,
    locations: [{ site: 'local', pfn }],
    metadata: [],
  })
  const catalog: ReplicaCatalog = {
    ...replicas(['f.lit local /literal']),
    replicas: [
      pattern('(f)\\.(.*)', '/first/[1]/[2]/[0]'),
      pattern('.*', '/second/[0]'),
      ...replicas(['f.lit local /literal']).replicas,
    ],
  }
  const index = indexOf({ name: 'x', catalog, isMerged: false })
  expect(urls(index, 'f.lit')).toEqual(['/literal'])
  expect(urls(index, 'f.1')).toEqual(['/first/f/1/f.1'])
  expect(urls(index, 'other')).toEqual(['/second/other'])
})

test('a pattern that is no regular expression is a problem', () => {
  const problems = new PlanProblems()
  const catalog: ReplicaCatalog = {
    ...replicas([]),
    replicas: [{ lfn: '(', isRegex: true, locations: [{ site: 'local', pfn: '/x' }], metadata: [] }],
  }
  expect(new ReplicaIndex([{ name: 'x', catalog, isMerged: false }], problems).isEmpty).toBe(true)
  expect(problems.list().map((problem) => problem.code)).toEqual(['BAD_REGEX'])
})
