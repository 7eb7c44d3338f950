import type { Point } from '../../geometry/hull.ts'
import type { SkyView } from './sky-view.ts'

/** Largest distance of a drawn line from the true curve, pixels. */
const TOLERANCE_PIXELS = 0.1
/** Pieces are halved at most this often. */
const MAX_HALVINGS = 14
/** Neighbours that stay farther apart than this lie on two sides of a seam of the projection. */
const SEAM_PIXELS = 2

/** A curve by a parameter; undefined where it has no image. */
export type Curve = (t: number) => Point | undefined

/**
 * Lines that follow a curve on the picture within 0.1 pixel: pieces are halved until they are straight enough. A line ends where the
 * curve leaves the projection or jumps over a seam. Parts off the picture are not followed closely.
 *
 * @param pieces pieces to begin with; a bend shorter than a piece can be missed
 * @returns x and y of each point in turn
 */
export function tracePath(
  view: SkyView,
  curve: Curve,
  from: number,
  to: number,
  pieces: number,
): Float64Array[] {
  const lines: Float64Array[] = []
  let line: number[] = []
  const end = (): void => {
    if (line.length > 2) lines.push(Float64Array.from(line))
    line = []
  }
  const follow = (
    t0: number,
    p0: Point | undefined,
    t1: number,
    p1: Point | undefined,
    depth: number,
  ): void => {
    const middle = (t0 + t1) / 2
    const between = curve(middle)
    if (p0 === undefined && p1 === undefined && between === undefined) return
    if (p0 !== undefined && p1 !== undefined && between !== undefined) {
      if (isStraight(p0, between, p1) || isAside(view, p0, between, p1)) {
        if (line.length === 0) line.push(p0.x, p0.y)
        line.push(p1.x, p1.y)
        return
      }
    }
    if (depth === MAX_HALVINGS) {
      const isJoined = p0 !== undefined && p1 !== undefined && distance(p0, p1) <= SEAM_PIXELS
      if (isJoined && line.length > 0) line.push(p1.x, p1.y)
      else end()
      return
    }
    follow(t0, p0, middle, between, depth + 1)
    follow(middle, between, t1, p1, depth + 1)
  }
  let before = curve(from)
  for (let i = 0; i < pieces; i++) {
    const [t0, t1] = [from + ((to - from) * i) / pieces, from + ((to - from) * (i + 1)) / pieces]
    const next = curve(t1)
    follow(t0, before, t1, next, 0)
    if (next === undefined) end()
    before = next
  }
  end()
  return lines
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}

/** True when the point between lies near the middle of the others. */
function isStraight(a: Point, between: Point, b: Point): boolean {
  return Math.hypot((a.x + b.x) / 2 - between.x, (a.y + b.y) / 2 - between.y) <= TOLERANCE_PIXELS
}

/** True when all points lie off the picture on the same side. */
function isAside({ width, height }: SkyView, ...points: readonly Point[]): boolean {
  const margin = 4
  return (
    points.every(({ x }) => x < -margin) ||
    points.every(({ x }) => x > width + margin) ||
    points.every(({ y }) => y < -margin) ||
    points.every(({ y }) => y > height + margin)
  )
}
