import { WcsError } from '../errors.ts'
import { capOf } from '../sphere/circle.ts'
import { distanceToArcRad } from '../sphere/great-circle.ts'
import { arcsCross, polygonContainsVector, type SkyPolygon } from '../sphere/polygon.ts'
import { isSkyCircle, type SkyRegion } from '../sphere/region.ts'
import { angleRad, positionOf, type Vector3, vectorOf } from '../sphere/vector3.ts'
import { facePoint, healpixCellAt } from './cell.ts'
import { type CellRanges, type RangeBuilder, rangeBuilder } from './cell-ranges.ts'
import { checkedOrder, FACE_COUNT, healpixResolutionDeg } from './healpix-grid.ts'

/**
 * Which cells stand for a region: those that share a place with it (`overlapping`), those with their centre in it (`centre`), those that lie wholly
 * in it (`inside`).
 */
export type CellSelection = 'overlapping' | 'centre' | 'inside'

/** Most cells along the edge of a region, so that an answer comes within seconds. */
export const MAX_EDGE_CELLS = 1_000_000

/**
 * Nested ranges of the cells of an order that stand for a region.
 *
 * Descends from the twelve base cells and divides only those that the edge of the region may cross. `overlapping` and `inside` are
 * right to 0.00005 of a cell: sides of cells, which are not great circles, are followed by arcs that close.
 *
 * @throws {WcsError} `WCS_BAD_HEALPIX` for no such order; `WCS_BAD_REGION` for no such circle; `WCS_TOO_LARGE` when the edge takes more than
 *   {@link MAX_EDGE_CELLS} cells
 */
export function cellsInRegion(region: SkyRegion, order: number, selection: CellSelection): CellRanges {
  checkedOrder(order)
  const builder = rangeBuilder(true)
  if (isSkyCircle(region)) {
    const cap = capOf(region)
    checkEdge(2 * Math.PI * Math.sin(cap.radiusRad), order)
    const home = healpixCellAt(order, region.centre.lonDeg, region.centre.latDeg)
    const away = healpixCellAt(order, region.centre.lonDeg + 180, -region.centre.latDeg)
    const test: RegionTest<true> = {
      narrow: (_state, centre, radiusRad) => {
        if (cap.radiusRad >= Math.PI) return 'inside'
        const distance = angleRad(cap.centre, centre)
        if (distance > cap.radiusRad + radiusRad) return 'outside'
        return distance + radiusRad <= cap.radiusRad ? 'inside' : true
      },
      holds: (centre) => angleRad(cap.centre, centre) <= cap.radiusRad,
      meets: (_state, cell, _centre, outline, slackRad) => {
        const [near, far] = distanceRange(cap.centre, outline)
        const nearest = isSameCell(cell, home) ? 0 : near
        const farthest = isSameCell(cell, away) ? Math.PI : far
        if (nearest > cap.radiusRad + slackRad) return 'outside'
        if (farthest <= cap.radiusRad - slackRad) return 'inside'
        const isSure = nearest <= cap.radiusRad - slackRad && farthest > cap.radiusRad + slackRad
        return isSure ? 'crosses' : 'close'
      },
    }
    descendAll(test, true, order, selection, builder)
  } else {
    const test = polygonTest(region, order)
    const edges = Int32Array.from(region.vectors, (_, i) => i)
    descendAll(test, edges, order, selection, builder)
  }
  return builder.finish()
}

function checkEdge(lengthRad: number, order: number): void {
  const cells = lengthRad / ((healpixResolutionDeg(order) * Math.PI) / 180)
  if (cells <= MAX_EDGE_CELLS) return
  throw new WcsError('WCS_TOO_LARGE', `the edge of the region takes too many cells of order ${order}`, {
    found: `about ${Math.round(cells)}`,
    allowed: `at most ${MAX_EDGE_CELLS}`,
    remedy: 'take a lower order',
  })
}

interface Cell {
  readonly order: number
  readonly face: number
  readonly x: number
  readonly y: number
}

/** For cells of one order. */
function isSameCell(a: Cell, b: Cell | undefined): boolean {
  return a.face === b?.face && a.x === b.x && a.y === b.y
}

type CellPlacement = 'outside' | 'inside' | 'crosses' | 'close'

/** How a region answers for cells. The state is what remains of its edge near a cell. */
interface RegionTest<State> {
  /** For a disc around a cell: wholly outside, wholly inside, or the part of the edge near it. */
  narrow(state: State, centre: Vector3, radiusRad: number): State | 'outside' | 'inside'
  /** True when the region holds a point. */
  holds(centre: Vector3): boolean
  /** For a cell with its outline known to `slackRad`; `close` when that is not good enough to tell. */
  meets(
    state: State,
    cell: Cell,
    centre: Vector3,
    outline: readonly Vector3[],
    slackRad: number,
  ): CellPlacement
}

function descendAll<State>(
  test: RegionTest<State>,
  start: State,
  order: number,
  selection: CellSelection,
  builder: RangeBuilder,
): void {
  const radii = Array.from({ length: order + 1 }, (_, k) => cellRadiusRad(k))
  const point = new Float64Array(2)
  const descend = (state: State, cell: Cell): void => {
    const scale = 2 ** -cell.order
    facePoint(cell.face, (cell.x + 0.5) * scale, (cell.y + 0.5) * scale, point)
    const centre = vectorOf(point[0]!, point[1]!)
    const near = test.narrow(state, centre, radii[cell.order]!)
    if (near === 'outside') return
    if (near === 'inside') {
      builder.addCell(cell.order, cell.face, cell.x, cell.y)
    } else if (cell.order < order) {
      for (let child = 0; child < 4; child++) {
        descend(near, {
          order: cell.order + 1,
          face: cell.face,
          x: 2 * cell.x + (child & 1),
          y: 2 * cell.y + (child >> 1),
        })
      }
    } else if (isSelected(test, near, cell, centre, selection, radii[order]!)) {
      builder.addCell(cell.order, cell.face, cell.x, cell.y)
    }
  }
  for (let face = 0; face < FACE_COUNT; face++) descend(start, { order: 0, face, x: 0, y: 0 })
}

