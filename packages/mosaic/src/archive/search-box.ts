import { type SkyPolygon, type SkyPosition, skyPolygon } from '@skyloom/wcs'
import { boxCorners } from '../subset/box-corners.ts'

/** A box on the sky: sides in degrees on the plane that touches the sky at the centre, north up. */
export interface SearchBox {
  /** J2000. */
  readonly centre: SkyPosition
  readonly widthDeg: number
  readonly heightDeg: number
}

/** The outline of a box. @throws {WcsError} `WCS_BAD_REGION` for boxes without extent or larger than the sky */
export function searchPolygon({ centre, widthDeg, heightDeg }: SearchBox): SkyPolygon {
  return skyPolygon(boxCorners(centre, { width: widthDeg, height: heightDeg }))
}
