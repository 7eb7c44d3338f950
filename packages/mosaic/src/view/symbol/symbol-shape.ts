import { offsetPosition, pixelScaleDeg, type SkyPosition } from '@skyloom/wcs'
import type { Rgb, Shape } from '../draw/shape.ts'
import { textShape } from '../font/text-shape.ts'
import type { Font } from '../font/truetype.ts'
import { isOnPicture, largerSideDeg, placeOf, type SkyLens, type SkyView } from '../sky/sky-view.ts'
import { tracePath } from '../sky/trace-path.ts'
import type { MarkSymbol, SymbolShape, SymbolUnit } from './symbol.ts'

/** Height of a character as a part of the larger side of the image. */
const CHARACTER_PART = 0.0025
const CIRCLE_PIECES = 24
/** A compass of size 12 has arrows of 8 and 4. */
const COMPASS_NORTH = 8 / 12
const COMPASS_EAST = 4 / 12
const ARROW_HEAD = 1 / 4
/** Pixels from the tip of the arrow to the middle of its letter. */
const LETTER_GAP = 0.9

/** Height of a character in degrees, the unit of symbols without one. */
export function characterDeg(view: SkyView): number {
  return CHARACTER_PART * largerSideDeg(view)
}

/** Radius of a symbol in degrees. */
export function symbolRadiusDeg(view: SkyView, size: number, unit: SymbolUnit): number {
  switch (unit) {
    case 'fraction':
      return size * characterDeg(view)
    case 'arcsec':
      return size / 3600
    case 'arcmin':
      return size / 60
    case 'degree':
      return size
    case 'pixel':
      return size * pixelScaleDeg(view.wcs)[1]
  }
}

/** How a symbol is drawn. The font is for the letters of a compass. */
export interface SymbolStyle {
  readonly color: Rgb
  readonly font?: Font | undefined
}

/** A point of a symbol in polar coordinates around its centre: position angle, and distance in radii. */
type Polar = readonly [angleDeg: number, radii: number]

/**
 * A symbol at a position. Its points are set off on the sky, so that it has its true size and north everywhere; nothing is drawn where
 * the picture is far away.
 */
export function symbolShapes(
  lens: SkyLens,
  at: SkyPosition,
  symbol: MarkSymbol,
  style: SymbolStyle,
): readonly Shape[] {
  const centre = placeOf(lens, at.lonDeg, at.latDeg)
  const radiusDeg = Math.abs(symbolRadiusDeg(lens.view, symbol.size, symbol.unit))
  const reachPixels = radiusDeg / Math.min(...pixelScaleDeg(lens.view.wcs))
  if (centre === undefined || !isOnPicture(lens.view, centre, 4 * reachPixels + 16)) return []
  const polar = ([angleDeg, radii]: Polar): SkyPosition => offsetPosition(at, angleDeg, radii * radiusDeg)
  const place = (point: Polar): ReturnType<typeof placeOf> => {
    const { lonDeg, latDeg } = polar(point)
    return placeOf(lens, lonDeg, latDeg)
  }
  const stroke = (points: Float64Array): Shape => ({ kind: 'stroke', points, width: 1, color: style.color })
  if (symbol.shape.kind === 'circle') {
    return tracePath(lens.view, (angle) => place([angle, 1]), 0, 360, CIRCLE_PIECES).map(stroke)
  }
  const strokes = outlines(symbol.shape).flatMap((outline) => {
    const points = outline.map(place)
    return points.every((point) => point !== undefined)
      ? [stroke(Float64Array.from(points.flatMap(({ x, y }) => [x, y])))]
      : []
  })
  return symbol.shape.kind === 'compass' ? [...strokes, ...letters(place, style)] : strokes
}

/** Lines of a symbol. */
function outlines(shape: Exclude<SymbolShape, { kind: 'circle' }>): readonly (readonly Polar[])[] {
  switch (shape.kind) {
    case 'polygon':
      return [corners(shape.vertices, shape.rotationDeg, 1)]
    case 'starred':
      return [corners(2 * shape.vertices, shape.rotationDeg, 0.5)]
    case 'skeletal':
      return corners(shape.vertices, shape.rotationDeg, 1)
        .slice(1)
        .map((corner) => [[0, 0], corner])
    case 'el':
      return [[45, 135, 225].map((angle) => [angle, 1] as const)]
    case 'compass':
      return [...arrow(0, COMPASS_NORTH), ...arrow(90, COMPASS_EAST)]
  }
}

/** Corners around a circle, the first one again at the end; every other one at `inner` radii. */
function corners(count: number, rotationDeg: number, inner: number): readonly Polar[] {
  return Array.from({ length: count + 1 }, (_, i) => [
    -rotationDeg + (360 * i) / count,
    i % 2 === 0 ? 1 : inner,
  ])
}

function arrow(angleDeg: number, length: number): readonly (readonly Polar[])[] {
  const head = length * ARROW_HEAD
  const barb = (side: 1 | -1): Polar => {
    // The end of a barb, `head` back from the tip and half as far to the side.
    const [along, aside] = [length - head, (side * head) / 2]
    return [angleDeg + (Math.atan2(aside, along) * 180) / Math.PI, Math.hypot(along, aside)]
  }
  const tip: Polar = [angleDeg, length]
  return [
    [[0, 0], tip],
    [barb(1), tip, barb(-1)],
  ]
}

function letters(
  place: (point: Polar) => { readonly x: number; readonly y: number } | undefined,
  { font, color }: SymbolStyle,
): readonly Shape[] {
  const centre = place([0, 0])
  const tips = [
    ['N', place([0, COMPASS_NORTH])],
    ['E', place([90, COMPASS_EAST])],
  ] as const
  if (font === undefined || centre === undefined) return []
  return tips.flatMap(([letter, tip]) => {
    if (tip === undefined) return []
    const [dx, dy] = [tip.x - centre.x, tip.y - centre.y]
    const length = Math.hypot(dx, dy)
    const sizePixels = Math.min(18, Math.max(9, length / 4))
    const gap = (LETTER_GAP * sizePixels) / Math.max(length, 1e-9)
    return [textShape(font, letter, { x: tip.x + dx * gap, y: tip.y + dy * gap, sizePixels }, color)]
  })
}
