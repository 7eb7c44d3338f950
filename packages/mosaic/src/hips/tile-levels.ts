/** How values become grey levels. */
export const HIPS_STRETCHES = ['linear', 'sqrt', 'log', 'asinh'] as const
/** One of {@link HIPS_STRETCHES}. */
export type HipsStretch = (typeof HIPS_STRETCHES)[number]

/** Values shown as black and white, and the curve between them. */
export interface HipsCut {
  readonly low: number
  readonly high: number
  readonly stretch: HipsStretch
}

/** Steps of the table between the two ends; a grey level is several steps wide everywhere but at the dark end of `log`. */
const STEPS = 8192
/** Level of the darkest pixel with data; 0 is transparent. */
const DARKEST = 1
const LEVELS = 254
/** How strongly `asinh` and `log` lift faint values. */
const ASINH_SOFTENING = 10
const LOG_SOFTENING = 1000

const CURVES: Readonly<Record<HipsStretch, (t: number) => number>> = {
  linear: (t) => t,
  sqrt: Math.sqrt,
  log: (t) => Math.log1p(LOG_SOFTENING * t) / Math.log1p(LOG_SOFTENING),
  asinh: (t) => Math.asinh(ASINH_SOFTENING * t) / Math.asinh(ASINH_SOFTENING),
}

/** Grey levels of values: 0 without data, 1 at or below `low`, 255 at or above `high`. */
export type TileLevels = (values: Float32Array) => Uint8Array

/** The function from values to grey levels of a cut. */
export function tileLevels({ low, high, stretch }: HipsCut): TileLevels {
  const table = Uint8Array.from(
    { length: STEPS + 1 },
    (_, step) => DARKEST + Math.round(CURVES[stretch](step / STEPS) * LEVELS),
  )
  const scale = high > low ? STEPS / (high - low) : 0
  return (values) => {
    const levels = new Uint8Array(values.length)
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!
      if (Number.isNaN(value)) continue
      const step = Math.max(0, Math.min(STEPS, (value - low) * scale + 0.5))
      levels[i] = table[step | 0]!
    }
    return levels
  }
}
