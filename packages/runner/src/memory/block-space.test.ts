import { expect, test } from 'vitest'
import { seededRandom } from '../../../../testing/seeded-random.ts'
import { BlockSpace } from './block-space.ts'
import { type Extent, piecesOf, readExtents, writeExtents } from './extent.ts'

const PAGE = 4096

/** Gives every buffer a number, so that places can be compared. */
function placesOf(buffers: Map<SharedArrayBuffer, number>, extents: readonly Extent[]): number[][] {
  return extents.map(({ buffer, offset, length }) => {
    if (!buffers.has(buffer)) buffers.set(buffer, buffers.size)
    return [buffers.get(buffer) ?? -1, offset, offset + length]
  })
}

test('parts never overlap, and all of the limit can be given out, however they were taken and given back (4 seeds)', () => {
  for (let seed = 1; seed <= 4; seed++) {
    const random = seededRandom(seed)
    const limit = 64 * PAGE
    const space = new BlockSpace(limit, 24 * PAGE)
    const buffers = new Map<SharedArrayBuffer, number>()
    const held: (readonly Extent[])[] = []
    for (let step = 0; step < 400; step++) {
      if (random() < 0.6) {
        const taken = space.take(Math.ceil(random() * 12 * PAGE), true)
        if (taken !== undefined) held.push(taken)
      } else {
        const [given] = held.splice(Math.floor(random() * held.length), 1)
        if (given !== undefined) space.give(given)
      }
      const places = held.flatMap((extents) => placesOf(buffers, extents))
      places.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0))
      for (const [at, [buffer, start = 0]] of places.entries()) {
        const before = places[at - 1]
        if (before?.[0] === buffer) expect(start).toBeGreaterThanOrEqual(before?.[2] ?? 0)
      }
      expect(space.usedBytes).toBe(places.reduce((sum, [, start = 0, end = 0]) => sum + end - start, 0))
      expect(space.touchedBytes).toBeLessThanOrEqual(limit)
    }
    const rest = space.take(limit - space.usedBytes, true)
    expect(rest === undefined && space.usedBytes < limit).toBe(false)
    expect(space.take(1, true)).toBeUndefined()
  }
})

test('memory that was used is used again before other memory, and alone where the process may not grow', () => {
  const space = new BlockSpace(32 * PAGE, 16 * PAGE)
  const first = space.take(4 * PAGE, true) ?? []
  const second = space.take(2 * PAGE, true) ?? []
  space.give(first)
  expect(space.touchedBytes).toBe(6 * PAGE)
  expect(space.growthFor(4 * PAGE)).toBe(0)
  expect(space.growthFor(5 * PAGE)).toBe(PAGE)
  expect(space.take(5 * PAGE, false)).toBeUndefined()
  expect(space.take(3 * PAGE, false)).toMatchObject([{ offset: 0, length: 3 * PAGE }])
  expect(space.touchedBytes).toBe(6 * PAGE)
  space.give(second)
  expect(space.usedBytes).toBe(3 * PAGE)
})

test('a file keeps the pages of its bytes, and the bytes come back as they were written, also over several parts', () => {
  const space = new BlockSpace(64 * PAGE, 4 * PAGE)
  const extents = space.take(10 * PAGE, true) ?? []
  expect(extents.length).toBeGreaterThan(1)
  const bytes = Uint8Array.from({ length: 9 * PAGE - 5 }, (_, k) => (k * 7) % 251)
  writeExtents(extents, bytes, 0)
  writeExtents(extents, Uint8Array.of(1, 2, 3), 4 * PAGE - 1)
  bytes.set([1, 2, 3], 4 * PAGE - 1)
  const kept = space.trim(extents, bytes.length)
  expect(space.usedBytes).toBe(9 * PAGE)
  expect(Buffer.concat([...piecesOf(kept, bytes.length)]).equals(bytes)).toBe(true)
  const part = new Uint8Array(3 * PAGE)
  expect(readExtents(kept, bytes.length, part, 3 * PAGE + 10)).toBe(part.length)
  expect(Buffer.from(part).equals(bytes.subarray(3 * PAGE + 10, 6 * PAGE + 10))).toBe(true)
  expect(readExtents(kept, bytes.length, part, bytes.length - 4)).toBe(4)
  expect(readExtents(kept, bytes.length, part, bytes.length)).toBe(0)
})
