import type { Point } from '../../geometry/hull.ts'
import { isOnPicture, placeOf, positionAt, type SkyLens } from '../sky/sky-view.ts'

/** Longitudes and latitudes that a picture shows, degrees. */
export interface SkyRange {
  /** Western end; `lonMax` may exceed 360 when the range goes over longitude 0. */
  readonly lonMin: number
  readonly lonMax: number
  readonly latMin: number
  readonly latMax: number
}

/** Places looked up inside the picture along each side, beside all of its edge. */
const INNER_SAMPLES = 48
/** A picture that leaves out less than this shows all longitudes. */
const LEAST_GAP_DEG = 10
/** Edges are walked in pixel steps up to this many. */
const MAX_EDGE_STEPS = 4096

/**
 * The range of coordinates on a picture: its edge is walked pixel by pixel, its inside looked at coarsely, so that maps whose corners
 * are off the sky are understood. A pole on the picture gives all longitudes. Undefined when the picture shows no sky.
 */
export function skyRange(lens: SkyLens): SkyRange | undefined {
  const lons: number[] = []
  let latMin = 90
  let latMax = -90
  for (const place of samplePlaces(lens.view.width, lens.view.height)) {
    const sky = positionAt(lens, place)
    if (sky === undefined) continue
    lons.push(sky.lonDeg)
    latMin = Math.min(latMin, sky.latDeg)
    latMax = Math.max(latMax, sky.latDeg)
  }
  if (lons.length < 2) return undefined
  const hasNorth = showsPole(lens, 90)
  const hasSouth = showsPole(lens, -90)
  const [lonMin, lonMax] = hasNorth || hasSouth ? [0, 360] : shortestArc(lons)
  return { lonMin, lonMax, latMin: hasSouth ? -90 : latMin, latMax: hasNorth ? 90 : latMax }
}

function* samplePlaces(width: number, height: number): Generator<Point> {
  const columns = Math.min(width, MAX_EDGE_STEPS)
  const rows = Math.min(height, MAX_EDGE_STEPS)
  for (let i = 0; i <= columns; i++) {
    yield { x: (width * i) / columns, y: 0 }
    yield { x: (width * i) / columns, y: height }
  }
  for (let i = 0; i <= rows; i++) {
    yield { x: 0, y: (height * i) / rows }
    yield { x: width, y: (height * i) / rows }
  }
  for (let j = 1; j < INNER_SAMPLES; j++) {
    for (let i = 1; i < INNER_SAMPLES; i++)
      yield { x: (width * i) / INNER_SAMPLES, y: (height * j) / INNER_SAMPLES }
  }
}

function showsPole(lens: SkyLens, latDeg: number): boolean {
  const place = placeOf(lens, 0, latDeg)
  if (place === undefined || !isOnPicture(lens.view, place)) return false
  // Some projections give a place to positions that they cannot show.
  const back = positionAt(lens, place)
  return back === undefined || Math.abs(back.latDeg - latDeg) < 1
}

/** The shortest arc that holds all longitudes; the whole circle when it leaves out little. */
function shortestArc(lons: readonly number[]): readonly [number, number] {
  const sorted = Float64Array.from(lons).sort()
  let gap = sorted[0]! + 360 - sorted.at(-1)!
  let first = 0
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i]! - sorted[i - 1]! <= gap) continue
    gap = sorted[i]! - sorted[i - 1]!
    first = i
  }
  if (gap < LEAST_GAP_DEG) return [0, 360]
  const lonMin = sorted[first]!
  return [lonMin, lonMin + 360 - gap]
}
