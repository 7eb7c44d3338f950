import { expect, test } from 'vitest'
import { connectedGroups } from '../background/groups.ts'
import { thinPairs } from './thin-pairs.ts'

type Pair = { plus: number; minus: number }

function allPairs(count: number, meet: (plus: number, minus: number) => boolean = () => true): Pair[] {
  const pairs: Pair[] = []
  for (let plus = 0; plus < count; plus++)
    for (let minus = plus + 1; minus < count; minus++) if (meet(plus, minus)) pairs.push({ plus, minus })
  return pairs
}

test('a survey keeps every pair: no image has more than 32 neighbours', () => {
  const pairs = allPairs(500, (plus, minus) => minus - plus <= 16)
  expect(thinPairs(pairs, 500)).toEqual(pairs)
  const full = allPairs(33)
  expect(thinPairs(full, 33)).toEqual(full)
})

test('a stack keeps pairs at distances of powers of two, in order', () => {
  const kept = thinPairs(allPairs(200), 200)
  expect(kept.length).toBeLessThan(200 * 8)
  expect(kept.filter(({ plus }) => plus === 0).map(({ minus }) => minus)).toEqual([
    1, 2, 4, 8, 16, 32, 64, 128,
  ])
  expect(kept).toEqual([...kept].sort((p, q) => p.plus - q.plus || p.minus - q.minus))
})

test('what was linked stays linked, also where few images tie stacks together', () => {
  // Two stacks of 100 images; the last of the first reaches 40 of the second.
  const meet = (plus: number, minus: number): boolean =>
    plus < 100 === minus < 100 || (plus === 99 && minus >= 160)
  const pairs = allPairs(200, meet)
  const kept = thinPairs(pairs, 200)
  expect(new Set(connectedGroups(200, kept)).size).toBe(1)
  expect(kept.length).toBeLessThan(pairs.length / 4)
})
