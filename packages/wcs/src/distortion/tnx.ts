import type { PlaneMap } from './plane-map.ts'
import { type Surface, surfaceEvaluator } from './surface.ts'

/** IRAF's TNX and ZPX distortion: corrections added to the projection plane, in degrees. */
export interface Tnx {
  readonly kind: 'tnx'
  /** Correction of the longitude axis (`lngcor`) and of the latitude axis (`latcor`), undefined for none. */
  readonly lon: Surface | undefined
  readonly lat: Surface | undefined
}

/**
 * The TNX map of intermediate world coordinates (xi, eta in degrees) to those of the projection: xi' = xi + lngcor(xi, eta),
 * eta' = eta + latcor(xi, eta).
 *
 * Source: "TNX World Coordinate System" and "ZPX World Coordinate System", registry of FITS conventions.
 */
export function tnxMap(tnx: Tnx): PlaneMap {
  const lon = tnx.lon === undefined ? undefined : surfaceEvaluator(tnx.lon)
  const lat = tnx.lat === undefined ? undefined : surfaceEvaluator(tnx.lat)
  const part = new Float64Array(3)
  return {
    evaluate: (xi, eta, out) => {
      part.fill(0)
      if (lon !== undefined) lon(xi, eta, part)
      out[0] = xi + part[0]!
      out[2] = 1 + part[1]!
      out[3] = part[2]!
      part.fill(0)
      if (lat !== undefined) lat(xi, eta, part)
      out[1] = eta + part[0]!
      out[4] = part[1]!
      out[5] = 1 + part[2]!
    },
  }
}
