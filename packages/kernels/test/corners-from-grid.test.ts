import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { benches } from './builds.ts'

const MAX_NODES = 12
const MAX_CORNERS = 200

describe.for(benches())('cornersFromGrid, $name build', ({ memory, kernels, twin }) => {
  const gridX = memory.alloc(8 * MAX_NODES ** 2)
  const gridY = memory.alloc(8 * MAX_NODES ** 2)
  const cornersX = memory.alloc(8 * MAX_CORNERS ** 2)
  const cornersY = memory.alloc(8 * MAX_CORNERS ** 2)
  const twinX = memory.alloc(8 * MAX_CORNERS ** 2)
  const twinY = memory.alloc(8 * MAX_CORNERS ** 2)

  const fillGrid = (
    nodes: number,
    origin: number,
    step: number,
    map: (x: number, y: number) => readonly [number, number],
  ): void => {
    const x = memory.f64(gridX, nodes ** 2)
    const y = memory.f64(gridY, nodes ** 2)
    for (let k = 0; k < nodes ** 2; k++) {
      const [nodeX, nodeY] = map(origin + (k % nodes) * step, origin + Math.floor(k / nodes) * step)
      x[k] = nodeX
      y[k] = nodeY
    }
  }

  test('reproduces bicubic maps exactly and equals the twin bit by bit, wherever the tile starts', () => {
    const tiles = fc.record({
      step: fc.constantFrom(1, 2, 7, 8, 16),
      origin: fc.integer({ min: -100, max: 100 }),
      col: fc.integer({ min: 0, max: 60 }),
      row: fc.integer({ min: 0, max: 60 }),
      width: fc.integer({ min: 1, max: 60 }),
      height: fc.integer({ min: 1, max: 60 }),
    })
    fc.assert(
      fc.property(tiles, ({ step, origin, col, row, width, height }) => {
        const map = (x: number, y: number): readonly [number, number] => [
          100 + x + 0.01 * x * y - 1e-5 * x ** 3,
          y - 3 + 1e-6 * x ** 2 * y ** 3,
        ]
        fillGrid(MAX_NODES, origin, step, map)
        const tile = [origin + col, origin + row, width, height] as const
        const grid = [gridX, gridY, MAX_NODES, MAX_NODES, origin, origin, step] as const
        const status = kernels.cornersFromGrid(...grid, ...tile, cornersX, cornersY)
        const twinStatus = twin.cornersFromGrid(...grid, ...tile, twinX, twinY)
        const isInside =
          col >= step &&
          row >= step &&
          col + width <= (MAX_NODES - 2) * step &&
          row + height <= (MAX_NODES - 2) * step
        expect([status, twinStatus]).toEqual(isInside ? [0, 0] : [1, 1])
        if (!isInside) return
        const count = (width + 1) * (height + 1)
        expect(memory.f64(cornersX, count)).toEqual(memory.f64(twinX, count))
        expect(memory.f64(cornersY, count)).toEqual(memory.f64(twinY, count))
        for (let k = 0; k < count; k++) {
          const [x, y] = map(tile[0] + (k % (width + 1)), tile[1] + Math.floor(k / (width + 1)))
          // Values up to 1e6 in float64.
          expect(Math.abs(memory.f64(cornersX, count)[k]! - x)).toBeLessThan(1e-9)
          expect(Math.abs(memory.f64(cornersY, count)[k]! - y)).toBeLessThan(1e-8)
        }
      }),
      { numRuns: 150 },
    )
  })

  test('a corner has the same bits in every tile that contains it', () => {
    fillGrid(MAX_NODES, 0, 8, (x, y) => [Math.sin(x / 20) * 50 + y, Math.cos(y / 30) * 40 - x])
    const corner = (tileCol: number, tileRow: number): number => {
      kernels.cornersFromGrid(
        gridX,
        gridY,
        MAX_NODES,
        MAX_NODES,
        0,
        0,
        8,
        tileCol,
        tileRow,
        24,
        24,
        cornersX,
        cornersY,
      )
      return memory.f64(cornersX, 25 * 25)[(40 - tileRow) * 25 + 40 - tileCol]!
    }
    const found = [16, 17, 24, 39, 40].flatMap((col) => [16, 21, 40].map((row) => corner(col, row)))
    expect(new Set(found).size).toBe(1)
  })

  test('a corner has the same bits when its grid is cut to the nodes that are needed', () => {
    const map = (x: number, y: number): readonly [number, number] => [Math.sin(x / 20) * 50 + y, x - 3 * y]
    const corner = (nodes: number, origin: number): number => {
      fillGrid(nodes, origin, 8, map)
      const grid = [gridX, gridY, nodes, nodes, origin, origin, 8] as const
      expect(kernels.cornersFromGrid(...grid, 24, 24, 8, 8, cornersX, cornersY)).toBe(0)
      return memory.f64(cornersX, 81)[80]!
    }
    // The corner at (32, 32) is the last inner node of the small grid and an inner node of the large one.
    expect(corner(4, 16)).toBe(corner(MAX_NODES, 0))
  })

  test('a NaN node makes NaN corners around it and nowhere else', () => {
    fillGrid(MAX_NODES, 0, 4, (x, y) => [x, y])
    memory.f64(gridX, MAX_NODES ** 2)[5 * MAX_NODES + 5] = NaN
    kernels.cornersFromGrid(gridX, gridY, MAX_NODES, MAX_NODES, 0, 0, 4, 4, 4, 36, 36, cornersX, cornersY)
    const nanCorners = memory.f64(cornersX, 37 * 37).filter((value) => Number.isNaN(value)).length
    // Cells 3 to 6 in each direction use the node: 16 columns and rows of corners.
    expect(nanCorners).toBe(16 * 16)
    expect(memory.f64(cornersY, 37 * 37).some((value) => Number.isNaN(value))).toBe(false)
  })
})
