import type { FitsPixel } from '@skyloom/wcs'

/** True when a point lies on the pixels of an image, its outer edges included; false when there is no point. */
export function isOnImage(
  point: FitsPixel | undefined,
  { width, height }: { readonly width: number; readonly height: number },
): point is FitsPixel {
  return (
    point !== undefined &&
    point.fitsX >= 0.5 &&
    point.fitsX <= width + 0.5 &&
    point.fitsY >= 0.5 &&
    point.fitsY <= height + 0.5
  )
}
