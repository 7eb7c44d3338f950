import { connectedGroups } from './groups.ts'
import type { Moments } from './moments.ts'
import { ZERO_PLANE } from './plane.ts'
import type { OverlapFit } from './reject.ts'
import { relaxBackground } from './relax.ts'
import { type BackgroundMode, type BackgroundSolution, solveBackground } from './solve.ts'
import { solveBackgroundRobustly } from './solve-robust.ts'

/**
 * How corrections are found: `direct`, the least-squares solution; `robust`, the same with overlaps weighted by their noise and less by
 * far the more they disagree with the others; `classic`, the iteration of mBgModel, for comparison.
 */
export const BACKGROUND_SOLVERS = ['direct', 'robust', 'classic'] as const

/** One of {@link BACKGROUND_SOLVERS}. */
export type BackgroundSolver = (typeof BACKGROUND_SOLVERS)[number]

/** A solution with the weight that each fit had in it, relative to the others. */
export interface WeightedSolution extends BackgroundSolution {
  readonly weights: Float64Array
}

/** Rounds of the iteration, as mBgModel makes by default. */
const CLASSIC_ITERATIONS = 10_000

/**
 * Corrections by any solver.
 *
 * @param fits only the overlaps that are to be used
 * @param locked images, by their place in the list, whose correction is 0; others follow them
 */
export function solveBy(
  solver: BackgroundSolver,
  imageMoments: readonly Moments[],
  fits: readonly OverlapFit[],
  mode: BackgroundMode,
  locked: ReadonlySet<number>,
): WeightedSolution {
  if (solver === 'robust' && mode !== 'none' && fits.length > 0) {
    const noise = Float64Array.from(fits, ({ fit }) => fit.rms)
    return solveBackgroundRobustly(imageMoments, fits, mode, { locked, noise })
  }
  const weights = new Float64Array(fits.length).fill(1)
  if (solver === 'direct' || mode === 'none' || fits.length === 0)
    return { ...solveBackground(imageMoments, fits, mode, { locked }), weights }
  const overlaps = fits.map(({ plus, minus, fit }) => ({
    plus,
    minus,
    plane: fit,
    box: fit.box,
    isUsed: true,
  }))
  const schedule = mode === 'level' ? 'level' : 'all'
  const found = new Map(
    relaxBackground(overlaps, { iterations: CLASSIC_ITERATIONS, schedule, locked }).map(
      ({ id, ...plane }) => [id, plane],
    ),
  )
  return {
    corrections: imageMoments.map((_, image) => found.get(image) ?? ZERO_PLANE),
    groups: connectedGroups(imageMoments.length, fits),
    iterations: CLASSIC_ITERATIONS,
    weights,
  }
}
