import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { areaScratchBytes, MAX_AREA_TILE_WIDTH } from '../src/index.ts'
import { type Bench, benches, fillPixels, randomNumbers } from './builds.ts'

const MAX_SIDE = 150
const MAX_HEIGHT = 20
const SCRATCH_BYTES = areaScratchBytes(MAX_SIDE, MAX_SIDE, true)

/** Both implementations work in float64 and round once to float32; a difference needs a result on the edge of rounding. */
const VALUE_RTOL = 2 ** -22
/** Sums over blocks of 64 columns leave about 64 ulp; small coverage divides by it. */
const SUM_ATOL = 1e-12
/** Next to the coverage limit the two may decide differently. */
const COVERAGE_LIMIT = 2e-9

const scenes = fc.record({
  seed: fc.integer(),
  width: fc.integer({ min: 1, max: MAX_SIDE }),
  height: fc.integer({ min: 1, max: MAX_SIDE }),
  windowCol: fc.constantFrom(0, 0, 7, 64, 1000),
  windowRow: fc.constantFrom(0, 0, 5, 3000),
  tileWidth: fc.oneof(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: MAX_AREA_TILE_WIDTH })),
  tileHeight: fc.integer({ min: 1, max: MAX_HEIGHT }),
  scale: fc.constantFrom(1, 1, 1, 2.3, 5, 0.3, 0.01),
  angleDeg: fc.oneof(fc.constantFrom(0, 45, 90, 180, 0.001), fc.double({ min: 0, max: 360, noNaN: true })),
  isMirrored: fc.boolean(),
  isOnPixelBorders: fc.boolean(),
  wobble: fc.constantFrom(0, 0, 0.1, 0.3, 1e-13, 1e-16),
  blankFraction: fc.constantFrom(0, 0, 0.001, 0.05, 0.5, 1),
  wildCornerFraction: fc.constantFrom(0, 0, 0.01),
  isWeighted: fc.boolean(),
})

type Scene = typeof scenes extends fc.Arbitrary<infer T> ? T : never

interface Blocks {
  readonly image: number
  readonly weights: number
  readonly cornersX: number
  readonly cornersY: number
  readonly scratch: number
  readonly values: readonly [number, number]
  readonly coverages: readonly [number, number]
}

function allocate({ memory }: Bench): Blocks {
  const cornerBytes = 8 * (MAX_AREA_TILE_WIDTH + 1) * (MAX_HEIGHT + 1)
  const out = (): number => memory.alloc(4 * MAX_AREA_TILE_WIDTH * MAX_HEIGHT)
  return {
    image: memory.alloc(4 * MAX_SIDE ** 2),
    weights: memory.alloc(4 * MAX_SIDE ** 2),
    cornersX: memory.alloc(cornerBytes),
    cornersY: memory.alloc(cornerBytes),
    scratch: memory.alloc(SCRATCH_BYTES),
    values: [out(), out()],
    coverages: [out(), out()],
  }
}

/** Wild positions that a projection may give next to its horizon. */
const WILD = [NaN, Infinity, -Infinity, 1e300, -1e5, 1e12]

function fillScene({ memory }: Bench, blocks: Blocks, scene: Scene): void {
  const random = randomNumbers(scene.seed)
  const pixelCount = scene.width * scene.height
  fillPixels(memory.f32(blocks.image, pixelCount), random, scene.blankFraction)
  const weights = memory.f32(blocks.weights, pixelCount)
  const badWeights = [0, -1, NaN, Infinity]
  for (let i = 0; i < pixelCount; i++) {
    weights[i] = random() < 0.1 ? badWeights[Math.floor(random() * 4)]! : random() * 2
  }
  const pitch = scene.tileWidth + 1
  const cornerCount = pitch * (scene.tileHeight + 1)
  const x = memory.f64(blocks.cornersX, cornerCount)
  const y = memory.f64(blocks.cornersY, cornerCount)
  const angle = (scene.angleDeg / 180) * Math.PI
  const mirror = scene.isMirrored ? -1 : 1
  const round = scene.isOnPixelBorders ? Math.round : (value: number): number => value
  const originX = scene.windowCol + round(random() * (scene.width + 40) - 20)
  const originY = scene.windowRow + round(random() * (scene.height + 40) - 20)
  for (let k = 0; k < cornerCount; k++) {
    const u = (k % pitch) * scene.scale
    const v = Math.floor(k / pitch) * scene.scale * mirror
    const shake = scene.wobble * scene.scale
    x[k] = originX + u * Math.cos(angle) - v * Math.sin(angle) + shake * random()
    y[k] = originY + u * Math.sin(angle) + v * Math.cos(angle) + shake * random()
    if (random() < scene.wildCornerFraction) x[k] = WILD[Math.floor(random() * WILD.length)]!
  }
}

