import type { FloatPlane } from '@skyloom/mosaic'
import { stripRowsOf } from './read-part.ts'

/** Images up to this many pixels are one strip, read once and kept: 256 MB. */
const KEPT_PIXELS = 32 * 1024 * 1024

/** Rows of an image that are there at a time, and how they are read. */
export interface Strips {
  readonly width: number
  readonly height: number
  readonly stripRows: number
  readonly readRows: (row: number, count: number) => Promise<FloatPlane>
}

/**
 * Divides an image that is gone through several times into strips; a small one is a single strip that is read once.
 *
 * @param keptPixels largest image that is a single strip
 */
export function stripsOf(
  { width, height }: { readonly width: number; readonly height: number },
  read: (row: number, count: number) => Promise<FloatPlane>,
  keptPixels: number = KEPT_PIXELS,
): Strips {
  if (width * height > keptPixels) {
    const stripRows = Math.min(stripRowsOf(width), Math.max(1, Math.floor(keptPixels / width)))
    return { width, height, stripRows, readRows: read }
  }
  let whole: Promise<FloatPlane> | undefined
  const readRows = async (): Promise<FloatPlane> => {
    whole ??= read(0, height)
    return await whole
  }
  return { width, height, stripRows: Math.max(1, height), readRows }
}
