import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { overlapScratchBytes } from '../src/index.ts'
import { type Bench, benches, randomNumbers } from './builds.ts'

const MAX_SIDE = 12
const MAX_WINDOW = 40
/** Sums over at most MAX_WINDOW columns of edges of pixels with values below 10. */
const ATOL = 1e-11

const scenes = fc.record({
  seed: fc.integer(),
  cols: fc.integer({ min: 1, max: MAX_SIDE }),
  rows: fc.integer({ min: 1, max: MAX_SIDE }),
  windowCol: fc.integer({ min: -3, max: 8 }),
  windowRow: fc.integer({ min: -3, max: 8 }),
  windowWidth: fc.integer({ min: 1, max: MAX_WINDOW }),
  windowHeight: fc.integer({ min: 1, max: MAX_WINDOW }),
  scale: fc.constantFrom<number>(1, 1, 0.37, 0.01, 3.3, 17),
  angleDeg: fc.oneof(fc.constantFrom(0, 45, 90, 180), fc.double({ min: 0, max: 360, noNaN: true })),
  isMirrored: fc.boolean(),
  isOnPixelBorders: fc.boolean(),
  wobble: fc.constantFrom(0, 0.1, 0.6, 1e-13),
  wildFraction: fc.constantFrom(0, 0, 0.02),
  blankFraction: fc.constantFrom(0, 0, 0.1, 1),
  isWeighted: fc.boolean(),
  isFlux: fc.boolean(),
})
type Scene = typeof scenes extends fc.Arbitrary<infer T> ? T : never

const WILD = [NaN, Infinity, -1e300, 1e12]

function fill(bench: Bench, scene: Scene, at: Blocks): void {
  const { cols, rows, scale, angleDeg, isMirrored, isOnPixelBorders, wobble } = scene
  const random = randomNumbers(scene.seed)
  const values = bench.memory.f64(at.values, cols * rows)
  const weights = bench.memory.f64(at.weights, cols * rows)
  for (let k = 0; k < values.length; k++) {
    values[k] = random() < scene.blankFraction ? [NaN, Infinity][k % 2]! : 10 * random() - 2
    weights[k] = random() < scene.blankFraction ? [0, -1, NaN, Infinity][k % 4]! : 2 * random()
  }
  const angle = (angleDeg * Math.PI) / 180
  const [startX, startY] = isOnPixelBorders ? [2, 3] : [20 * random() - 5, 20 * random() - 5]
  const cornersX = bench.memory.f64(at.cornersX, (cols + 1) * (rows + 1))
  const cornersY = bench.memory.f64(at.cornersY, (cols + 1) * (rows + 1))
  for (let k = 0; k < cornersX.length; k++) {
    const u = scale * ((k % (cols + 1)) + wobble * (random() - 0.5)) * (isMirrored ? -1 : 1)
    const v = scale * (Math.floor(k / (cols + 1)) + wobble * (random() - 0.5))
    const isWild = random() < scene.wildFraction
    cornersX[k] = isWild ? WILD[k % 4]! : startX + u * Math.cos(angle) - v * Math.sin(angle)
    cornersY[k] = isWild ? 0 : startY + u * Math.sin(angle) + v * Math.cos(angle)
  }
}

interface Blocks {
  readonly values: number
  readonly weights: number
  readonly cornersX: number
  readonly cornersY: number
  readonly drops: number
  readonly sums: readonly [number, number, number]
  readonly scratch: number
}

function allocate({ memory }: Bench): Blocks {
  const sums = (): number => memory.alloc(16 * MAX_WINDOW ** 2)
  return {
    values: memory.alloc(8 * MAX_SIDE ** 2),
    weights: memory.alloc(8 * MAX_SIDE ** 2),
    cornersX: memory.alloc(8 * (MAX_SIDE + 1) ** 2),
    cornersY: memory.alloc(8 * (MAX_SIDE + 1) ** 2),
    drops: memory.alloc(64 * MAX_SIDE ** 2),
    sums: [sums(), sums(), sums()],
    scratch: memory.alloc(overlapScratchBytes(MAX_SIDE, MAX_SIDE, MAX_WINDOW, MAX_WINDOW)),
  }
}

