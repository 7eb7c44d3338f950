import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  areaScratchBytes,
  createPixelMemory,
  type PixelKernels,
  plainKernels,
  wasmKernels,
} from '../src/index.ts'
import { randomNumbers } from './builds.ts'

const SIDE = 160
const TILE = 48
const memory = createPixelMemory({ maximumBytes: 2 ** 27 })
const image = memory.alloc(4 * SIDE ** 2)
const cornersX = memory.alloc(8 * (TILE + 1) ** 2)
const cornersY = memory.alloc(8 * (TILE + 1) ** 2)
const values = memory.alloc(4 * TILE ** 2)
const coverages = memory.alloc(4 * TILE ** 2)
const scratchBytes = areaScratchBytes(SIDE, SIDE, true)
const scratch = memory.alloc(scratchBytes)

/** The image as a function of column and row. */
function paint(pixel: (col: number, row: number) => number): Float32Array {
  const pixels = memory.f32(image, SIDE ** 2)
  for (let i = 0; i < pixels.length; i++) pixels[i] = pixel(i % SIDE, Math.floor(i / SIDE))
  return pixels
}

/** Corners of a square tile: (u, v) counts output pixels from the tile's first corner. */
function mapCorners(map: (u: number, v: number) => readonly [number, number]): void {
  const x = memory.f64(cornersX, (TILE + 1) ** 2)
  const y = memory.f64(cornersY, (TILE + 1) ** 2)
  for (let k = 0; k < x.length; k++) {
    const [cornerX, cornerY] = map(k % (TILE + 1), Math.floor(k / (TILE + 1)))
    x[k] = cornerX
    y[k] = cornerY
  }
}

function rotation(angleDeg: number, scale: number): (u: number, v: number) => readonly [number, number] {
  const c = Math.cos((angleDeg / 180) * Math.PI) * scale
  const s = Math.sin((angleDeg / 180) * Math.PI) * scale
  const [dx, dy] = [SIDE / 2 - ((c - s) * TILE) / 2, SIDE / 2 - ((s + c) * TILE) / 2]
  return (u, v) => [dx + c * u - s * v, dy + s * u + c * v]
}

const implementations: readonly { readonly name: string; readonly kernels: PixelKernels }[] = [
  { name: 'wasm', kernels: wasmKernels(memory) },
  { name: 'plain', kernels: plainKernels(memory) },
]

