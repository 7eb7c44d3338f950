/** Ways to interpolate between pixels. */
export const INTERPOLATIONS = ['nearest', 'bilinear', 'bicubic', 'lanczos2', 'lanczos3', 'lanczos4'] as const
/** One of {@link INTERPOLATIONS}. */
export type Interpolation = (typeof INTERPOLATIONS)[number]

/** True for names of interpolations. */
export function isInterpolation(name: string): name is Interpolation {
  return INTERPOLATIONS.some((known) => known === name)
}

const TAPS: Readonly<Record<Interpolation, number>> = {
  nearest: 1,
  bilinear: 2,
  bicubic: 4,
  lanczos2: 4,
  lanczos3: 6,
  lanczos4: 8,
}

/** Pixels along one axis that an interpolation uses. */
export function kernelTaps(interpolation: Interpolation): number {
  return TAPS[interpolation]
}

/**
 * Weights of the pixels around a place, along one axis; their sum is 1.
 *
 * The place lies `fraction` (0 to 1) beyond the centre of a pixel; tap k is the pixel k - (taps / 2 - 1) after it (for `nearest` the
 * pixel itself). Bicubic is the convolution of Keys 1981 (IEEE Trans. ASSP 29, 1153) with a = -1/2, exact for squares; Lanczos of order n is
 * sinc(x) sinc(x / n), normalised (Duchon 1979, J. Appl. Meteor. 18, 1016).
 */
export function kernelWeights(interpolation: Interpolation, fraction: number, weights: Float64Array): void {
  const taps = TAPS[interpolation]
  if (taps === 1) {
    weights[0] = 1
    return
  }
  let sum = 0
  for (let k = 0; k < taps; k++) {
    const weight = kernelAt(interpolation, k - (taps / 2 - 1) - fraction)
    weights[k] = weight
    sum += weight
  }
  for (let k = 0; k < taps; k++) weights[k] = weights[k]! / sum
}

function kernelAt(interpolation: Interpolation, x: number): number {
  const distance = Math.abs(x)
  switch (interpolation) {
    case 'nearest':
      return distance < 0.5 ? 1 : 0
    case 'bilinear':
      return Math.max(0, 1 - distance)
    case 'bicubic':
      return distance < 1
        ? (1.5 * distance - 2.5) * distance * distance + 1
        : distance < 2
          ? ((-0.5 * distance + 2.5) * distance - 4) * distance + 2
          : 0
    case 'lanczos2':
      return lanczos(distance, 2)
    case 'lanczos3':
      return lanczos(distance, 3)
    case 'lanczos4':
      return lanczos(distance, 4)
  }
}

function lanczos(distance: number, order: number): number {
  if (distance >= order) return 0
  return sinc(distance) * sinc(distance / order)
}

function sinc(x: number): number {
  if (x === 0) return 1
  const angle = Math.PI * x
  return Math.sin(angle) / angle
}

/** Rows of a table of weights, less one: fractions 0 to 1 in these steps. */
export const TABLE_STEPS = 512
/** float32 of one row of a table: weights and then zeros. */
export const TABLE_LANES = 8

/**
 * Table of weights for the kernel `interpolateTile`: TABLE_STEPS + 1 rows of TABLE_LANES.
 *
 * Accuracy: linear interpolation between rows is within 4e-6 of the weights of Lanczos of order 4, less for the others; the error of a
 * value is that times the contrast of its surroundings.
 */
export function kernelTable(interpolation: Interpolation): Float32Array {
  const table = new Float32Array((TABLE_STEPS + 1) * TABLE_LANES)
  const weights = new Float64Array(TABLE_LANES)
  for (let step = 0; step <= TABLE_STEPS; step++) {
    kernelWeights(interpolation, step / TABLE_STEPS, weights)
    table.set(weights.subarray(0, TAPS[interpolation]), step * TABLE_LANES)
  }
  return table
}
