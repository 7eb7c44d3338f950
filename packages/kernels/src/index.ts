export type { CodecFunctions, DecodeFloats, DecodeIntegers, SwapFunction } from './codecs/codec-functions.ts'
export {
  type CodecKernels,
  codecKernels,
  plainCodecKernels,
  wasmCodecKernels,
} from './codecs/codec-kernels.ts'
export { KernelsError, type KernelsErrorCode } from './errors.ts'
export { sharedMemorySupported, simdSupported } from './features.ts'
export {
  attachPixelMemory,
  createPixelMemory,
  MAX_PIXEL_MEMORY_BYTES,
  type PixelMemory,
  type PixelViews,
} from './memory/pixel-memory.ts'
export { areaScratchBytes } from './pixels/area-scratch.ts'
export { pixelKernels } from './pixels/choose-kernels.ts'
export type { PixelKernels } from './pixels/pixel-kernels.ts'
export {
  DIFF_STATISTICS_BYTES,
  type DiffStatistics,
  MEDIAN_ENTRY_BYTES,
  type MedianEntry,
  medianScratchBytes,
  PLANE_SUMS_BYTES,
  type PlaneSums,
  readDiffStatistics,
  readPlaneSums,
  readStatistics,
  STATISTICS_BYTES,
  type Statistics,
  writeMedianEntry,
} from './pixels/records.ts'
export { plainKernels } from './plain/plain-kernels.ts'
export { type InlinePoolOptions, inlinePool } from './pool/inline-pool.ts'
export type { PayloadOf, ResultOf, Scratch, Task, TaskContext, TaskPool, TaskTable } from './pool/task.ts'
