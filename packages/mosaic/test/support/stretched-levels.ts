import { createPixelMemory, pixelKernels } from '@skyloom/kernels'
import { gaussianLogBytes, gaussianLogLevels } from '../../src/preview/gaussian-log.ts'
import { NO_VALUES, widenExtent } from '../../src/view/stretch/histogram.ts'

/** Grey levels of the picture of a mosaic with these pixels. */
export function stretchedLevels(data: Float32Array): Uint8Array {
  const memory = createPixelMemory({ maximumBytes: 1 << 24 })
  const at = memory.alloc(data.byteLength)
  const scratchAt = memory.alloc(gaussianLogBytes(data.length))
  memory.f32(at, data.length).set(data)
  const extent = widenExtent(NO_VALUES, data)
  return gaussianLogLevels(memory, pixelKernels(memory), at, data.length, extent, scratchAt)
}
