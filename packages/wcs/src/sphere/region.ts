import { circleContains, circlesOverlap, type SkyCircle } from './circle.ts'
import { polygonContains, type SkyPolygon } from './polygon.ts'
import { circleOverlapsPolygon, polygonsOverlap } from './polygon-overlap.ts'
import type { SkyPosition } from './sky-position.ts'

/** A part of the sky. */
export type SkyRegion = SkyCircle | SkyPolygon

/** True when a region is a circle. */
export function isSkyCircle(region: SkyRegion): region is SkyCircle {
  return 'radiusDeg' in region
}

/** True when the position lies in the region. @throws {WcsError} `WCS_BAD_REGION` when either is none */
export function regionContains(region: SkyRegion, position: SkyPosition): boolean {
  return isSkyCircle(region) ? circleContains(region, position) : polygonContains(region, position)
}

/** True when two regions share a place. @throws {WcsError} `WCS_BAD_REGION` when either is none */
export function regionsOverlap(a: SkyRegion, b: SkyRegion): boolean {
  if (isSkyCircle(a)) return isSkyCircle(b) ? circlesOverlap(a, b) : circleOverlapsPolygon(a, b)
  return isSkyCircle(b) ? circleOverlapsPolygon(b, a) : polygonsOverlap(a, b)
}
