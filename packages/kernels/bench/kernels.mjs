// Nanoseconds per pixel of every pixel kernel against its plain twin. Build first, then: node packages/kernels/bench/kernels.mjs
// Best of several runs, so that other work on the machine hardly shows.
import {
  areaScratchBytes,
  createPixelMemory,
  medianScratchBytes,
  plainKernels,
  wasmKernels,
  writeMedianEntry,
} from '@skyloom/kernels'

const SIDE = 1024
const TILE = 64
const PIXELS = SIDE * SIDE
const memory = createPixelMemory({ maximumBytes: 2 ** 30 })
const implementations = [wasmKernels(memory), plainKernels(memory)]
const values = Array.from({ length: 10 }, () => memory.alloc(4 * PIXELS))
const areas = memory.alloc(4 * PIXELS)
const sums = memory.alloc(8 * PIXELS)
const weights = memory.alloc(8 * PIXELS)
const out = [memory.alloc(4 * PIXELS), memory.alloc(4 * PIXELS)]
const record = memory.alloc(65536)
const scratchBytes = areaScratchBytes(12 * TILE, 12 * TILE, true)
const scratch = memory.alloc(scratchBytes)
const cornersX = memory.alloc(8 * (TILE + 1) ** 2)
const cornersY = memory.alloc(8 * (TILE + 1) ** 2)
for (const at of values) {
  const pixels = memory.f32(at, PIXELS)
  for (let i = 0; i < PIXELS; i++) pixels[i] = 100 * Math.random()
}
memory.f32(areas, PIXELS).fill(1)

function measure(name, pixels, run) {
  const [wasm, plain] = implementations.map((kernels) => {
    let best = Infinity
    const end = performance.now() + 150
    for (let repeat = 0; repeat < 3 || performance.now() < end; repeat++) {
      const start = performance.now()
      run(kernels)
      best = Math.min(best, performance.now() - start)
    }
    return (best / pixels) * 1e6
  })
  const times = `${wasm.toFixed(2).padStart(8)} ${plain.toFixed(2).padStart(8)}`
  console.log(`${name.padEnd(34)}${times} ${(plain / wasm).toFixed(1).padStart(6)}x`)
}

/** One tile in the middle of the image. */
function measureArea(name, scale, angleDeg, hasBlank) {
  const angle = (angleDeg / 180) * Math.PI
  const [c, s] = [Math.cos(angle) * scale, Math.sin(angle) * scale]
  const x = memory.f64(cornersX, (TILE + 1) ** 2)
  const y = memory.f64(cornersY, (TILE + 1) ** 2)
  for (let k = 0; k < x.length; k++) {
    const u = (k % (TILE + 1)) - TILE / 2
    const v = Math.floor(k / (TILE + 1)) - TILE / 2
    x[k] = SIDE / 2 + c * u - s * v
    y[k] = SIDE / 2 + s * u + c * v
  }
  memory.f32(values[0], PIXELS)[(SIDE / 2) * SIDE + SIDE / 2] = hasBlank ? NaN : 1
  const input = [values[0], 0, 0, SIDE, SIDE, SIDE, 0, cornersX, cornersY, TILE, TILE]
  measure(name, TILE ** 2, (kernels) =>
    kernels.areaTile(...input, out[0], out[1], TILE, scratch, scratchBytes),
  )
  memory.f32(values[0], PIXELS)[(SIDE / 2) * SIDE + SIDE / 2] = 1
}

console.log(`${'ns per output pixel'.padEnd(34)}    wasm    plain`)
measureArea('areaTile, aligned', 1, 0, false)
measureArea('areaTile, 17 degrees', 1, 17, false)
measureArea('areaTile, 45 degrees', 1, 45, false)
measureArea('areaTile, 17 degrees, one blank', 1, 17, true)
measureArea('areaTile, enlarging 10 times', 0.1, 17, false)
measureArea('areaTile, shrinking 2.2 times', 2.2, 17, false)
measureArea('areaTile, shrinking 5 times', 5, 17, false)
const grid = record
memory.f64(grid, 36).fill(1)
measure('cornersFromGrid', TILE ** 2, (kernels) =>
  kernels.cornersFromGrid(grid, grid, 6, 6, -32, -32, 32, 0, 0, TILE, TILE, cornersX, cornersY),
)
console.log('ns per input pixel')
const plane = [1e-3, 1e-3, 1]
measure('accumulateMean', PIXELS, (kernels) =>
  kernels.accumulateMean(values[0], areas, PIXELS, 0, 0, ...plane, sums, weights),
)
measure('accumulateCount', PIXELS, (kernels) =>
  kernels.accumulateCount(values[0], areas, PIXELS, 0, 0, ...plane, 1, sums),
)
measure('finishMeanF32', PIXELS, (kernels) => kernels.finishMeanF32(sums, weights, PIXELS, ...out))
measure('planeFitPass', PIXELS, (kernels) =>
  kernels.planeFitPass(values[0], SIDE, SIDE, SIDE, 0, 0, 0, 0, 0, 50, record),
)
measure('planeSpread', PIXELS, (kernels) =>
  kernels.planeSpread(values[0], SIDE, SIDE, SIDE, 0, 0, 0, 0, 0, 50, record),
)
measure('coverageSums', PIXELS, (kernels) => kernels.coverageSums(areas, SIDE, SIDE, SIDE, record))
measure('diffMontage', PIXELS, (kernels) =>
  kernels.diffMontage(values[0], areas, SIDE, values[1], areas, SIDE, SIDE, SIDE, 1, out[0], SIDE, record),
)
measure('subtractPlane', PIXELS, (kernels) =>
  kernels.subtractPlane(values[0], SIDE, out[0], SIDE, SIDE, SIDE, 0, 0, ...plane),
)
measure('shrinkRows, factor 3.3', PIXELS, (kernels) =>
  kernels.shrinkRows(values[0], SIDE, SIDE, 0, SIDE, 3.3, out[0], 310, 310, 0, 310, scratch),
)
measure('statistics', PIXELS, (kernels) => kernels.statistics(values[0], SIDE, SIDE, SIDE, record))
measure('swap4', PIXELS, (kernels) => kernels.swap4(values[0], out[0], PIXELS))
console.log('ns per output pixel, with plane and area')
for (const depth of [3, 9, 25]) {
  for (let k = 0; k < depth; k++) {
    const valueAt = values[1 + (k % 9)]
    writeMedianEntry(memory, record, k, {
      valueAt,
      areaAt: areas,
      firstCol: 0,
      endCol: PIXELS,
      a: 1e-3,
      p: 1,
    })
  }
  const count = PIXELS / 8
  measure(`medianRow of ${depth}`, count, (kernels) =>
    kernels.medianRow(record, depth, 0, count, 0.5, 0, ...out, scratch, medianScratchBytes(depth)),
  )
}
