import { WcsError } from '../errors.ts'
import { pixelsToSky } from '../wcs/transform.ts'
import type { Wcs } from '../wcs/wcs.ts'
import { polygonWithin, type SkyPolygon } from './polygon.ts'
import type { SkyPosition } from './sky-position.ts'

/** The edge of an image on the sky. */
export interface Footprint {
  /** Outer corners of the image in the order (0.5, 0.5), (width + 0.5, 0.5), both + 0.5, (0.5, height + 0.5); undefined without sky. */
  readonly corners: readonly [
    SkyPosition | undefined,
    SkyPosition | undefined,
    SkyPosition | undefined,
    SkyPosition | undefined,
  ]
  /** Positions along the edge from the first corner round in the same sense; those without sky are left out. */
  readonly boundary: readonly SkyPosition[]
  /** The image as a polygon; undefined when part of its edge has no sky or it does not fit into less than a hemisphere. */
  readonly polygon: SkyPolygon | undefined
}

/** How to draw a footprint. */
export interface FootprintOptions {
  /** Size of the image; default the one of the header. */
  readonly width?: number
  readonly height?: number
  /**
   * Arcs on each side of the image, default 1: enough for projections near TAN, whose straight lines are great circles. Others bend
   * (an edge of one degree along the parallel 60 by 14 arcsec) and want more.
   */
  readonly arcsPerSide?: number
}

/** Most arcs along a side of a footprint. */
export const MAX_ARCS_PER_SIDE = 10_000

/**
 * The edge of an image on the sky, in the frame of `wcs`.
 *
 * @throws {WcsError} `WCS_BAD_REGION` when the size of the image is not known or not positive, or `arcsPerSide` not in 1 to 10,000
 */
export function footprint(wcs: Wcs, options: FootprintOptions = {}): Footprint {
  const width = options.width ?? wcs.width
  const height = options.height ?? wcs.height
  const arcs = options.arcsPerSide ?? 1
  if (
    width === undefined ||
    height === undefined ||
    !(width > 0 && height > 0 && width + height < Infinity)
  ) {
    throw new WcsError('WCS_BAD_REGION', 'a footprint needs the size of the image', {
      where: wcs.name === undefined ? [] : [wcs.name],
      found: `${width ?? 'no width'} x ${height ?? 'no height'}`,
      allowed: 'positive numbers of pixels',
      remedy: 'give width and height',
    })
  }
  if (!Number.isInteger(arcs) || arcs < 1 || arcs > MAX_ARCS_PER_SIDE) {
    throw new WcsError('WCS_BAD_REGION', 'an impossible number of arcs on a side', {
      found: String(arcs),
      allowed: `a whole number from 1 to ${MAX_ARCS_PER_SIDE}`,
    })
  }
  const places = edgePlaces(wcs, width, height, arcs)
  const boundary = places.filter((place) => place !== undefined)
  return {
    corners: [places[0], places[arcs], places[2 * arcs], places[3 * arcs]],
    boundary,
    polygon: boundary.length === places.length ? polygonWithin(boundary) : undefined,
  }
}

function edgePlaces(wcs: Wcs, width: number, height: number, arcs: number): (SkyPosition | undefined)[] {
  const x = new Float64Array(4 * arcs)
  const y = new Float64Array(4 * arcs)
  const sides = [
    { fromX: 0.5, fromY: 0.5, stepX: width / arcs, stepY: 0 },
    { fromX: width + 0.5, fromY: 0.5, stepX: 0, stepY: height / arcs },
    { fromX: width + 0.5, fromY: height + 0.5, stepX: -width / arcs, stepY: 0 },
    { fromX: 0.5, fromY: height + 0.5, stepX: 0, stepY: -height / arcs },
  ]
  sides.forEach((side, s) => {
    for (let i = 0; i < arcs; i++) {
      x[s * arcs + i] = side.fromX + i * side.stepX
      y[s * arcs + i] = side.fromY + i * side.stepY
    }
  })
  pixelsToSky(wcs, x, y, x, y)
  return Array.from(x, (lonDeg, i) => {
    const latDeg = y[i]!
    return Number.isFinite(lonDeg) && Number.isFinite(latDeg) ? { lonDeg, latDeg } : undefined
  })
}
