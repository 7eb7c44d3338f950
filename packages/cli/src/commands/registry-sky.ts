import { SKY_ORDER, type SkyCell, type SkyPlace, type SkyRegion } from '@skyloom/registry'
import {
  boundingCircle,
  circleOverlapsPolygon,
  circlesOverlap,
  footprint,
  frameConverter,
  healpixOrderForResolution,
  ICRS,
  mocCells,
  mocFromRegion,
  nestedIndex,
  type SkyCircle,
  type SkyPolygon,
  skyPolygon,
  type Wcs,
} from '@skyloom/wcs'

/** Cells of a footprint at most: enough that cells outside it are few, so few that a million files stay small. */
const MAX_CELLS = 64
/** Cells along the diameter of a circle that is searched. */
const CELLS_PER_RADIUS = 8
/** Bits by which the numbers of order 29, which maps use, are finer than those of the index. */
const SHIFT = BigInt(2 * (29 - SKY_ORDER))

/** The sky that an image covers; undefined when its edge has places without sky. */
export function skyPlace(wcs: Wcs): SkyPlace | undefined {
  const { polygon } = footprint(wcs, { arcsPerSide: 4 })
  if (polygon === undefined) return undefined
  const toIcrs = frameConverter(wcs.frame, ICRS)
  const vertices = polygon.vertices.map(({ lonDeg, latDeg }) => toIcrs.convert(lonDeg, latDeg))
  const circle = boundingCircle(vertices)
  if (circle === undefined) return undefined
  return {
    centreLonDeg: circle.centre.lonDeg,
    centreLatDeg: circle.centre.latDeg,
    radiusDeg: circle.radiusDeg,
    outline: vertices.map(({ lonDeg, latDeg }) => [lonDeg, latDeg] as const),
    cells: coveringCells(skyPolygon(vertices), circle.radiusDeg),
  }
}

/** Cells of a region, the finest that are few enough. */
function coveringCells(region: SkyPolygon, radiusDeg: number): readonly SkyCell[] {
  const finest = Math.min(SKY_ORDER, healpixOrderForResolution(radiusDeg / 4))
  for (let order = finest; ; order--) {
    const cells = mocCells(mocFromRegion(region, order))
    if (cells.length <= MAX_CELLS || order === 0)
      return cells.map((cell) => ({ order: cell.order, index: nestedIndex(cell) }))
  }
}

/** A circle as the registry searches it. */
export function skyRegion(circle: SkyCircle): SkyRegion {
  const order = Math.min(SKY_ORDER, healpixOrderForResolution(circle.radiusDeg / CELLS_PER_RADIUS))
  const { ranges } = mocFromRegion(circle, order)
  const list = []
  for (let i = 0; i + 1 < ranges.length; i += 2) {
    const first = Number((ranges[i] ?? 0n) >> SHIFT)
    const last = Number((ranges[i + 1] ?? 0n) >> SHIFT) - 1
    list.push({ first, last })
  }
  return {
    ranges: list,
    accepts: ({ centreLonDeg, centreLatDeg, radiusDeg, outline }) => {
      const around = { centre: { lonDeg: centreLonDeg, latDeg: centreLatDeg }, radiusDeg }
      if (!circlesOverlap(circle, around)) return false
      if (outline === undefined) return true
      const polygon = skyPolygon(outline.map(([lonDeg, latDeg]) => ({ lonDeg, latDeg })))
      return circleOverlapsPolygon(circle, polygon)
    },
  }
}