/** Arcs for each side of a cell: at first, and when that cannot tell. */
const COARSE_ARCS = 4
const FINE_ARCS = 64
/**
 * How far a side of a cell lies off its arcs, in parts of the radius of cells of the order, for one arc; it falls with the square of their number. Measured
 * over all cells of orders 0 to 6 and around the poles to order 10: 0.0101 for 4 arcs.
 */
const SIDE_OFF_ARC = 0.18

function isSelected<State>(
  test: RegionTest<State>,
  state: State,
  cell: Cell,
  centre: Vector3,
  selection: CellSelection,
  radiusRad: number,
): boolean {
  const holdsCentre = test.holds(centre)
  if (selection === 'centre') return holdsCentre
  // Most cells are decided by their centre.
  if (holdsCentre === (selection === 'overlapping')) return holdsCentre
  const offRad = SIDE_OFF_ARC * radiusRad
  let place = test.meets(state, cell, centre, outlineOf(cell, COARSE_ARCS), offRad / COARSE_ARCS ** 2)
  if (place === 'close')
    place = test.meets(state, cell, centre, outlineOf(cell, FINE_ARCS), offRad / FINE_ARCS ** 2)
  // Still too close to tell: counted as overlapping, and not as inside.
  if (place === 'close') return selection === 'overlapping'
  return place === 'inside' || (place === 'crosses' && selection === 'overlapping')
}

function outlineOf(cell: Cell, arcs: number): Vector3[] {
  const scale = 2 ** -cell.order
  const point = new Float64Array(2)
  const outline: Vector3[] = []
  for (let side = 0; side < 4; side++) {
    for (let i = 0; i < arcs; i++) {
      const part = i / arcs
      const dx = side === 0 ? part : side === 1 ? 1 : side === 2 ? 1 - part : 0
      const dy = side === 0 ? 0 : side === 1 ? part : side === 2 ? 1 : 1 - part
      facePoint(cell.face, (cell.x + dx) * scale, (cell.y + dy) * scale, point)
      outline.push(vectorOf(point[0]!, point[1]!))
    }
  }
  return outline
}

/**
 * Largest distance of a corner from the centre over the cells of an order: that of the cell at latitude asin(2/3) in the middle of a
 * base face's side (checked against every cell of orders 0 to 6; no side reaches farther out than the corners).
 */
function cellRadiusRad(order: number): number {
  const nside = 2 ** order
  const shift = Math.PI / 4 / nside
  const z = 2 / 3
  const r = Math.sqrt(1 - z * z)
  const centreZ = 1 - (1 - 1 / nside) ** 2 / 3
  const centreR = Math.sqrt(1 - centreZ * centreZ)
  return angleRad([r * Math.cos(shift), r * Math.sin(shift), z], [centreR, 0, centreZ]) * 1.000001
}

/** Smallest and largest distance of a point from the arcs of an outline. */
function distanceRange(p: Vector3, outline: readonly Vector3[]): readonly [number, number] {
  const opposite: Vector3 = [-p[0], -p[1], -p[2]]
  let near = Math.PI
  let far = 0
  let a = outline.at(-1)!
  for (const b of outline) {
    near = Math.min(near, distanceToArcRad(p, a, b))
    far = Math.max(far, Math.PI - distanceToArcRad(opposite, a, b))
    a = b
  }
  return [near, far]
}

function polygonTest(polygon: SkyPolygon, order: number): RegionTest<Int32Array> {
  const { vectors } = polygon
  const ends = vectors.map((_, i) => vectors[(i + 1) % vectors.length]!)
  checkEdge(
    vectors.reduce((sum, a, i) => sum + angleRad(a, ends[i]!), 0),
    order,
  )
  const homes = vectors.map((vector) => {
    const { lonDeg, latDeg } = positionOf(vector)
    return healpixCellAt(order, lonDeg, latDeg)
  })
  return {
    narrow: (edges, centre, radiusRad) => {
      const near = edges.filter((i) => distanceToArcRad(centre, vectors[i]!, ends[i]!) <= radiusRad)
      if (near.length > 0) return near
      return polygonContainsVector(polygon, centre) ? 'inside' : 'outside'
    },
    holds: (centre) => polygonContainsVector(polygon, centre),
    meets: (edges, cell, centre, outline, slackRad) => {
      if (edges.some((i) => isSameCell(cell, homes[i]))) return 'crosses'
      const [innerRad] = distanceRange(centre, outline)
      let isClose = false
      for (const i of edges) {
        const start = vectors[i]!
        const end = ends[i]!
        if (distanceToArcRad(centre, start, end) < innerRad - slackRad) return 'crosses'
        isClose ||= passesNear(outline, start, end, slackRad)
      }
      if (isClose) return 'close'
      return polygonContainsVector(polygon, outline[0]!) ? 'inside' : 'outside'
    },
  }
}

/** True when an arc comes as near to an outline as the slack. */
function passesNear(outline: readonly Vector3[], start: Vector3, end: Vector3, slackRad: number): boolean {
  let a = outline.at(-1)!
  for (const b of outline) {
    if (
      arcsCross(a, b, start, end) ||
      distanceToArcRad(a, start, end) <= slackRad ||
      distanceToArcRad(start, a, b) <= slackRad ||
      distanceToArcRad(end, a, b) <= slackRad
    ) {
      return true
    }
    a = b
  }
  return false
}
