import type { PixelViews } from '@skyloom/kernels'
import type { Region } from './region.ts'

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

/** Fills a part of a plane, from a column and row on: one view for all rows, for making one costs as much as filling a short row. */
export function fillPart(
  views: PixelViews,
  plane: PixelPlane,
  { col, row, width, height }: Region,
  value: number,
): void {
  const pixels = views.f32(pixelAt(plane, col, row), (height - 1) * plane.stride + width)
  for (let at = 0; at < height * plane.stride; at += plane.stride) pixels.fill(value, at, at + width)
}
