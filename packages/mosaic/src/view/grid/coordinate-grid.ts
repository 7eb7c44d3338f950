import type { MontageFrame } from '@skyloom/wcs'
import type { Point } from '../../geometry/hull.ts'
import { type Box, boxOf, type Fill, type Rgb, type Shape } from '../draw/shape.ts'
import { textShape, textWidth } from '../font/text-shape.ts'
import type { Font } from '../font/truetype.ts'
import { isOnPicture, placeOf, positionAt, type SkyView, skyLens } from '../sky/sky-view.ts'
import { tracePath } from '../sky/trace-path.ts'
import { cutBoxes } from './cut-boxes.ts'
import { degreesLabel, hoursLabel, latitudeLabel } from './grid-label.ts'
import { gridSpacing, multiplesWithin } from './grid-spacing.ts'
import { skyLimb } from './limb.ts'
import { skyRange } from './sky-range.ts'

/** One line of a coordinate grid. */
export interface GridLine {
  readonly kind: 'longitude' | 'latitude'
  readonly valueDeg: number
  readonly label: string
  /** Where the label stands; undefined when the line is not on the picture. */
  readonly labelAt: Point | undefined
  /** x and y of each point in turn, on the picture and beyond its edges. */
  readonly lines: readonly Float64Array[]
}

/** Pieces that a grid line is halved from. */
const PIECES = 96
/** Free room around a label, pixels. */
const LABEL_MARGIN = 3
/** Labels keep away from the poles, where all meridians meet. */
const POLE_PIXELS = 40

/** The lines of constant longitude and latitude of a coordinate system over a picture; none where it shows no sky. */
export function gridLines(view: SkyView, frame: MontageFrame): readonly GridLine[] {
  const lens = skyLens(view, frame)
  const range = skyRange(lens)
  if (range === undefined) return []
  const { lonMin, lonMax, latMin, latMax } = range
  const lonSpacing = gridSpacing(lonMax - lonMin)
  const latSpacing = gridSpacing(latMax - latMin)
  const isCircle = lonMax - lonMin >= 360
  const lons = multiplesWithin(lonMin, isCircle ? lonMax - lonSpacing : lonMax, lonSpacing)
  const lats = multiplesWithin(latMin, latMax, latSpacing).filter((lat) => Math.abs(lat) < 90 - 1e-9)
  const centre = positionAt(lens, { x: view.width / 2, y: view.height / 2 })
  const middleLat = middleOf(lats) ?? (latMin + latMax) / 2
  // On a map of all longitudes the middle of the range may be its edge.
  const middleLon = isCircle
    ? lonSpacing * Math.round((centre?.lonDeg ?? 180) / lonSpacing)
    : (middleOf(lons) ?? (lonMin + lonMax) / 2)
  const poles = [90, -90].map((lat) => placeOf(lens, 0, lat)).filter((pole) => pole !== undefined)
  const lonLabel = frame.system === 'EQUJ' || frame.system === 'EQUB' ? hoursLabel : degreesLabel
  const line = (
    facts: Pick<GridLine, 'kind' | 'valueDeg' | 'label'>,
    curve: (t: number) => Point | undefined,
    [from, to]: readonly [number, number],
    wanted: Point | undefined,
  ): GridLine => {
    const lines = tracePath(view, curve, from, to, PIECES)
    const isShown = wanted !== undefined && isOnPicture(view, wanted)
    return { ...facts, lines, labelAt: isShown ? wanted : nearestToMiddle(view, lines, poles) }
  }
  return [
    ...lons.map((lon) =>
      line(
        { kind: 'longitude', valueDeg: lon, label: lonLabel(lon, lonSpacing) },
        (lat) => placeOf(lens, lon, lat),
        [latMin, latMax],
        placeOf(lens, lon, middleLat),
      ),
    ),
    ...lats.map((lat) =>
      line(
        { kind: 'latitude', valueDeg: lat, label: latitudeLabel(lat, latSpacing) },
        (lon) => placeOf(lens, lon, lat),
        [lonMin, lonMax],
        placeOf(lens, middleLon, lat),
      ),
    ),
  ]
}

function middleOf(values: readonly number[]): number | undefined {
  return values[Math.floor(values.length / 2)]
}

/** The point of lines nearest to the middle of the picture but not at a pole, undefined when none is on it. */
function nearestToMiddle(
  view: SkyView,
  lines: readonly Float64Array[],
  poles: readonly Point[],
): Point | undefined {
  let best: Point | undefined
  let least = Infinity
  for (const line of lines) {
    for (let i = 0; i < line.length; i += 2) {
      const point = { x: line[i]!, y: line[i + 1]! }
      const distance = Math.hypot(point.x - view.width / 2, point.y - view.height / 2)
      if (distance >= least || !isOnPicture(view, point)) continue
      if (poles.some((pole) => Math.hypot(point.x - pole.x, point.y - pole.y) < POLE_PIXELS)) continue
      least = distance
      best = point
    }
  }
  return best
}

/** How a grid is drawn. */
export interface GridStyle {
  readonly color: Rgb
  readonly font: Font
  readonly sizePixels: number
}

/**
 * A coordinate grid with its labels and, where the picture shows it, the edge of the sky. Labels stand on the middle line of each
 * family; lines leave room for them; labels that would cover others are left out.
 */
export function coordinateGrid(view: SkyView, frame: MontageFrame, style: GridStyle): readonly Shape[] {
  const grid = gridLines(view, frame)
  const labels = placeLabels(view, grid, style)
  const rooms = labels.map((label) => boxOf(label.contours, LABEL_MARGIN))
  const lines = [...grid.flatMap(({ lines }) => lines), ...skyLimb(view)]
  const strokes = lines.flatMap((line) => cutBoxes(line, rooms))
  return [
    ...strokes.map((points) => ({ kind: 'stroke' as const, points, width: 1, color: style.color })),
    ...labels,
  ]
}

/** Labels at their places, moved where the edge of the picture would cut them. */
function placeLabels(
  view: SkyView,
  grid: readonly GridLine[],
  { font, sizePixels, color }: GridStyle,
): readonly Fill[] {
  const labels: Fill[] = []
  const taken: Box[] = []
  for (const { label, labelAt } of grid) {
    if (labelAt === undefined) continue
    const halfWidth = textWidth(font, label, sizePixels) / 2 + LABEL_MARGIN
    const place = {
      x: within(labelAt.x, halfWidth, view.width - halfWidth),
      y: within(labelAt.y, sizePixels / 2, view.height - sizePixels / 2),
      sizePixels,
    }
    const shape = textShape(font, label, place, color)
    const box = boxOf(shape.contours, LABEL_MARGIN)
    if (taken.some((other) => overlaps(other, box))) continue
    taken.push(box)
    labels.push(shape)
  }
  return labels
}

function within(value: number, least: number, most: number): number {
  return least > most ? (least + most) / 2 : Math.min(most, Math.max(least, value))
}

function overlaps(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
}
