/** One star in the image and in the catalogue. */
export interface FluxPair {
  /** Flux in the image, above 0. */
  readonly imageFlux: number
  /** Flux in the catalogue, above 0. */
  readonly catalogFlux: number
}

/** The photometric scale of an image. */
export interface PhotometricScale {
  /** Factor that turns image flux into catalogue flux. */
  readonly scale: number
  /** Scatter of log10(imageFlux / catalogFlux) of the stars that were kept. */
  readonly sigmaDex: number
  /** Stars that were kept. */
  readonly count: number
  /** Stars that were left out. */
  readonly rejectedCount: number
}

/** Stars farther off than so many sigma are left out, as in Montage's mCalibrate. */
const CLIP_SIGMAS = 2
const MAX_ROUNDS = 50

/**
 * Fits `log10(imageFlux) = log10(catalogFlux) + B` with the slope held at one: B is the mean of the differences after those more than
 * two sigma off were left out again and again, starting around their median. The scale is 10^-B.
 *
 * @returns undefined without a pair of fluxes above zero
 */
export function fitScale(pairs: readonly FluxPair[]): PhotometricScale | undefined {
  const logs = pairs
    .filter(({ imageFlux, catalogFlux }) => imageFlux > 0 && catalogFlux > 0)
    .map(({ imageFlux, catalogFlux }) => Math.log10(imageFlux / catalogFlux))
    .filter(Number.isFinite)
    .sort((a, b) => a - b)
  if (logs.length === 0) return undefined
  let kept: readonly number[] = logs
  let centre = (logs[(logs.length - 1) >> 1]! + logs[logs.length >> 1]!) / 2
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const sigma = scatter(kept, centre)
    const next = logs.filter((value) => Math.abs(value - centre) <= CLIP_SIGMAS * sigma)
    const isSame = next.length === kept.length && next[0] === kept[0]
    if (next.length === 0) break
    kept = next
    centre = kept.reduce((sum, value) => sum + value, 0) / kept.length
    if (isSame) break
  }
  return {
    scale: 10 ** -centre,
    sigmaDex: scatter(kept, centre),
    count: kept.length,
    rejectedCount: pairs.length - kept.length,
  }
}

function scatter(values: readonly number[], centre: number): number {
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / values.length)
}
