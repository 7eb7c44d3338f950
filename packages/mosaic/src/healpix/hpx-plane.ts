import { type HealpixCell, healpixNside } from '@skyloom/wcs'

/**
 * The twelve base faces of HEALPix laid out in a plane of 5 x 5 squares, as the HPX projection with H = 4, K = 3 does when it is turned by 45
 * degrees: longitude 0 in the middle square, the seam at longitude 180 through the squares (0, 0) and (4, 4). From the first pixel of a face
 * columns run to the south-west, rows to the north-west.
 *
 * Source: Calabretta & Roukema 2007, MNRAS 381, 865, section 5.
 */
const FACE_COLUMNS = [1, 0, 3, 2, 2, 1, 0, 3, 2, 1, 4, 3] as const
const FACE_ROWS = [2, 1, 4, 3, 2, 1, 0, 3, 1, 0, 3, 2] as const

/** Squares along a side of the plane. */
export const HPX_PLANE_FACES = 5

/** A cell of the plane: column and row from 0, from the lower left. */
export interface PlaneCell {
  readonly order: number
  readonly col: number
  readonly row: number
}

/** Where a HEALPix cell lies in the plane. @throws {WcsError} `WCS_BAD_HEALPIX` for an order that there is not */
export function planeCellOf({ order, face, x, y }: HealpixCell): PlaneCell {
  const nside = healpixNside(order)
  return {
    order,
    col: (FACE_COLUMNS[face] ?? 0) * nside + nside - 1 - x,
    row: (FACE_ROWS[face] ?? 0) * nside + y,
  }
}

/** The HEALPix cell at a place of the plane; undefined between the faces. @throws {WcsError} `WCS_BAD_HEALPIX` */
export function cellOfPlane({ order, col, row }: PlaneCell): HealpixCell | undefined {
  const nside = healpixNside(order)
  const faceCol = Math.floor(col / nside)
  const faceRow = Math.floor(row / nside)
  const face = FACE_COLUMNS.findIndex((column, index) => column === faceCol && FACE_ROWS[index] === faceRow)
  if (face < 0) return undefined
  return { order, face, x: nside - 1 - (col - faceCol * nside), y: row - faceRow * nside }
}

/** Column and row of the square of a face. */
export function facePlace(face: number): { readonly col: number; readonly row: number } {
  return { col: FACE_COLUMNS[face] ?? 0, row: FACE_ROWS[face] ?? 0 }
}
