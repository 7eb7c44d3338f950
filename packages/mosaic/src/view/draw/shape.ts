/** A colour of 8 bits a channel. */
export interface Rgb {
  readonly red: number
  readonly green: number
  readonly blue: number
}

/** Something drawn over a picture. Coordinates are pixels of the picture: x from its left edge, y from its top edge downwards. */
export type Shape = Stroke | Fill

/** A line through points. */
export interface Stroke {
  readonly kind: 'stroke'
  /** x and y of each point in turn. */
  readonly points: Float64Array
  /** Width in pixels, 1 or more. */
  readonly width: number
  readonly color: Rgb
}

/** Closed contours; where they wind around a place, it is filled. */
export interface Fill {
  readonly kind: 'fill'
  readonly contours: readonly Float64Array[]
  readonly color: Rgb
}

/** Smallest box around a shape, ends included. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** The box that a shape can colour. */
export function shapeBox(shape: Shape): Box {
  if (shape.kind === 'fill') return boxOf(shape.contours, 0)
  return boxOf([shape.points], shape.width / 2 + 1)
}

/** The box around points, widened by a margin. */
export function boxOf(lines: readonly Float64Array[], margin: number): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const points of lines) {
    for (let i = 0; i + 1 < points.length; i += 2) {
      left = Math.min(left, points[i]!)
      right = Math.max(right, points[i]!)
      top = Math.min(top, points[i + 1]!)
      bottom = Math.max(bottom, points[i + 1]!)
    }
  }
  return { left: left - margin, top: top - margin, right: right + margin, bottom: bottom + margin }
}
