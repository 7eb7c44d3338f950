import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import * as kernels from '../src/index.ts'

test('both implementations offer the same kernels', () => {
  const memory = kernels.createPixelMemory({ maximumBytes: 2 ** 16 })
  const known = Object.keys(kernels.plainKernels(memory)).sort()
  expect(Object.keys(kernels.wasmKernels(memory))).toEqual(expect.arrayContaining(known))
  expect(kernels.pixelKernels(memory).kind).toBe('wasm')
  const codecs = Object.keys(kernels.plainCodecKernels())
  expect(Object.keys(kernels.wasmCodecKernels())).toEqual(expect.arrayContaining(codecs))
})

test('this engine has what the tests need', () => {
  expect([kernels.simdSupported(), kernels.sharedMemorySupported()]).toEqual([true, true])
})

describe('an engine without WASM SIMD', () => {
  beforeEach(() => {
    vi.resetModules()
    vi.spyOn(WebAssembly, 'validate').mockReturnValue(false)
  })
  afterEach(() => void vi.restoreAllMocks())

  test('gets the plain twins', async () => {
    const fresh = await import('../src/index.ts')
    expect(fresh.simdSupported()).toBe(false)
    expect(fresh.pixelKernels(fresh.createPixelMemory({ maximumBytes: 1 })).kind).toBe('plain')
    expect(fresh.codecKernels().kind).toBe('plain')
  })

  test('refuses WASM kernels', async () => {
    const fresh = await import('../src/index.ts')
    expect(() => fresh.wasmKernels(fresh.createPixelMemory({ maximumBytes: 1 }))).toThrow(
      'this JavaScript engine has no WebAssembly SIMD; use the plain kernels, or a newer engine [KERNELS_NO_SIMD]',
    )
  })
})

describe('an engine without shared memory', () => {
  beforeEach(() => void vi.stubGlobal('SharedArrayBuffer', undefined))
  afterEach(() => void vi.unstubAllGlobals())

  test('still has unshared pixel memory', () => {
    expect(() => kernels.createPixelMemory({ maximumBytes: 1 })).toThrow(/KERNELS_NO_SHARED_MEMORY/)
    const memory = kernels.createPixelMemory({ maximumBytes: 2 ** 16, shared: false })
    const at = memory.alloc(4)
    memory.f32(at, 1)[0] = 1
    kernels.pixelKernels(memory).swap4(at, at, 1)
    expect(Array.from(memory.u8(at, 4))).toEqual([0x3f, 0x80, 0, 0])
  })
})
