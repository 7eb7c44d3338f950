/** An image plane in pixel memory: row-major float32, NaN = no data. */
export interface PixelPlane {
  /** Byte offset of the first pixel. */
  readonly at: number
  readonly width: number
  readonly height: number
  /** Elements from one row to the next. */
  readonly stride: number
}

/** Bytes of one float32 pixel. */
export const PIXEL_BYTES = 4

/** Byte offset of a pixel of a plane. */
export function pixelAt(plane: PixelPlane, col: number, row: number): number {
  return plane.at + (row * plane.stride + col) * PIXEL_BYTES
}