describe.for(implementations)('areaTile, $name', ({ kernels }) => {
  const run = (weightAt = 0): { value: Float32Array; coverage: Float32Array } => {
    const status = kernels.areaTile(
      image,
      0,
      0,
      SIDE,
      SIDE,
      SIDE,
      weightAt,
      cornersX,
      cornersY,
      TILE,
      TILE,
      values,
      coverages,
      TILE,
      scratch,
      scratchBytes,
    )
    expect(status).toBe(0)
    return { value: memory.f32(values, TILE ** 2), coverage: memory.f32(coverages, TILE ** 2) }
  }

  beforeEach(() => void paint(() => 1))

  const angles = [0, 1e-9, 0.37, 17, 45, 90, 133, 180, 270]
  test.for(angles)('a constant image stays constant to the last bit, turned by %d degrees', (angleDeg) => {
    paint(() => 1 / 3)
    mapCorners(rotation(angleDeg, 1))
    const { value, coverage } = run()
    expect(new Set(value)).toEqual(new Set([Math.fround(1 / 3)]))
    expect(new Set(coverage)).toEqual(new Set([1]))
  })

  test.for([0.02, 0.5, 2.3])('a constant image stays constant at scale %d', (scale) => {
    paint(() => 1 / 3)
    mapCorners(rotation(30, scale))
    expect(new Set(run().value)).toEqual(new Set([Math.fround(1 / 3)]))
  })

  test('a whole-pixel shift copies the pixels', () => {
    const pixels = paint((col, row) => Math.sin(col) + Math.cos(3 * row))
    mapCorners((u, v) => [u + 31, v + 17])
    const { value } = run()
    for (let k = 0; k < TILE ** 2; k++) {
      const col = (k % TILE) + 31
      const row = Math.floor(k / TILE) + 17
      expect(Math.abs(value[k]! - pixels[row * SIDE + col]!)).toBeLessThan(1e-13)
    }
  })

  test('a mirrored map copies the pixels from right to left', () => {
    const pixels = paint((col, row) => col + 1000 * row)
    mapCorners((u, v) => [100 - u, v + 17])
    const { value, coverage } = run()
    expect(value[0]).toBe(pixels[17 * SIDE + 99])
    expect(value[TILE + 3]).toBe(pixels[18 * SIDE + 96])
    expect(coverage[0]).toBe(1)
  })

  test('a plane keeps its value at the centre of shifted, aligned pixels', () => {
    // For aligned unit pixels the average of the step function is linear in the shift, so this is exact.
    paint((col, row) => 0.25 * (col + 0.5) - 0.5 * (row + 0.5) + 3)
    mapCorners((u, v) => [u + 20.3, v + 40.8])
    const { value } = run()
    for (let k = 0; k < TILE ** 2; k++) {
      const x = (k % TILE) + 20.8
      const y = Math.floor(k / TILE) + 41.3
      expect(value[k]!).toBeCloseTo(0.25 * x - 0.5 * y + 3, 5)
    }
  })

  test('flux is conserved by any shift inside the image', () => {
    const random = randomNumbers(7)
    const shifts = fc.double({ min: 35, max: 55, noNaN: true })
    fc.assert(
      fc.property(shifts, shifts, fc.double({ min: -50, max: 50, noNaN: true }), (dx, dy, angleDeg) => {
        // One source well inside the tile; everything else is empty.
        const pixels = paint(() => 0)
        let input = 0
        for (let row = 75; row < 85; row++) {
          for (let col = 75; col < 85; col++) {
            pixels[row * SIDE + col] = random()
            input += pixels[row * SIDE + col]!
          }
        }
        const turn = rotation(angleDeg, 1)
        mapCorners((u, v) => {
          const [x, y] = turn(u, v)
          return [x + dx - 45, y + dy - 45]
        })
        const { value, coverage } = run()
        let output = 0
        for (let k = 0; k < TILE ** 2; k++) output += value[k]! * coverage[k]!
        // Each stored value is rounded to float32 (2^-25 relative on average, either sign); sums are float64.
        expect(Math.abs(output - input)).toBeLessThan(1e-6 * input)
      }),
      { numRuns: 40 },
    )
  })

  test('flux is conserved to 1e-12 where float32 holds the results exactly', () => {
    // Shifts by eighths and pixels with few bits: every product is exact, so only sums of float64 could err.
    const random = randomNumbers(9)
    const pixels = paint(() => 0)
    let input = 0
    for (let row = 60; row < 90; row++) {
      for (let col = 60; col < 90; col++) {
        pixels[row * SIDE + col] = Math.floor(random() * 1024)
        input += pixels[row * SIDE + col]!
      }
    }
    mapCorners((u, v) => [u + 50.375, v + 50.625])
    const { value, coverage } = run()
    let output = 0
    for (let k = 0; k < TILE ** 2; k++) output += value[k]! * coverage[k]!
    expect(Math.abs(output / input - 1)).toBeLessThan(1e-12)
  })

  test('coverage times pixel area adds up to the overlap of tile and image', () => {
    // The tile hangs over the image's upper left corner by 10.25 and 20.5 pixels.
    mapCorners((u, v) => [u - 10.25, v - 20.5])
    const { coverage } = run()
    let area = 0
    for (const c of coverage) area += c
    expect(area).toBeCloseTo((TILE - 10.25) * (TILE - 20.5), 9)
  })

  test('an output pixel half on a blank pixel keeps the value and halves the coverage', () => {
    paint((col) => (col < 40 ? NaN : 7))
    mapCorners((u, v) => [u + 39.5 - 5, v + 10])
    const { value, coverage } = run()
    expect(Array.from(value.subarray(4, 7))).toEqual([NaN, 7, 7])
    expect(Array.from(coverage.subarray(4, 7))).toEqual([0, 0.5, 1])
  })

  test('the border pixel of the image is fully covered, the next one is blank', () => {
    mapCorners((u, v) => [u + SIDE - 2, v])
    const { value, coverage } = run()
    expect(Array.from(value.subarray(0, 3))).toEqual([1, 1, NaN])
    expect(Array.from(coverage.subarray(0, 3))).toEqual([1, 1, 0])
  })

  test('weights average the pixels and scale the coverage', () => {
    const weights = memory.alloc(4 * SIDE ** 2)
    paint((col) => (col % 2 === 0 ? 10 : 20))
    const w = memory.f32(weights, SIDE ** 2)
    for (let i = 0; i < w.length; i++) w[i] = i % 2 === 0 ? 1 : 3
    mapCorners((u, v) => [2 * u + 10, v + 10])
    const { value, coverage } = run(weights)
    memory.free(weights)
    expect(value[0]).toBe(17.5)
    expect(coverage[0]).toBe(2)
  })

  test('NaN corners, degenerate and far-away quadrilaterals are blank, their neighbours are not', () => {
    mapCorners((u, v) => [u + 20, v + 20])
    const x = memory.f64(cornersX, (TILE + 1) ** 2)
    const at = 10 * (TILE + 1) + 10
    x[at] = NaN
    const y = memory.f64(cornersY, (TILE + 1) ** 2)
    const flat = 20 * (TILE + 1) + 20
    y[flat] = y[flat + TILE + 1]!
    y[flat + 1] = y[flat + TILE + 2]!
    x[30 * (TILE + 1) + 30] = 1e15
    const { value, coverage } = run()
    const blanks = [...coverage.keys()].filter((k) => coverage[k] === 0)
    const around = (row: number): number[] => [
      (row - 1) * TILE + row - 1,
      (row - 1) * TILE + row,
      row * TILE + row - 1,
      row * TILE + row,
    ]
    expect(blanks).toEqual([...around(10), 20 * TILE + 20, ...around(30)])
    expect(blanks.every((k) => Number.isNaN(value[k]))).toBe(true)
  })

  test.for([
    { name: 'a dented one is used', corners: [20, 20, 24, 20, 21, 21, 20, 24], value: 1 },
    { name: 'a triangle is used', corners: [20, 20, 24, 20, 24, 20, 20, 24], value: 1 },
    { name: 'crossing edges are blank', corners: [20, 20, 24, 20, 20, 24.5, 24, 24], value: NaN },
    {
      name: 'crossing edges across a block are blank',
      corners: [62, 20, 66, 20, 62, 24.5, 66, 24],
      value: NaN,
    },
    { name: 'crossing edges at the border are blank', corners: [-2, 20, 2, 20, -2, 24.5, 2, 24], value: NaN },
  ])('quadrilaterals: $name', ({ corners, value }) => {
    const [x0, y0, x1, y1, x2, y2, x3, y3] = corners as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ]
    memory.f64(cornersX, 4).set([x0, x1, x3, x2])
    memory.f64(cornersY, 4).set([y0, y1, y3, y2])
    const tile = [cornersX, cornersY, 1, 1, values, coverages, 1, scratch, scratchBytes] as const
    kernels.areaTile(image, 0, 0, SIDE, SIDE, SIDE, 0, ...tile)
    expect(memory.f32(values, 1)[0]).toBe(value)
    expect(memory.f32(coverages, 1)[0]).toBe(Number.isNaN(value) ? 0 : 1)
  })

  test('a pixel much larger than the image holds the image', () => {
    paint((col) => col)
    mapCorners((u, v) => [(u - 24) * 10_000 - 3000, (v - 24) * 10_000 - 4000])
    const { value, coverage } = run()
    const k = 24 * TILE + 24
    expect(value[k]).toBeCloseTo((SIDE - 1) / 2, 4)
    expect(coverage[k]! * 1e8).toBeCloseTo(SIDE ** 2, 0)
  })

  test('a hot pixel does not spoil its neighbours', () => {
    paint((col, row) => (col === 70 && row === 80 ? 60_000 : 0.01))
    mapCorners(rotation(20, 1))
    const { value } = run()
    const untouched = value.filter((v) => v < 0.011)
    expect(untouched.length).toBeGreaterThan(TILE ** 2 - 12)
    // 60000 / 0.01 in float64 sums leaves about 1e-9 relative.
    expect(Math.max(...untouched) - Math.min(...untouched)).toBeLessThan(1e-9)
  })
})

