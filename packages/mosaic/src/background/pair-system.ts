import { solveDense } from './dense.ts'
import type { NodePlaces } from './elimination-order.ts'
import { type FactorOptions, factorPairs, type SparseFactor } from './sparse-factor.ts'

/** Normal equations as pair blocks: each pair adds its matrix to two diagonal blocks and takes it from two others. */
export interface PairSystem {
  readonly size: number
  readonly plus: Int32Array
  readonly minus: Int32Array
  /** `order * order` numbers for each pair. */
  readonly blocks: Float64Array
  readonly rightSide: Float64Array
  /** 1 for images whose unknowns are 0. */
  readonly isFixed: Uint8Array
}

/** The residual is brought below this fraction of the right side. */
const RELATIVE_RESIDUAL = 1e-13
/** More iterations than this many times the square root of the size mean that rounding stops progress. */
const ITERATION_FACTOR = 400

/**
 * Solves the background's normal equations: by their sparse factor, refined by conjugate gradients, which take one or two steps then.
 * Should the factor be too large, the inverse diagonal blocks stand for it, and the iteration takes about as many steps as there are
 * images. Where the system is singular it is consistent; starting from zero the iteration stays in the determined part.
 *
 * @param places centres of the images, in the coordinates of the unknowns
 *
 * Source: Saad, Iterative Methods for Sparse Linear Systems (2003), algorithm 9.1.
 */
export function solvePairSystem(
  system: PairSystem,
  order: number,
  places: NodePlaces,
  options: FactorOptions = {},
): { solution: Float64Array; iterations: number } {
  const { size, rightSide } = system
  const { solve } = factorPairs(system, order, places, options) ?? diagonalSolver(system, order)
  const solution = new Float64Array(size)
  const residual = Float64Array.from(rightSide)
  const direction = new Float64Array(size)
  const product = new Float64Array(size)
  const preconditioned = new Float64Array(size)
  solve(residual, preconditioned)
  direction.set(preconditioned)
  let rho = dot(residual, preconditioned)
  const goal = rho * RELATIVE_RESIDUAL ** 2
  const limit = 100 + Math.ceil(ITERATION_FACTOR * Math.sqrt(size))
  let iterations = 0
  while (rho > goal && iterations < limit) {
    multiply(system, direction, product, order)
    const curvature = dot(direction, product)
    if (!(curvature > 0)) break
    const step = rho / curvature
    for (let i = 0; i < size; i++) {
      solution[i]! += step * direction[i]!
      residual[i]! -= step * product[i]!
    }
    solve(residual, preconditioned)
    const next = dot(residual, preconditioned)
    const beta = next / rho
    for (let i = 0; i < size; i++) direction[i] = preconditioned[i]! + beta * direction[i]!
    rho = next
    iterations++
  }
  return { solution, iterations }
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

function multiply(system: PairSystem, input: Float64Array, output: Float64Array, order: number): void {
  const { plus, minus, blocks } = system
  output.fill(0)
  for (let pair = 0; pair < plus.length; pair++) {
    const p = plus[pair]! * order
    const m = minus[pair]! * order
    const block = pair * order * order
    for (let i = 0; i < order; i++) {
      let sum = 0
      for (let j = 0; j < order; j++) sum += blocks[block + i * order + j]! * (input[p + j]! - input[m + j]!)
      output[p + i]! += sum
      output[m + i]! -= sum
    }
  }
}

/** Without their part of the preconditioner the unknowns of fixed images stay 0 and the others solve what is left. */
function diagonalSolver(system: PairSystem, order: number): SparseFactor {
  const inverse = inverseDiagonal(system, order)
  const square = order * order
  system.isFixed.forEach((fixed, image) => {
    if (fixed === 1) inverse.fill(0, image * square, (image + 1) * square)
  })
  return { solve: (rightSide, output) => applyBlocks(inverse, rightSide, output, order) }
}

function inverseDiagonal(system: PairSystem, order: number): Float64Array {
  const { size, plus, minus, blocks } = system
  const diagonal = new Float64Array(size * order)
  const square = order * order
  for (let pair = 0; pair < plus.length; pair++) {
    for (let i = 0; i < square; i++) {
      diagonal[plus[pair]! * square + i]! += blocks[pair * square + i]!
      diagonal[minus[pair]! * square + i]! += blocks[pair * square + i]!
    }
  }
  const inverse = new Float64Array(size * order)
  for (let image = 0; image < size / order; image++) {
    const block = diagonal.subarray(image * square, (image + 1) * square)
    for (let col = 0; col < order; col++) {
      const unit = new Float64Array(order)
      unit[col] = 1
      const column = solveDense(block, unit)
      for (let row = 0; row < order; row++) inverse[image * square + row * order + col] = column[row]!
    }
  }
  return inverse
}

function applyBlocks(blocks: Float64Array, input: Float64Array, output: Float64Array, order: number): void {
  const square = order * order
  for (let image = 0; image < input.length / order; image++) {
    for (let i = 0; i < order; i++) {
      let sum = 0
      for (let j = 0; j < order; j++)
        sum += blocks[image * square + i * order + j]! * input[image * order + j]!
      output[image * order + i] = sum
    }
  }
}
