// Module `codecs`: byte order, sample conversion and tile decompression. It owns its memory; the host places all data.
export { swap2, swap4, swap8 } from '../shared/swap'
export {
  f32ToF32,
  f32ToF64,
  f64ToF32,
  f64ToF64,
  i16ToF32,
  i16ToF64,
  i32ToF32,
  i32ToF64,
  i64ToF32,
  i64ToF64,
  u8ToF32,
  u8ToF64,
} from './decode'
export { hcompressDecode, hcompressScratchBytes } from './hcompress'
export { plioDecode } from './plio'
export { dequantizeF32, dequantizeF64, storeIntegers } from './quantize'
export { riceDecode } from './rice'
export { riceEncode } from './rice-encode'
export { unshuffle } from './shuffle'

/** First byte after the constants of this module: the host may use everything from here on. */
export function heapBase(): usize {
  return __heap_base
}
