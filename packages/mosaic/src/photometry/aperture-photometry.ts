import type { FloatPlane } from '../float-plane.ts'
import { clippedLevel } from './clipped-level.ts'

/** A source that was measured on a window of an image. */
export interface SourceFlux {
  /** Sum over the aperture, the sky taken off. */
  readonly flux: number
  /** Level of the sky and its scatter for one pixel. */
  readonly sky: number
  readonly skySigma: number
  /** Radius in pixels where a Gaussian through the source falls to 1/e of its peak. */
  readonly width: number
  /** Radius of the aperture, pixels. */
  readonly aperture: number
  /** Centre of the source on the window, columns and rows from 0. */
  readonly col: number
  readonly row: number
}

/** The aperture reaches so many widths: a Gaussian has all but 1.2e-4 of its flux within. */
const APERTURE_WIDTHS = 3
/** Pixels brighter than this part of the peak, above the sky, tell the width. */
const WIDTH_LEVEL = 0.2
/** The sky is taken from beyond so many widths. */
const SKY_WIDTHS = 4
/** A source must stand out of the sky by so many sigma. */
const DETECTION_SIGMAS = 5
/** Pixels of sky that are needed. */
const MIN_SKY_PIXELS = 20

/**
 * Measures the source nearest to a place: the brightest pixel within a radius; a first sky level from the whole window, the Gaussian width
 * from the pixels near the peak, a sky level from beyond the source, and the sum within three widths.
 *
 * @param col column of the place on the window, from 0
 * @param searchRadius pixels
 * @returns undefined when nothing stands out of the sky there, or its aperture leaves the window or holds blank pixels
 */
export function measureSource(
  window: FloatPlane,
  col: number,
  row: number,
  searchRadius: number,
): SourceFlux | undefined {
  const peak = brightest(window, col, row, searchRadius)
  const first = clippedLevel(window.data)
  if (peak === undefined || first === undefined) return undefined
  if (!(peak.value - first.level > DETECTION_SIGMAS * first.sigma)) return undefined
  const centre = centroid(window, peak, first.level)
  const width = gaussianWidth(window, centre, first.level, peak.value - first.level)
  if (width === undefined) return undefined
  const far = window.data.filter((_, at) => distance(window, at, centre) > SKY_WIDTHS * width)
  const sky = clippedLevel(far)
  if (sky === undefined || sky.count < MIN_SKY_PIXELS) return undefined
  const aperture = APERTURE_WIDTHS * width
  const flux = apertureSum(window, centre, aperture, sky.level)
  if (flux === undefined) return undefined
  return { flux, sky: sky.level, skySigma: sky.sigma, width, aperture, ...centre }
}

interface Place {
  readonly col: number
  readonly row: number
}

function distance({ width }: FloatPlane, at: number, { col, row }: Place): number {
  return Math.hypot((at % width) - col, Math.floor(at / width) - row)
}

function brightest(
  window: FloatPlane,
  col: number,
  row: number,
  radius: number,
): (Place & { readonly value: number }) | undefined {
  let best: (Place & { readonly value: number }) | undefined
  window.data.forEach((value, at) => {
    if (Number.isNaN(value) || (best !== undefined && value <= best.value)) return
    if (distance(window, at, { col, row }) > radius) return
    best = { col: at % window.width, row: Math.floor(at / window.width), value }
  })
  return best
}

/** Centre of gravity above the sky of the 3 x 3 pixels around the peak. */
function centroid(window: FloatPlane, peak: Place, sky: number): Place {
  let [sum, sumCol, sumRow] = [0, 0, 0]
  for (let row = peak.row - 1; row <= peak.row + 1; row++) {
    for (let col = peak.col - 1; col <= peak.col + 1; col++) {
      if (col < 0 || row < 0 || col >= window.width || row >= window.height) continue
      const value = window.data[row * window.width + col]! - sky
      if (!(value > 0)) continue
      sum += value
      sumCol += value * col
      sumRow += value * row
    }
  }
  return sum > 0 ? { col: sumCol / sum, row: sumRow / sum } : peak
}

/** Least squares of `ln(value) = ln(peak) - r^2 / width^2` over the bright pixels around the centre, each with weight value^2. */
function gaussianWidth(window: FloatPlane, centre: Place, sky: number, peak: number): number | undefined {
  let [w, wr, wrr, wl, wrl] = [0, 0, 0, 0, 0]
  const reach = brightRadius(window, centre, sky, peak)
  window.data.forEach((value, at) => {
    const above = value - sky
    const radius = distance(window, at, centre)
    if (!(above > WIDTH_LEVEL * peak) || radius > reach) return
    const [weight, r2, log] = [above * above, radius * radius, Math.log(above)]
    w += weight
    wr += weight * r2
    wrr += weight * r2 * r2
    wl += weight * log
    wrl += weight * r2 * log
  })
  const slope = (w * wrl - wr * wl) / (w * wrr - wr * wr)
  return slope < 0 ? Math.sqrt(-1 / slope) : undefined
}

/** Radius within which the source falls monotonously to the level of the width, so that neighbours do not count. */
function brightRadius(window: FloatPlane, centre: Place, sky: number, peak: number): number {
  const mostRadius = Math.min(window.width, window.height) / 2
  for (let radius = 1; radius < mostRadius; radius++) {
    let [sum, count] = [0, 0]
    for (let step = 0; step < 16; step++) {
      const angle = (step * Math.PI) / 8
      const col = Math.round(centre.col + radius * Math.cos(angle))
      const row = Math.round(centre.row + radius * Math.sin(angle))
      const value = window.data[row * window.width + col]
      if (col < 0 || col >= window.width || value === undefined || Number.isNaN(value)) continue
      sum += value
      count++
    }
    if (count > 0 && sum / count - sky < WIDTH_LEVEL * peak) return radius + 1
  }
  return mostRadius
}

/** Sum above the sky, pixels on the rim by the part of 5 x 5 points within; undefined when pixels are missing. */
function apertureSum(window: FloatPlane, centre: Place, radius: number, sky: number): number | undefined {
  const [left, right] = [Math.ceil(centre.col - radius - 0.5), Math.floor(centre.col + radius + 0.5)]
  const [bottom, top] = [Math.ceil(centre.row - radius - 0.5), Math.floor(centre.row + radius + 0.5)]
  if (left < 0 || bottom < 0 || right >= window.width || top >= window.height) return undefined
  let sum = 0
  for (let row = bottom; row <= top; row++) {
    for (let col = left; col <= right; col++) {
      const part = coveredPart(col - centre.col, row - centre.row, radius)
      if (part > 0) sum += part * (window.data[row * window.width + col]! - sky)
    }
  }
  return Number.isNaN(sum) ? undefined : sum
}

function coveredPart(dx: number, dy: number, radius: number): number {
  const centre = Math.hypot(dx, dy)
  if (centre + Math.SQRT1_2 <= radius) return 1
  if (centre - Math.SQRT1_2 >= radius) return 0
  let inside = 0
  for (let i = -2; i <= 2; i++)
    for (let j = -2; j <= 2; j++) if (Math.hypot(dx + i / 5, dy + j / 5) <= radius) inside++
  return inside / 25
}
