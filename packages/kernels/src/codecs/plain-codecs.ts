import type { CodecFunctions } from './codec-functions.ts'
import { f32Pixels, f64Pixels, plainFloats, plainIntegers, plainLongIntegers } from './plain-decode.ts'
import { plainSwap } from './plain-swap.ts'
import { plainTileFunctions } from './plain-tiles.ts'

type Read = (view: DataView, at: number) => number

const readU8: Read = (view, at) => view.getUint8(at)
const readI16: Read = (view, at) => view.getInt16(at)
const readI32: Read = (view, at) => view.getInt32(at)
const readF32: Read = (view, at) => view.getFloat32(at)
const readF64: Read = (view, at) => view.getFloat64(at)

/** The plain twins of all codec functions over `memory`: the definition of what is right. */
export function plainCodecFunctions(memory: WebAssembly.Memory): CodecFunctions {
  return {
    swap2: plainSwap(memory, 2),
    swap4: plainSwap(memory, 4),
    swap8: plainSwap(memory, 8),
    u8ToF32: plainIntegers(memory, 1, readU8, f32Pixels),
    u8ToF64: plainIntegers(memory, 1, readU8, f64Pixels),
    i16ToF32: plainIntegers(memory, 2, readI16, f32Pixels),
    i16ToF64: plainIntegers(memory, 2, readI16, f64Pixels),
    i32ToF32: plainIntegers(memory, 4, readI32, f32Pixels),
    i32ToF64: plainIntegers(memory, 4, readI32, f64Pixels),
    i64ToF32: plainLongIntegers(memory, f32Pixels),
    i64ToF64: plainLongIntegers(memory, f64Pixels),
    f32ToF32: plainFloats(memory, 4, readF32, f32Pixels),
    f32ToF64: plainFloats(memory, 4, readF32, f64Pixels),
    f64ToF32: plainFloats(memory, 8, readF64, f32Pixels),
    f64ToF64: plainFloats(memory, 8, readF64, f64Pixels),
    ...plainTileFunctions(memory),
  }
}