function runBoth({ kernels, twin }: Bench, blocks: Blocks, scene: Scene): void {
  const { windowCol, windowRow, width, height, tileWidth, tileHeight } = scene
  for (const [k, implementation] of [kernels, twin].entries()) {
    const status = implementation.areaTile(
      blocks.image,
      windowCol,
      windowRow,
      width,
      height,
      width,
      scene.isWeighted ? blocks.weights : 0,
      blocks.cornersX,
      blocks.cornersY,
      tileWidth,
      tileHeight,
      blocks.values[k]!,
      blocks.coverages[k]!,
      tileWidth,
      blocks.scratch,
      SCRATCH_BYTES,
    )
    expect(status).toBe(0)
  }
}

/** The first pixel where the two differ, as text; undefined when they agree. */
function firstDifference({ memory }: Bench, blocks: Blocks, scene: Scene): string | undefined {
  const count = scene.tileWidth * scene.tileHeight
  const value = memory.f32(blocks.values[0], count)
  const coverage = memory.f32(blocks.coverages[0], count)
  const twinValue = memory.f32(blocks.values[1], count)
  const twinCoverage = memory.f32(blocks.coverages[1], count)
  const quadArea = scene.scale ** 2
  for (let k = 0; k < count; k++) {
    const expected = twinCoverage[k]!
    if (expected < COVERAGE_LIMIT && coverage[k]! < COVERAGE_LIMIT) continue
    const atol = (10 * SUM_ATOL) / (Math.min(1, expected) * Math.min(1, quadArea))
    const sameValue = Math.abs(value[k]! - twinValue[k]!) <= VALUE_RTOL * Math.abs(twinValue[k]!) + atol
    const sameCoverage = Math.abs(coverage[k]! - expected) <= VALUE_RTOL * expected + SUM_ATOL / quadArea
    if (!sameValue || !sameCoverage) {
      return `pixel ${k}: ${value[k]!}, ${coverage[k]!} instead of ${twinValue[k]!}, ${expected}`
    }
  }
  return undefined
}

describe.for(benches())('areaTile, $name build', (bench) => {
  const blocks = allocate(bench)

  test('agrees with the plain twin on random scenes', () => {
    fc.assert(
      fc.property(scenes, (scene) => {
        fillScene(bench, blocks, scene)
        runBoth(bench, blocks, scene)
        expect(firstDifference(bench, blocks, scene)).toBeUndefined()
      }),
      { numRuns: 400 },
    )
  })

  test('says that scratch is too small and writes nothing', () => {
    const { memory, kernels } = bench
    memory.f32(blocks.image, 100 * 100).fill(1)
    memory.f64(blocks.cornersX, 4).set([0, 99, 0, 99])
    memory.f64(blocks.cornersY, 4).set([0, 0, 99, 99])
    memory.f32(blocks.values[0], 1)[0] = 42
    const run = (scratchBytes: number): number =>
      kernels.areaTile(
        blocks.image,
        0,
        0,
        100,
        100,
        100,
        0,
        blocks.cornersX,
        blocks.cornersY,
        1,
        1,
        blocks.values[0],
        blocks.coverages[0],
        1,
        blocks.scratch,
        scratchBytes,
      )
    expect(run(0)).toBe(1)
    expect(run(50_000)).toBe(1)
    expect(memory.f32(blocks.values[0], 1)[0]).toBe(42)
    expect(run(areaScratchBytes(100, 100, false))).toBe(0)
    expect(memory.f32(blocks.values[0], 1)[0]).toBe(1)
  })

  test('says that a tile is too wide and writes nothing', () => {
    const { memory, kernels } = bench
    memory.f32(blocks.image, 100 * 100).fill(1)
    memory.f32(blocks.values[0], 1)[0] = 42
    const run = (width: number): number => {
      const corners = 2 * (width + 1)
      memory.f64(blocks.cornersX, corners).set(Array.from({ length: corners }, (_, k) => k % (width + 1)))
      memory.f64(blocks.cornersY, corners).set(Array.from({ length: corners }, (_, k) => Number(k > width)))
      const window = [0, 0, 100, 100, 100, 0] as const
      const out = [blocks.values[0], blocks.coverages[0], width] as const
      return kernels.areaTile(
        blocks.image,
        ...window,
        blocks.cornersX,
        blocks.cornersY,
        width,
        1,
        ...out,
        blocks.scratch,
        SCRATCH_BYTES,
      )
    }
    expect(run(MAX_AREA_TILE_WIDTH + 1)).toBe(1)
    expect(memory.f32(blocks.values[0], 1)[0]).toBe(42)
    expect(run(MAX_AREA_TILE_WIDTH)).toBe(0)
    expect(memory.f32(blocks.values[0], 1)[0]).toBe(1)
  })
})
