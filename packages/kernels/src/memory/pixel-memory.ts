import { KernelsError } from '../errors.ts'
import { sharedMemorySupported } from '../features.ts'
import { createArena } from './arena.ts'

/** Typed windows into pixel memory. Offsets are bytes and must be multiples of the element size; lengths are elements. */
export interface PixelViews {
  /** The memory itself: post it to a worker and give it to `attachPixelMemory` there. */
  readonly memory: WebAssembly.Memory
  readonly isShared: boolean
  u8(offset: number, length: number): Uint8Array
  i16(offset: number, length: number): Int16Array
  i32(offset: number, length: number): Int32Array
  u32(offset: number, length: number): Uint32Array
  f32(offset: number, length: number): Float32Array
  f64(offset: number, length: number): Float64Array
}

/**
 * Pixel memory with its allocator. Only the thread that made it may allocate and free. Views stay valid in shared memory;
 * in unshared memory any `alloc` may detach them, so make views when they are needed.
 */
export interface PixelMemory extends PixelViews {
  readonly maximumBytes: number
  readonly usedBytes: number
  readonly peakBytes: number
  /** Size of the largest block that can be had now. */
  readonly largestFreeBytes: number
  /**
   * Offset of a new block, a multiple of 64; its content is undefined.
   *
   * @throws {KernelsError} `KERNELS_BAD_SIZE` for a size that is no count of bytes, `KERNELS_OUT_OF_MEMORY` when full
   */
  alloc(sizeBytes: number): number
  /** @throws {KernelsError} `KERNELS_BAD_BLOCK` when no block starts at `offset` */
  free(offset: number): void
}

const PAGE_BYTES = 65536
/** A 32-bit WebAssembly memory ends here. */
export const MAX_PIXEL_MEMORY_BYTES: number = 65536 * PAGE_BYTES
/** The first page is never handed out: offset 0 means "none", and module constants live there. */
const RESERVED_BYTES = PAGE_BYTES

/**
 * New pixel memory. Address space is reserved, memory is taken only when blocks are made.
 *
 * @param options.maximumBytes limit of all blocks together, at most 4 GiB (rounded up to 64 KiB, plus one reserved page)
 * @param options.shared false for an engine without shared memory; then only the making thread can use it
 * @throws {KernelsError} `KERNELS_BAD_SIZE`, `KERNELS_NO_SHARED_MEMORY`, `KERNELS_OUT_OF_MEMORY`
 */
export function createPixelMemory(options: {
  readonly maximumBytes: number
  readonly shared?: boolean
}): PixelMemory {
  const { maximumBytes, shared = true } = options
  if (!(maximumBytes > 0 && maximumBytes <= MAX_PIXEL_MEMORY_BYTES)) {
    throw new KernelsError('KERNELS_BAD_SIZE', 'pixel memory of this size is not possible', {
      found: `${maximumBytes} bytes`,
      allowed: `1 to ${MAX_PIXEL_MEMORY_BYTES} bytes`,
      remedy: 'work in bands that fit',
    })
  }
  if (shared && !sharedMemorySupported()) {
    throw new KernelsError('KERNELS_NO_SHARED_MEMORY', 'shared memory is not available here', {
      remedy: 'serve the page cross-origin isolated, or ask for shared: false and one thread',
    })
  }
  const maximumPages = Math.min(65536, Math.ceil((maximumBytes + RESERVED_BYTES) / PAGE_BYTES))
  const memory = reserve(maximumPages, shared)
  const arena = createArena(RESERVED_BYTES, maximumPages * PAGE_BYTES)
  return {
    ...attachPixelMemory(memory),
    maximumBytes: maximumPages * PAGE_BYTES - RESERVED_BYTES,
    get usedBytes() {
      return arena.usedBytes
    },
    get peakBytes() {
      return arena.peakBytes
    },
    get largestFreeBytes() {
      return arena.largestFreeBytes
    },
    alloc(sizeBytes) {
      if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) {
        throw new KernelsError('KERNELS_BAD_SIZE', 'a block needs a whole number of bytes', {
          found: `${sizeBytes}`,
        })
      }
      const offset = arena.take(sizeBytes)
      if (offset === undefined) throw outOfMemory(sizeBytes, arena.usedBytes, arena.largestFreeBytes)
      try {
        growTo(memory, offset + sizeBytes)
      } catch (cause) {
        arena.give(offset)
        throw outOfMemory(sizeBytes, arena.usedBytes, arena.largestFreeBytes, cause)
      }
      return offset
    },
    free: (offset) => arena.give(offset),
  }
}

/** Views of pixel memory that another thread made. */
export function attachPixelMemory(memory: WebAssembly.Memory): PixelViews {
  return {
    memory,
    isShared: !(memory.buffer instanceof ArrayBuffer),
    u8: (offset, length) => new Uint8Array(memory.buffer, offset, length),
    i16: (offset, length) => new Int16Array(memory.buffer, offset, length),
    i32: (offset, length) => new Int32Array(memory.buffer, offset, length),
    u32: (offset, length) => new Uint32Array(memory.buffer, offset, length),
    f32: (offset, length) => new Float32Array(memory.buffer, offset, length),
    f64: (offset, length) => new Float64Array(memory.buffer, offset, length),
  }
}

function reserve(maximumPages: number, shared: boolean): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: maximumPages, shared })
  } catch (cause) {
    throw new KernelsError('KERNELS_OUT_OF_MEMORY', 'the address space for pixel memory is not available', {
      found: `${maximumPages * PAGE_BYTES} bytes`,
      remedy: 'ask for less pixel memory',
      cause,
    })
  }
}

function growTo(memory: WebAssembly.Memory, endBytes: number): void {
  const missing = endBytes - memory.buffer.byteLength
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE_BYTES))
}

function outOfMemory(
  sizeBytes: number,
  usedBytes: number,
  largestFreeBytes: number,
  cause?: unknown,
): KernelsError {
  return new KernelsError('KERNELS_OUT_OF_MEMORY', 'pixel memory is full', {
    found: `${sizeBytes} bytes wanted, ${usedBytes} bytes used`,
    allowed: `${largestFreeBytes} bytes in one block`,
    remedy: 'raise the memory limit or work in smaller bands',
    cause,
  })
}
