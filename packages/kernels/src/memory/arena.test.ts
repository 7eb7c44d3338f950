import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createArena } from './arena.ts'

test('gives the lowest gap that fits and joins freed neighbours', () => {
  const arena = createArena(64, 64 * 11)
  const blocks = [64, 128, 64, 192].map((size) => arena.take(size)!)
  expect(blocks).toEqual([64, 128, 256, 320])
  arena.give(blocks[1]!)
  expect(arena.take(64)).toBe(128)
  arena.give(128)
  arena.give(blocks[2]!)
  expect(arena.take(192)).toBe(128)
  expect(arena.usedBytes).toBe(64 + 192 + 192)
  expect(arena.largestFreeBytes).toBe(64 * 3)
})

test('says undefined when nothing fits', () => {
  const arena = createArena(64, 256)
  expect(arena.take(256)).toBeUndefined()
  expect(arena.take(192)).toBe(64)
  expect(arena.take(1)).toBeUndefined()
})

test('remembers the peak', () => {
  const arena = createArena(64, 2 ** 20)
  arena.give(arena.take(1000)!)
  expect(arena.usedBytes).toBe(0)
  expect(arena.peakBytes).toBe(1024)
})

test.for([0, 65, 128])('refuses to free offset %d, where no block starts', (offset) => {
  const arena = createArena(64, 2 ** 20)
  arena.take(128)
  expect(() => arena.give(offset)).toThrow(
    `no block of pixel memory starts at this offset: found offset ${offset}; free each block once, with the offset that alloc gave [KERNELS_BAD_BLOCK]`,
  )
})

test('blocks never overlap, and all memory comes back', () => {
  const steps = fc.array(fc.record({ size: fc.integer({ min: 0, max: 5000 }), free: fc.nat(20) }), {
    maxLength: 80,
  })
  fc.assert(
    fc.property(steps, (list) => {
      const arena = createArena(64, 2 ** 16)
      const held: { offset: number; size: number }[] = []
      for (const { size, free } of list) {
        const offset = arena.take(size)
        if (offset !== undefined) {
          expect(offset % 64).toBe(0)
          expect(
            held.some((other) => offset < other.offset + other.size && other.offset < offset + size),
          ).toBe(false)
          held.push({ offset, size: Math.max(1, size) })
        }
        if (held.length > free) arena.give(held.splice(free, 1)[0]!.offset)
      }
      for (const { offset } of held) arena.give(offset)
      expect(arena.usedBytes).toBe(0)
      expect(arena.blockCount).toBe(0)
      expect(arena.largestFreeBytes).toBe(2 ** 16 - 64)
    }),
  )
})
