import type { Region } from '../region.ts'

/** Pixels of a strip, about: large enough to keep threads busy, small beside any memory limit. */
const STRIP_PIXELS = 512 * 1024

/** An image that strips are made of. */
export interface StripSource {
  /** The part of the template that it covers. */
  readonly region: Region
  /** Bytes of one row of all its planes. */
  readonly rowBytes: number
}

/** How a mosaic is cut. */
export interface StripPlan {
  readonly strips: readonly Region[]
  /** Bytes of the images that lie upon one strip, and of what is made of them, at most. */
  readonly imageBytes: number
  readonly resultBytes: number
}

/**
 * Cuts a mosaic into strips of whole rows of its preview. Where many images lie upon each other strips are lower, so that their parts of the
 * images have room.
 *
 * @param factor rows of the mosaic in one of the preview
 * @param resultPixelBytes of all that is made of a pixel of the mosaic
 * @param roomBytes for one strip
 */
export function planStrips(
  window: Region,
  factor: number,
  images: readonly StripSource[],
  resultPixelBytes: number,
  roomBytes: number,
): StripPlan {
  const usual = STRIP_PIXELS / window.width
  const imageRowBytes = deepestRowBytes(images)
  const resultRowBytes = resultPixelBytes * window.width
  const affordable = Math.floor(roomBytes / (imageRowBytes + resultRowBytes) / factor)
  const rows = factor * Math.max(1, Math.min(Math.round(usual / factor), affordable))
  const strips: Region[] = []
  for (let row = 0; row < window.height; row += rows) {
    strips.push({ ...window, row: window.row + row, height: Math.min(rows, window.height - row) })
  }
  // Clipping looks at a row more on either side.
  return { strips, imageBytes: (rows + 2) * imageRowBytes, resultBytes: rows * resultRowBytes }
}

/** Most bytes of image rows that lie upon one row of the mosaic. */
function deepestRowBytes(images: readonly StripSource[]): number {
  const changes = images.flatMap(({ region, rowBytes }) => [
    { row: region.row, bytes: rowBytes },
    { row: region.row + region.height, bytes: -rowBytes },
  ])
  let [bytes, most] = [0, 0]
  // At the same row ends come first.
  for (const change of changes.toSorted((a, b) => a.row - b.row || a.bytes - b.bytes)) {
    bytes += change.bytes
    most = Math.max(most, bytes)
  }
  return most
}
