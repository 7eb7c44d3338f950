// What the guard measures: calls of the kernels of one build, on data that stay in the caches, the same for every build.
import {
  areaScratchBytes,
  COVERAGE_SUMS_BYTES,
  DIFF_STATISTICS_BYTES,
  LEVEL_HALF,
  medianScratchBytes,
  PLANE_SUMS_BYTES,
  STACK_ENTRY_BYTES,
  STATISTICS_BYTES,
  STRIP_ENTRY_BYTES,
  stackEntryViews,
  stackListBytes,
  writeMedianEntry,
  writeStackEntry,
  writeStripEntry,
} from '@skyloom/kernels'

const SIDE = 256
const PIXELS = SIDE * SIDE
const TILE = 64
const DEPTH = 9
const TAPS = 6
const STEPS = 512
/** Rows of a strip, and bins of a histogram. */
const ROWS = 32
const BINS = 1000

/** Reproducible numbers from 0 to 1 (a linear congruential generator). */
function numbers() {
  let state = 1
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/**
 * Calls of the pixel kernels of a build, by their names.
 *
 * @param memory pixel memory of the build alone, so that two builds have their data at the same offsets
 */
export function pixelCases(memory, kernels) {
  const random = numbers()
  const values = Array.from({ length: DEPTH }, () => memory.alloc(4 * PIXELS))
  for (const at of values) memory.f32(at, PIXELS).forEach((_, i, plane) => void (plane[i] = 100 * random()))
  const blank = memory.alloc(4 * PIXELS)
  memory.f32(blank, PIXELS).set(memory.f32(values[0], PIXELS))
  for (let i = 0; i < PIXELS; i += 1001) memory.f32(blank, PIXELS)[i] = Number.NaN
  const areas = memory.alloc(4 * PIXELS)
  memory.f32(areas, PIXELS).fill(1)
  const [sums, weights] = [memory.alloc(8 * PIXELS), memory.alloc(8 * PIXELS)]
  memory.f64(sums, PIXELS).fill(1)
  memory.f64(weights, PIXELS).fill(1)
  const out = [memory.alloc(4 * PIXELS), memory.alloc(4 * PIXELS)]
  const record = memory.alloc(65536)
  const grid = memory.alloc(8 * 36)
  memory.f64(grid, 36).forEach((_, i, nodes) => void (nodes[i] = i))
  const scratchBytes = areaScratchBytes(12 * TILE, 12 * TILE, true)
  const scratch = memory.alloc(Math.max(scratchBytes, medianScratchBytes(DEPTH)))
  const table = memory.alloc(4 * 8 * (STEPS + 1))
  const weightsOfTaps = memory.f32(table, 8 * (STEPS + 1))
  weightsOfTaps.forEach((_, i) => void (weightsOfTaps[i] = i % 8 < TAPS ? 1 / TAPS : 0))
  const places = (scale, angleDeg) => placeTile(memory, scale, angleDeg)
  const area = (image, scale, angleDeg) => {
    const input = [image, 0, 0, SIDE, SIDE, SIDE, 0, ...places(scale, angleDeg), TILE, TILE]
    return () => kernels.areaTile(...input, ...out, TILE, scratch, scratchBytes)
  }
  const sampled = [values[0], 0, 0, SIDE, SIDE, SIDE, 0, ...places(1, 17), TILE, TILE, TAPS, table, STEPS]
  for (const [k, valueAt] of values.entries())
    writeMedianEntry(memory, record, k, {
      valueAt,
      areaAt: areas,
      firstCol: 0,
      endCol: PIXELS,
      a: 1e-3,
      p: 1,
    })
  const made = memory.alloc(8 * (TILE + 1) ** 2)
  const statistics = memory.alloc(
    Math.max(PLANE_SUMS_BYTES, STATISTICS_BYTES, COVERAGE_SUMS_BYTES, DIFF_STATISTICS_BYTES),
  )
  const plane = [1e-3, 1e-3, 1]
  const difference = [values[0], areas, SIDE, values[1], areas, SIDE, SIDE, SIDE]
  const areaSums = memory.alloc(8 * PIXELS)
  const list = memory.alloc(stackListBytes(DEPTH))
  const entries = memory.alloc(STACK_ENTRY_BYTES * DEPTH)
  const entryList = stackEntryViews(memory, entries, DEPTH)
  for (const [k, valueAt] of values.entries())
    writeStackEntry(entryList, k, {
      valueAt,
      areaAt: k % 2 === 0 ? areas : 0,
      firstCol: 0,
      endCol: PIXELS,
      a: 1e-3,
      p: 1,
      weightAt: 0,
      varianceAt: k % 3 === 0 ? areas : 0,
      weight: 1,
      variance: 2,
      contextAt: 0,
      contextBit: 0,
    })
  const stacked = [entries, DEPTH, 0, 8192]
  const stackOut = [sums, weights, areaSums, areaSums, areaSums, list]
  const variance = [areas, 0, 0, SIDE, SIDE, SIDE, ...places(1, 17), TILE, TILE, 1, out[0], TILE]
  const whole = [values[0], SIDE, SIDE, SIDE]
  const strip = memory.alloc(STRIP_ENTRY_BYTES * DEPTH)
  for (const [k, valueAt] of values.entries())
    writeStripEntry(memory, strip, k, {
      ...{ valueAt, areaAt: k % 2 === 0 ? areas : 0, stride: SIDE },
      ...{ col: k, row: 0, height: ROWS, width: SIDE - k, x0: k, a: 1e-3, b: 1e-3, c: 1 },
    })
  const columns = memory.alloc(16 * SIDE)
  const hull = memory.alloc(8 * (2 * SIDE + 2))
  const bins = memory.alloc(4 * BINS)
  const unit = memory.alloc(8 * 36)
  memory.f64(unit, 36).fill(1)
  const levelsOf = levelTable(memory)
  return new Map([
    ['areaTile, aligned', area(values[0], 1, 0)],
    ['areaTile, 17 degrees', area(values[0], 1, 17)],
    ['areaTile, blanks', area(blank, 1, 17)],
    ['areaTile, shrinking', area(values[0], 2.2, 17)],
    ['interpolateTile, 6 taps', () => kernels.interpolateTile(...sampled, ...out, TILE)],
    [
      'cornersFromGrid',
      () => kernels.cornersFromGrid(grid, grid, 6, 6, -32, -32, 32, 0, 0, TILE, TILE, made, made),
    ],
    ['accumulateMean', () => kernels.accumulateMean(values[0], areas, PIXELS, 0, 0, ...plane, sums, weights)],
    ['finishMeanF32', () => kernels.finishMeanF32(sums, weights, PIXELS, ...out)],
    ['meanStrip of 9', () => kernels.meanStrip(strip, DEPTH, 0, ROWS, SIDE, 0, 0, ...out, columns)],
    ['scaleByGrid', () => kernels.scaleByGrid(out[1], SIDE, SIDE, 0, 0, SIDE / 4, 6, unit)],
    ['rowEndHull', () => kernels.rowEndHull(blank, SIDE, SIDE, SIDE, hull)],
    ['histogram', () => kernels.histogram(blank, PIXELS, 0, 100, 100 / BINS, BINS, bins)],
    ['levels', () => kernels.levels(blank, PIXELS, 1, ...levelsOf, 0, out[1])],
    ['wordSum', () => kernels.wordSum(values[0], PIXELS)],
    [
      'medianRow of 9',
      () => kernels.medianRow(record, DEPTH, 0, 8192, 0.5, 0, ...out, 0, scratch, medianScratchBytes(DEPTH)),
    ],
    ['planeFitPass', () => kernels.planeFitPass(...whole, 0, 0, 0, 0, 0, 50, statistics)],
    ['planeSpread', () => kernels.planeSpread(...whole, 0, 0, 0, 0, 0, 50, statistics)],
    ['coverageSums', () => kernels.coverageSums(areas, SIDE, SIDE, SIDE, statistics)],
    ['diffMontage', () => kernels.diffMontage(...difference, 1, out[0], SIDE, statistics)],
    ['stackSumsRow of 9', () => kernels.stackSumsRow(...stacked, 0, areas, areas, 3, ...stackOut)],
    ['stackSpreadRow of 9', () => kernels.stackSpreadRow(...stacked, 0.5, ...stackOut)],
    ['areaVarianceTile', () => kernels.areaVarianceTile(...variance)],
    ['statistics', () => kernels.statistics(...whole, statistics)],
  ])
}

/** 256 levels of equal height for values from 0 to 100, as arguments of `levels`. */
function levelTable(memory) {
  const [thresholds, cells] = [memory.alloc(8 * 257), memory.alloc(2 * LEVEL_HALF + 2)]
  const rising = memory.f64(thresholds, 257)
  for (let k = 0; k < 256; k++) rising[k] = (100 * k) / 256
  rising[256] = Number.NaN
  const starts = memory.u8(cells, 2 * LEVEL_HALF + 2)
  for (let k = 0; k < LEVEL_HALF; k++) {
    starts[k] = Math.floor((128 * k) / LEVEL_HALF)
    starts[LEVEL_HALF + k] = 128 + starts[k]
  }
  starts.fill(255, 2 * LEVEL_HALF)
  const scale = LEVEL_HALF / 50
  return [0, scale, 50, scale, thresholds, cells]
}

/** Corners of a tile in the middle of the image. */
function placeTile(memory, scale, angleDeg) {
  const count = (TILE + 1) ** 2
  const offsets = [memory.alloc(8 * count), memory.alloc(8 * count)]
  const [x, y] = offsets.map((at) => memory.f64(at, count))
  const angle = (angleDeg / 180) * Math.PI
  const [c, s] = [Math.cos(angle) * scale, Math.sin(angle) * scale]
  for (let k = 0; k < count; k++) {
    const u = (k % (TILE + 1)) - TILE / 2
    const v = Math.floor(k / (TILE + 1)) - TILE / 2
    x[k] = SIDE / 2 + c * u - s * v
    y[k] = SIDE / 2 + s * u + c * v
  }
  return offsets
}

/** Calls of the codec kernels of a build, by their names. */
export function codecCases(codecs) {
  const start = codecs.reserve(64 * PIXELS)
  const [floats, numbersAt, packed, unpacked] = [0, 8, 16, 24].map((at) => start + at * PIXELS)
  const random = numbers()
  codecs.f32(floats, PIXELS).forEach((_, i, plane) => void (plane[i] = 100 * random()))
  codecs.i32(numbersAt, PIXELS).forEach((_, i, plane) => void (plane[i] = Math.floor(200 * random())))
  const packedBytes = codecs.riceEncode(numbersAt, packed, PIXELS, 32, 4)
  return new Map([
    ['swap4', () => codecs.swap4(floats, unpacked, PIXELS)],
    ['i16ToF32', () => codecs.i16ToF32(numbersAt, unpacked, PIXELS, 0.5, 1, 1, -32768)],
    ['riceEncode', () => codecs.riceEncode(numbersAt, packed, PIXELS, 32, 4)],
    ['riceDecode', () => codecs.riceDecode(packed, packedBytes, unpacked, PIXELS, 32, 4)],
    ['dequantizeF32', () => codecs.dequantizeF32(numbersAt, unpacked, 0, PIXELS, 0.1, 1, 1, 7, 0, 0)],
  ])
}