/** Corners of each pixel as eight planes. */
function splitCorners(bench: Bench, { cols, rows }: Scene, at: Blocks): void {
  const count = cols * rows
  for (const [plane, from] of [at.cornersX, at.cornersY].entries()) {
    const corners = bench.memory.f64(from, (cols + 1) * (rows + 1))
    for (const [i, step] of [0, 1, cols + 2, cols + 1].entries()) {
      const out = bench.memory.f64(at.drops + 8 * count * (2 * i + plane), count)
      for (let k = 0; k < count; k++) out[k] = corners[Math.floor(k / cols) * (cols + 1) + (k % cols) + step]!
    }
  }
}

describe.each(benches())('overlaps of input pixels with output pixels, build $name', (bench) => {
  const at = allocate(bench)

  test('both kernels agree with their twin', () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        fill(bench, scene, at)
        splitCorners(bench, scene, at)
        const { cols, rows, windowCol, windowRow, windowWidth, windowHeight, isWeighted, isFlux } = scene
        const weights = isWeighted ? at.weights : 0
        const limit = 200
        const sums = at.sums.map((sum) => bench.memory.f64(sum, 2 * windowWidth * windowHeight).fill(0.25))
        const counts = [bench.kernels, bench.twin].map((kernels, i) =>
          kernels.overlapBlock(
            at.values,
            weights,
            cols,
            rows,
            at.cornersX,
            at.cornersY,
            limit,
            Number(isFlux),
            windowCol,
            windowRow,
            windowWidth,
            windowHeight,
            at.sums[i]!,
            windowWidth,
            at.scratch,
          ),
        )
        counts.push(
          bench.kernels.overlapDrops(
            at.values,
            weights,
            cols * rows,
            at.drops,
            limit,
            Number(isFlux),
            windowCol,
            windowRow,
            windowWidth,
            windowHeight,
            at.sums[2],
            windowWidth,
            at.scratch,
          ),
        )
        expect(counts).toEqual([counts[1], counts[1], counts[1]])
        // Flux over a small pixel is a large number.
        const atol = isFlux ? ATOL / Math.min(1, scene.scale ** 2) : ATOL
        for (const [i, expected] of sums[1]!.entries()) {
          expect(Math.abs(sums[0]![i]! - expected)).toBeLessThan(atol)
          expect(Math.abs(sums[2]![i]! - expected)).toBeLessThan(atol)
        }
      }),
      { numRuns: 150 },
    )
  })

  test('flux is kept when pixels are turned and shrunk', () => {
    const scene: Scene = {
      seed: 7,
      cols: 10,
      rows: 9,
      windowCol: -20,
      windowRow: -20,
      windowWidth: MAX_WINDOW,
      windowHeight: MAX_WINDOW,
      scale: 0.7,
      angleDeg: 33,
      isMirrored: true,
      isOnPixelBorders: true,
      wobble: 0,
      wildFraction: 0,
      blankFraction: 0,
      isWeighted: false,
      isFlux: true,
    }
    fill(bench, scene, at)
    const total = bench.memory.f64(at.values, 90).reduce((sum, value) => sum + value, 0)
    const sums = bench.memory.f64(at.sums[0], 2 * MAX_WINDOW ** 2).fill(0)
    bench.kernels.overlapBlock(
      at.values,
      0,
      10,
      9,
      at.cornersX,
      at.cornersY,
      5,
      1,
      -20,
      -20,
      MAX_WINDOW,
      MAX_WINDOW,
      at.sums[0],
      MAX_WINDOW,
      at.scratch,
    )
    const flux = sums.filter((_, i) => i % 2 === 0).reduce((sum, value) => sum + value, 0)
    const area = sums.filter((_, i) => i % 2 === 1).reduce((sum, value) => sum + value, 0)
    expect(flux).toBeCloseTo(total, 10)
    expect(area).toBeCloseTo(90 * 0.7 ** 2, 10)
  })
})
