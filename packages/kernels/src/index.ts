export type { CodecFunctions, DecodeFloats, DecodeIntegers, SwapFunction } from './codecs/codec-functions.ts'
export {
  type CodecKernels,
  codecKernels,
  plainCodecKernels,
  wasmCodecKernels,
} from './codecs/codec-kernels.ts'
export { KernelsError, type KernelsErrorCode } from './errors.ts'
export { sharedMemorySupported, simdSupported } from './features.ts'
