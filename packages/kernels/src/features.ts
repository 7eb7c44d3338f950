/** A module of one function that uses `i8x16.splat` and `i8x16.popcnt`: valid only where WASM SIMD is known. */
const SIMD_PROBE: readonly number[] = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98,
  11,
]

let simd: boolean | undefined

/** True when this JavaScript engine runs WebAssembly SIMD (128 bit); asked once. */
export function simdSupported(): boolean {
  simd ??= WebAssembly.validate(new Uint8Array(SIMD_PROBE))
  return simd
}

/**
 * True when this thread may create WebAssembly memory that other threads see. Browsers need cross-origin isolation for it.
 */
export function sharedMemorySupported(): boolean {
  return typeof SharedArrayBuffer === 'function'
}