describe('areaTile cut into tiles', () => {
  const kernels = wasmKernels(memory)
  const wholeSide = TILE
  const other = memory.alloc(8 * (TILE + 1) ** 2)
  const otherY = memory.alloc(8 * (TILE + 1) ** 2)
  const pieces = memory.alloc(8 * TILE ** 2)

  test('gives the same bits as one tile, with and without blank pixels', () => {
    const cuts = fc.record({
      seed: fc.integer(),
      angleDeg: fc.oneof(fc.constantFrom(0, 90, 1e-14), fc.double({ min: 0, max: 360, noNaN: true })),
      scale: fc.constantFrom(0.5, 1, 1, 2.5),
      blankFraction: fc.constantFrom(0, 0.0002, 0.01),
      tileWidth: fc.integer({ min: 1, max: TILE }),
      tileHeight: fc.integer({ min: 1, max: TILE }),
    })
    fc.assert(
      fc.property(cuts, ({ seed, angleDeg, scale, blankFraction, tileWidth, tileHeight }) => {
        const random = randomNumbers(seed)
        paint(() => (random() < blankFraction ? NaN : random()))
        mapCorners(rotation(angleDeg, scale))
        const tile = (
          col: number,
          row: number,
          w: number,
          h: number,
          valueAt: number,
          coverageAt: number,
        ): void => {
          const from = memory.f64(cornersX, (TILE + 1) ** 2)
          const fromY = memory.f64(cornersY, (TILE + 1) ** 2)
          const x = memory.f64(other, (w + 1) * (h + 1))
          const y = memory.f64(otherY, (w + 1) * (h + 1))
          for (let k = 0; k < x.length; k++) {
            const at = (row + Math.floor(k / (w + 1))) * (TILE + 1) + col + (k % (w + 1))
            x[k] = from[at]!
            y[k] = fromY[at]!
          }
          const out = 4 * (row * wholeSide + col)
          const args = [image, 0, 0, SIDE, SIDE, SIDE, 0, other, otherY, w, h] as const
          kernels.areaTile(...args, valueAt + out, coverageAt + out, wholeSide, scratch, scratchBytes)
        }
        tile(0, 0, TILE, TILE, values, coverages)
        const coverageAt = pieces + 4 * TILE ** 2
        for (let row = 0; row < TILE; row += tileHeight) {
          for (let col = 0; col < TILE; col += tileWidth) {
            tile(
              col,
              row,
              Math.min(tileWidth, TILE - col),
              Math.min(tileHeight, TILE - row),
              pieces,
              coverageAt,
            )
          }
        }
        expect(memory.f32(pieces, TILE ** 2)).toEqual(memory.f32(values, TILE ** 2))
        expect(memory.f32(coverageAt, TILE ** 2)).toEqual(memory.f32(coverages, TILE ** 2))
      }),
      { numRuns: 60 },
    )
  })
})
