/** Level of a sky background and its scatter. */
export interface SkyLevel {
  readonly level: number
  readonly sigma: number
  /** Values that were kept. */
  readonly count: number
}

/** Values farther from the median than so many sigma are left out. */
const CLIP_SIGMAS = 3
/** Half of the values of a normal distribution lie within so many sigma of its median. */
const QUARTILE_SIGMAS = 0.6744897501960817
const MAX_ROUNDS = 20

/**
 * Median of values after those far from it were left out, until nothing changes: the sky between stars.
 *
 * @returns undefined without finite values
 */
export function clippedLevel(values: ArrayLike<number>): SkyLevel | undefined {
  let kept = Float64Array.from(values).filter(Number.isFinite).sort()
  if (kept.length === 0) return undefined
  for (let round = 0; ; round++) {
    const level = middle(kept)
    const sigma = middle(kept.map((value) => Math.abs(value - level)).sort()) / QUARTILE_SIGMAS
    const next = kept.filter((value) => Math.abs(value - level) <= CLIP_SIGMAS * sigma)
    if (next.length === kept.length || round === MAX_ROUNDS) return { level, sigma, count: kept.length }
    kept = next
  }
}

function middle(sorted: Float64Array): number {
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}
