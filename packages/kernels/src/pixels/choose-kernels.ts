import { simdSupported } from '../features.ts'
import type { PixelViews } from '../memory/pixel-memory.ts'
import { plainKernels } from '../plain/plain-kernels.ts'
import type { PixelKernels } from './pixel-kernels.ts'
import { wasmKernels } from './wasm-kernels.ts'

/** The fastest pixel kernels that this engine runs: WebAssembly SIMD, else the plain twins. */
export function pixelKernels(views: PixelViews): PixelKernels {
  return simdSupported() ? wasmKernels(views) : plainKernels(views)
}
