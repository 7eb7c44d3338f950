import { pixelsWasm } from '../generated/pixels.ts'
import { pixelsUnsharedWasm } from '../generated/pixels-unshared.ts'
import type { PixelViews } from '../memory/pixel-memory.ts'
import { compileModule } from '../wasm-module.ts'
import type { PixelKernels } from './pixel-kernels.ts'

/**
 * The pixel kernels in WebAssembly SIMD.
 *
 * @param module another build of the same sources, such as the debug build; it must fit the kind of memory
 * @throws {KernelsError} `KERNELS_NO_SIMD`
 */
export function wasmKernels(views: PixelViews, module?: WebAssembly.Module): PixelKernels {
  const code = module ?? compileModule(views.isShared ? pixelsWasm : pixelsUnsharedWasm)
  const { exports } = new WebAssembly.Instance(code, { env: { memory: views.memory } })
  // The module is ours: its exports are these by construction, and a test compares the names.
  return { ...(exports as unknown as PixelKernels), kind: 'wasm' }
}
