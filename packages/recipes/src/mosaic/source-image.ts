import type { ImageRecord } from '@skyloom/mosaic'
import { frameConverter, ICRS, pixelToSky, type SkyPosition } from '@skyloom/wcs'

/** An image of an archive as far as planning a mosaic needs it. */
export interface SourceImage {
  /** Logical file name; unique among the images of a mosaic. */
  readonly lfn: string
  /** Where it is: `file:`, `http:`, `https:` ... */
  readonly url: string
  /** HDU that is taken; 0 for the first. */
  readonly hdu: number
  readonly sizeBytes: number | undefined
  /** Its outline, ICRS, in order around the image. */
  readonly outline: readonly SkyPosition[]
}

/** Steps along each side of an image whose header is known. */
const STEPS_PER_SIDE = 8

/**
 * The outline of an image whose header is known, its sides followed in steps so that curved ones keep their shape; points off the sky
 * are left out.
 */
export function outlineOf({
  wcs,
  width,
  height,
}: Pick<ImageRecord, 'wcs' | 'width' | 'height'>): readonly SkyPosition[] {
  const toIcrs = frameConverter(wcs.frame, ICRS)
  const corners = [
    [0.5, 0.5],
    [width + 0.5, 0.5],
    [width + 0.5, height + 0.5],
    [0.5, height + 0.5],
  ] as const
  return corners.flatMap(([x0, y0], side) => {
    const [x1, y1] = corners[(side + 1) % corners.length] ?? [x0, y0]
    return Array.from({ length: STEPS_PER_SIDE }, (_, step) => {
      const part = step / STEPS_PER_SIDE
      const sky = pixelToSky(wcs, x0 + part * (x1 - x0), y0 + part * (y1 - y0))
      return sky === undefined ? undefined : toIcrs.convert(sky.lonDeg, sky.latDeg)
    }).filter((sky) => sky !== undefined)
  })
}
