import { healpixNeighbours } from '@skyloom/wcs'
import type { Point } from '../geometry/hull.ts'
import { cellOfPlane, facePlace, planeCellOf } from './hpx-plane.ts'

/** A side of a face of the HPX plane that another face touches on the sky, and the map of the plane across it. */
export interface Seam {
  /** Outward from the face, across the side: one of (1, 0), (-1, 0), (0, 1), (0, -1). */
  readonly outward: Point
  /** First pixel of the side, pixels of the plane from 0; the others follow along `along`. */
  readonly start: Point
  readonly along: Point
  /** Rotation, row-major, and shift that carry a place of the plane beyond the side to where that sky stands: `R p + shift`. */
  readonly rotation: readonly [number, number, number, number]
  readonly shift: Point
}

const DIRECTIONS: readonly Point[] = [
  { x: 1, y: 0 },
  { x: -1, y: 0 },
  { x: 0, y: 1 },
  { x: 0, y: -1 },
]
/** Where SW, NW, NE and SE stand among the neighbours of a cell: those that share a side. */
const SIDES = [0, 2, 4, 6] as const

/**
 * The sides of a face that another face touches on the sky. In the plane the two may lie apart, and one turned by a quarter.
 *
 * @param order HEALPix order of the pixels, 1 or more
 */
export function seamsBetween(order: number, face: number, other: number): readonly Seam[] {
  const size = 2 ** order
  const place = facePlace(face)
  const corner = { x: place.col * size, y: place.row * size }
  return DIRECTIONS.flatMap((outward): Seam[] => {
    const along = { x: Math.abs(outward.y), y: Math.abs(outward.x) }
    const far = (component: number): number => (component > 0 ? size - 1 : 0)
    const start = { x: corner.x + far(outward.x), y: corner.y + far(outward.y) }
    const next = { x: start.x + along.x, y: start.y + along.y }
    const [first, second] = [across(order, start, other), across(order, next, other)]
    if (first === undefined || second === undefined) return []
    // What `along` becomes fixes the rotation: (x, y) turned by its angle.
    const to = { x: second.x - first.x, y: second.y - first.y }
    const cos = to.x * along.x + to.y * along.y
    const sin = to.y * along.x - to.x * along.y
    const rotation = [cos, -sin, sin, cos] as const
    const beyond = { x: start.x + outward.x, y: start.y + outward.y }
    const shift = {
      x: first.x - (cos * beyond.x - sin * beyond.y),
      y: first.y - (sin * beyond.x + cos * beyond.y),
    }
    return [{ outward, start, along, rotation, shift }]
  })
}

/** The pixel of the other face that shares a side with a pixel of this one. */
function across(order: number, { x, y }: Point, face: number): Point | undefined {
  const cell = cellOfPlane({ order, col: x, row: y })
  if (cell === undefined) return undefined
  const around = healpixNeighbours(cell)
  const found = SIDES.map((side) => around[side]).find((one) => one?.face === face)
  if (found === undefined) return undefined
  const { col, row } = planeCellOf(found)
  return { x: col, y: row }
}
