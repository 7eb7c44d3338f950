/** Typed arrays over all of a memory, made again when it has grown. */
export interface WholeMemory {
  readonly u8: Uint8Array
  readonly i32: Int32Array
  readonly u32: Uint32Array
  readonly f32: Float32Array
  readonly f64: Float64Array
}

/** Gives the arrays over the present size of `memory`. */
export function wholeMemory(memory: WebAssembly.Memory): () => WholeMemory {
  let current: WholeMemory | undefined
  let buffer: ArrayBufferLike | undefined
  return () => {
    if (current === undefined || buffer !== memory.buffer) {
      buffer = memory.buffer
      current = {
        u8: new Uint8Array(buffer),
        i32: new Int32Array(buffer),
        u32: new Uint32Array(buffer),
        f32: new Float32Array(buffer),
        f64: new Float64Array(buffer),
      }
    }
    return current
  }
}
