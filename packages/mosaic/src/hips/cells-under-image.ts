import {
  angularDistanceDeg,
  type CelestialFrame,
  frameConverter,
  healpixCellAt,
  healpixNeighbours,
  healpixResolutionDeg,
  nestedIndex,
  pixelToSky,
  type SkyPosition,
  type Wcs,
} from '@skyloom/wcs'

/** A part of an image in corner coordinates. */
interface Part {
  readonly col: number
  readonly row: number
  readonly width: number
  readonly height: number
}

/** Parts without any position are divided into this many along a side of the image before they are given up. */
const SEARCH_PARTS = 64
/** A part is small enough when its corners are this many cells from its middle: the cell there and its neighbours then hold all of it. */
const REACH_CELLS = 0.5

/**
 * Cells of an order that an image may touch, by nested index, ascending: all that it does touch and some around them.
 *
 * @param frame of the cells
 */
export function cellsUnderImage(
  image: { readonly wcs: Wcs; readonly width: number; readonly height: number },
  frame: CelestialFrame,
  order: number,
): readonly number[] {
  const { wcs } = image
  const converter = frameConverter(wcs.frame, frame)
  const reachDeg = REACH_CELLS * healpixResolutionDeg(order)
  const searched = Math.max(1, Math.min(image.width, image.height) / SEARCH_PARTS)
  const cells = new Set<number>()
  const at = (x: number, y: number): SkyPosition | undefined => {
    const sky = pixelToSky(wcs, x + 0.5, y + 0.5)
    return sky === undefined ? undefined : converter.convert(sky.lonDeg, sky.latDeg)
  }
  const add = ({ lonDeg, latDeg }: SkyPosition): void => {
    const cell = healpixCellAt(order, lonDeg, latDeg)
    if (cell === undefined) return
    cells.add(nestedIndex(cell))
    for (const neighbour of healpixNeighbours(cell))
      if (neighbour !== undefined) cells.add(nestedIndex(neighbour))
  }
  const visit = ({ col, row, width, height }: Part): void => {
    const middle = at(col + width / 2, row + height / 2)
    const corners = [at(col, row), at(col + width, row), at(col, row + height), at(col + width, row + height)]
    const known = [middle, ...corners].filter((place) => place !== undefined)
    const isSmall = width <= 1 && height <= 1
    if (known.length === 0 && width <= searched && height <= searched) return
    const reaches =
      middle !== undefined &&
      known.length === 5 &&
      known.every((place) => angularDistanceDeg(middle, place) <= reachDeg)
    if (reaches || isSmall) {
      for (const place of reaches ? [middle] : known) add(place)
      return
    }
    const half = { width: width > 1 ? width / 2 : width, height: height > 1 ? height / 2 : height }
    for (const dx of width > 1 ? [0, half.width] : [0]) {
      for (const dy of height > 1 ? [0, half.height] : [0]) visit({ col: col + dx, row: row + dy, ...half })
    }
  }
  visit({ col: 0, row: 0, width: image.width, height: image.height })
  return [...cells].sort((a, b) => a - b)
}
