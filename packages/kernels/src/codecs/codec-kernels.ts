import { KernelsError } from '../errors.ts'
import { simdSupported } from '../features.ts'
import { codecsWasm } from '../generated/codecs.ts'
import { compileModule } from '../wasm-module.ts'
import type { CodecFunctions } from './codec-functions.ts'
import { plainCodecFunctions } from './plain-codecs.ts'

/**
 * Codec functions with the memory they work in. Use: `reserve` room for input and output, copy the input in, call, copy
 * the result out before the next `reserve`. Everything is synchronous, so nobody comes in between.
 */
export interface CodecKernels extends CodecFunctions {
  readonly kind: 'wasm' | 'plain'
  /**
   * Makes `sizeBytes` of scratch available and gives its offset (a multiple of 16). There is one scratch block: the next
   * call reuses it. Views made before are stale after it.
   *
   * @throws {KernelsError} `KERNELS_BAD_SIZE` for sizes above 2 GiB, `KERNELS_OUT_OF_MEMORY` when memory cannot grow
   */
  reserve(sizeBytes: number): number
  u8(offset: number, length: number): Uint8Array
  i16(offset: number, length: number): Int16Array
  i32(offset: number, length: number): Int32Array
  f32(offset: number, length: number): Float32Array
  f64(offset: number, length: number): Float64Array
}

const PAGE_BYTES = 65536
/** Offsets stay positive as 32-bit integers. */
const MAX_SCRATCH_BYTES = 2 ** 31 - 2 * PAGE_BYTES

let shared: CodecKernels | undefined

/** The codec kernels of this thread, made at the first call: WASM, or the plain twins where SIMD is missing. */
export function codecKernels(): CodecKernels {
  shared ??= simdSupported() ? wasmCodecKernels() : plainCodecKernels()
  return shared
}

/** New codec kernels in WebAssembly, with their own memory. */
export function wasmCodecKernels(module: WebAssembly.Module = compileModule(codecsWasm)): CodecKernels {
  const { exports } = new WebAssembly.Instance(module)
  // The module is ours: its exports are these by construction, and a test compares the names.
  const known = exports as unknown as CodecFunctions & { memory: WebAssembly.Memory; heapBase(): number }
  return withMemory('wasm', known, known.memory, known.heapBase())
}

/** New plain codec kernels, with their own memory. */
export function plainCodecKernels(): CodecKernels {
  const memory = new WebAssembly.Memory({ initial: 1 })
  return withMemory('plain', plainCodecFunctions(memory), memory, 16)
}

function withMemory(
  kind: CodecKernels['kind'],
  functions: CodecFunctions,
  memory: WebAssembly.Memory,
  heapBase: number,
): CodecKernels {
  const scratch = Math.ceil(heapBase / 16) * 16
  return {
    ...functions,
    kind,
    reserve(sizeBytes) {
      if (!Number.isInteger(sizeBytes) || sizeBytes < 0 || sizeBytes > MAX_SCRATCH_BYTES) {
        throw new KernelsError('KERNELS_BAD_SIZE', 'codec scratch of this size is not possible', {
          found: `${sizeBytes} bytes`,
          allowed: `0 to ${MAX_SCRATCH_BYTES} bytes`,
          remedy: 'decode fewer rows or tiles at once',
        })
      }
      const missing = scratch + sizeBytes - memory.buffer.byteLength
      if (missing > 0) growBy(memory, Math.ceil(missing / PAGE_BYTES), sizeBytes)
      return scratch
    },
    u8: (offset, length) => new Uint8Array(memory.buffer, offset, length),
    i16: (offset, length) => new Int16Array(memory.buffer, offset, length),
    i32: (offset, length) => new Int32Array(memory.buffer, offset, length),
    f32: (offset, length) => new Float32Array(memory.buffer, offset, length),
    f64: (offset, length) => new Float64Array(memory.buffer, offset, length),
  }
}

function growBy(memory: WebAssembly.Memory, pages: number, sizeBytes: number): void {
  try {
    memory.grow(pages)
  } catch (cause) {
    throw new KernelsError('KERNELS_OUT_OF_MEMORY', 'codec scratch cannot grow', {
      found: `${sizeBytes} bytes wanted`,
      remedy: 'decode fewer rows or tiles at once',
      cause,
    })
  }
}
