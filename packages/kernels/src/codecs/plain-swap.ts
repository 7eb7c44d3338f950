import type { SwapFunction } from './codec-functions.ts'

/** Plain twin of the byte swap for elements of `size` bytes. */
export function plainSwap(memory: WebAssembly.Memory, size: number): SwapFunction {
  return (source, target, count) => {
    const bytes = new Uint8Array(memory.buffer)
    const last = size - 1
    const half = size >> 1
    for (let i = 0, from = source, to = target; i < count; i++, from += size, to += size) {
      for (let k = 0; k < half; k++) {
        const low = bytes[from + k]!
        bytes[to + k] = bytes[from + last - k]!
        bytes[to + last - k] = low
      }
    }
  }
}
