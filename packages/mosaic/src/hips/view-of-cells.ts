import {
  angularDistanceDeg,
  type HealpixCell,
  healpixCellCentre,
  positionOf,
  type SkyPosition,
  vectorOf,
} from '@skyloom/wcs'

/** Widest first view in degrees. */
const MAX_FOV_DEG = 180
/** Narrowest first view in degrees. */
const MIN_FOV_DEG = 0.01

/** Where a viewer should look first to see all cells, and how wide. */
export function viewOfCells(cells: readonly HealpixCell[]): {
  readonly centre: SkyPosition
  readonly fovDeg: number
} {
  const centres = cells.map(healpixCellCentre)
  let [x, y, z] = [0, 0, 0]
  for (const [index, centre] of centres.entries()) {
    // Cells of unequal orders count by their area.
    const weight = 4 ** -(cells[index]?.order ?? 0)
    const vector = vectorOf(centre.lonDeg, centre.latDeg)
    x += weight * vector[0]
    y += weight * vector[1]
    z += weight * vector[2]
  }
  const centre = x === 0 && y === 0 && z === 0 ? { lonDeg: 0, latDeg: 0 } : positionOf([x, y, z])
  const reach = centres.reduce((most, one) => Math.max(most, angularDistanceDeg(centre, one)), 0)
  return { centre, fovDeg: Math.min(MAX_FOV_DEG, Math.max(MIN_FOV_DEG, 2.2 * reach)) }
}
