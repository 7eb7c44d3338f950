import { systemClock } from '@skyloom/base'
import { areaScratchBytes, createPixelMemory, pixelKernels } from '@skyloom/kernels'

const TILE = 64
const SIDE = 2 * TILE
/** Tiles of one sample: over half a millisecond. */
const TILES = 16
const SAMPLES = 40
/** CPU time of a sample on the machine whose speed is 1: a 2-core AMD EPYC under Node 20, ms. */
const REFERENCE_MS = 0.64

/**
 * How fast this machine is, against the one on which the forecast's constants were measured: the CPU time of a piece of reprojection, the least of
 * some samples, so that other work on the machine hardly shows. Takes some 40 ms.
 */
export function machineSpeed(): number {
  const memory = createPixelMemory({ maximumBytes: 8 * 1024 * 1024, shared: false })
  const kernels = pixelKernels(memory)
  const imageAt = memory.alloc(4 * SIDE * SIDE)
  memory.f32(imageAt, SIDE * SIDE).forEach((_, i, pixels) => void (pixels[i] = i % 97))
  const corners = (TILE + 1) ** 2
  const [xAt, yAt] = [memory.alloc(8 * corners), memory.alloc(8 * corners)]
  const scratchBytes = areaScratchBytes(SIDE, SIDE, true)
  const scratchAt = memory.alloc(scratchBytes)
  const [valueAt, coverageAt] = [memory.alloc(4 * TILE * TILE), memory.alloc(4 * TILE * TILE)]
  const [x, y] = [memory.f64(xAt, corners), memory.f64(yAt, corners)]
  for (let k = 0; k < corners; k++) {
    const [u, v] = [k % (TILE + 1), Math.floor(k / (TILE + 1))]
    x[k] = 20.3 + 0.98 * u - 0.17 * v
    y[k] = 8.6 + 0.17 * u + 0.98 * v
  }
  const image = [imageAt, 0, 0, SIDE, SIDE, SIDE, 0] as const
  const target = [TILE, TILE, valueAt, coverageAt, TILE, scratchAt, scratchBytes] as const
  let least = Infinity
  for (let sample = 0; sample < SAMPLES; sample++) {
    const start = systemClock.monotonicMs()
    for (let tile = 0; tile < TILES; tile++) kernels.areaTile(...image, xAt, yAt, ...target)
    least = Math.min(least, systemClock.monotonicMs() - start)
  }
  return REFERENCE_MS / least
}
