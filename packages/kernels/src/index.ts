export { shuffleBytes } from './codecs/byte-shuffle.ts'
export type {
  CodecFunctions,
  DecodeFloats,
  DecodeIntegers,
  DequantizeFloats,
  SwapFunction,
} from './codecs/codec-functions.ts'
export {
  type CodecKernels,
  codecKernels,
  plainCodecKernels,
  wasmCodecKernels,
} from './codecs/codec-kernels.ts'
export { type CodecStatus, codecStatus } from './codecs/codec-status.ts'
export { encodeHcompress } from './codecs/hcompress/hcompress-encode.ts'
export { encodePlio, PLIO_MAX_PIXEL } from './codecs/plio/plio-encode.ts'
export { QUANTIZED_BLANK, type Quantization } from './codecs/quantize/dequantize.ts'
export { DITHER_COUNT, DITHERINGS, type Dithering, ditherSeed } from './codecs/quantize/dither.ts'
export { estimateNoise, type NoiseEstimate } from './codecs/quantize/noise.ts'
export { type QuantizationRequest, type QuantizedTile, quantize } from './codecs/quantize/quantize.ts'
export { encodeRice } from './codecs/rice/encode-rice.ts'
export type { RiceDecoding } from './codecs/rice/rice-decode.ts'
export type { RiceBytePix } from './codecs/rice/rice-layout.ts'
export { KernelsError, type KernelsErrorCode } from './errors.ts'
export { sharedMemorySupported, simdSupported } from './features.ts'
export {
  attachPixelMemory,
  createPixelMemory,
  MAX_PIXEL_MEMORY_BYTES,
  type PixelMemory,
  type PixelViews,
} from './memory/pixel-memory.ts'
export { areaScratchBytes, MAX_AREA_TILE_WIDTH, overlapScratchBytes } from './pixels/area-scratch.ts'
export { pixelKernels } from './pixels/choose-kernels.ts'
export { LEVEL_HALF } from './pixels/level-half.ts'
export type { PixelKernels } from './pixels/pixel-kernels.ts'
export {
  COVERAGE_SUMS_BYTES,
  type CoverageSums,
  DIFF_STATISTICS_BYTES,
  type DiffStatistics,
  MEDIAN_ENTRY_BYTES,
  type MedianEntry,
  medianScratchBytes,
  PLANE_SUMS_BYTES,
  type PlaneSums,
  readCoverageSums,
  readDiffStatistics,
  readPlaneSums,
  readStatistics,
  STATISTICS_BYTES,
  type Statistics,
  writeMedianEntry,
} from './pixels/records.ts'
export {
  rejectedOf,
  STACK_ENTRY_BYTES,
  type StackEntry,
  type StackEntryViews,
  stackEntryViews,
  stackListBytes,
  writeStackEntry,
} from './pixels/stack-entry.ts'
export { STRIP_ENTRY_BYTES, type StripEntry, writeStripEntry } from './pixels/strip-entry.ts'
export { wasmKernels } from './pixels/wasm-kernels.ts'
export { plainKernels } from './plain/plain-kernels.ts'
export { quadArea as quadrilateralArea } from './plain/quad-overlap.ts'
export { type InlinePoolOptions, inlinePool } from './pool/inline-pool.ts'
export type { PayloadOf, ResultOf, Scratch, Task, TaskContext, TaskPool, TaskTable } from './pool/task.ts'
