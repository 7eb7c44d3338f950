import { describe, expect, test } from 'vitest'
import { attachPixelMemory, createPixelMemory, MAX_PIXEL_MEMORY_BYTES } from './pixel-memory.ts'

describe.for([true, false])('pixel memory, shared: %s', (shared) => {
  test('grows with its blocks and keeps their content', () => {
    const memory = createPixelMemory({ maximumBytes: 2 ** 24, shared })
    const before = memory.memory.buffer.byteLength
    const first = memory.alloc(1000)
    memory.f32(first, 250).fill(3)
    const second = memory.alloc(2 ** 22)
    expect(memory.memory.buffer.byteLength).toBeGreaterThan(before)
    expect(second % 64).toBe(0)
    expect(memory.f32(first, 250)[249]).toBe(3)
    expect(memory.f64(second, 2 ** 19).length).toBe(2 ** 19)
    expect(memory.isShared).toBe(shared)
  })

  test('never gives offset 0', () => {
    expect(createPixelMemory({ maximumBytes: 1000, shared }).alloc(1)).toBeGreaterThan(0)
  })

  test('is full at its maximum and says what would fit', () => {
    const memory = createPixelMemory({ maximumBytes: 2 ** 17, shared })
    const block = memory.alloc(2 ** 16)
    expect(() => memory.alloc(2 ** 17)).toThrow(
      'pixel memory is full: found 131072 bytes wanted, 65536 bytes used, allowed 65536 bytes in one block; ' +
        'raise the memory limit or work in smaller bands [KERNELS_OUT_OF_MEMORY]',
    )
    memory.free(block)
    expect(memory.alloc(2 ** 17)).toBe(block)
    expect(memory.peakBytes).toBe(2 ** 17)
  })
})

test.for([0, -1, NaN, MAX_PIXEL_MEMORY_BYTES + 1])('a maximum of %d bytes is refused', (maximumBytes) => {
  expect(() => createPixelMemory({ maximumBytes })).toThrow(/KERNELS_BAD_SIZE/)
})

test.for([-1, 1.5, NaN, Infinity])('a block of %d bytes is refused', (sizeBytes) => {
  const memory = createPixelMemory({ maximumBytes: 2 ** 20 })
  expect(() => memory.alloc(sizeBytes)).toThrow(/KERNELS_BAD_SIZE/)
})

test('the full 4 GiB can be reserved without taking memory', () => {
  const memory = createPixelMemory({ maximumBytes: MAX_PIXEL_MEMORY_BYTES })
  expect(memory.memory.buffer.byteLength).toBe(65536)
  expect(memory.largestFreeBytes).toBe(MAX_PIXEL_MEMORY_BYTES - 65536)
})

test('attached views see the same bytes', () => {
  const memory = createPixelMemory({ maximumBytes: 2 ** 20 })
  const block = memory.alloc(64)
  const other = attachPixelMemory(memory.memory)
  other.i32(block, 1)[0] = 42
  expect(memory.u8(block, 4)).toEqual(new Uint8Array([42, 0, 0, 0]))
  expect([other.i16(block, 1)[0], other.u32(block, 1)[0]]).toEqual([42, 42])
})
