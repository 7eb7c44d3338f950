import {
  type CelestialFrame,
  frameConverter,
  type HealpixCell,
  healpixCellAt,
  healpixCellCentre,
  ICRS,
} from '@skyloom/wcs'

/**
 * Cells in ICRS that show the same sky as cells of another frame: those of `order` in which the middle of a part, half as wide, of a given
 * cell lies. Coverage maps are always in ICRS.
 */
export function icrsCells(
  cells: readonly HealpixCell[],
  frame: CelestialFrame,
  order: number,
): readonly HealpixCell[] {
  if (frame.system === 'icrs') return cells
  const converter = frameConverter(frame, ICRS)
  return cells.flatMap((cell) => {
    const count = 2 ** (order + 1 - cell.order)
    const parts: HealpixCell[] = []
    for (let x = 0; x < count; x++) {
      for (let y = 0; y < count; y++) {
        const part = { order: order + 1, face: cell.face, x: cell.x * count + x, y: cell.y * count + y }
        const { lonDeg, latDeg } = healpixCellCentre(part)
        const sky = converter.convert(lonDeg, latDeg)
        const found = healpixCellAt(order, sky.lonDeg, sky.latDeg)
        if (found !== undefined) parts.push(found)
      }
    }
    return parts
  })
}
