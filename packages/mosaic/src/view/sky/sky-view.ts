import {
  type MontageFrame,
  type MontageFrameConverter,
  montageFrameConverter,
  pixelScaleDeg,
  pixelToSky,
  type SkyPosition,
  skyToPixel,
  type Wcs,
} from '@skyloom/wcs'
import type { Point } from '../../geometry/hull.ts'
import { effectiveScale } from '../../image-table/image-table.ts'

/** A picture of an image as a window on the sky. */
export interface SkyView {
  readonly wcs: Wcs
  /** Coordinate system of the image. */
  readonly frame: MontageFrame
  readonly width: number
  readonly height: number
  /** Columns run from right to left. */
  readonly isFlippedX: boolean
  /** The first row of the image is at the bottom. */
  readonly isFlippedY: boolean
}

/** Place on the picture, in pixels from its top left corner, of a FITS pixel position. */
export function toPicture(view: SkyView, fitsX: number, fitsY: number): Point {
  return {
    x: view.isFlippedX ? view.width + 0.5 - fitsX : fitsX - 0.5,
    y: view.isFlippedY ? view.height + 0.5 - fitsY : fitsY - 0.5,
  }
}

/** FITS pixel position of a place on the picture. */
export function fromPicture(
  view: SkyView,
  { x, y }: Point,
): { readonly fitsX: number; readonly fitsY: number } {
  return {
    fitsX: view.isFlippedX ? view.width + 0.5 - x : x + 0.5,
    fitsY: view.isFlippedY ? view.height + 0.5 - y : y + 0.5,
  }
}

/** Another coordinate system in front of a {@link SkyView}. */
export interface SkyLens {
  readonly view: SkyView
  readonly toImage: MontageFrameConverter
  readonly fromImage: MontageFrameConverter
}

/** The view through a coordinate system; default that of the image. */
export function skyLens(view: SkyView, frame: MontageFrame = view.frame): SkyLens {
  return {
    view,
    toImage: montageFrameConverter(frame, view.frame),
    fromImage: montageFrameConverter(view.frame, frame),
  }
}

/** A position on the picture, also outside its edges; undefined where the projection does not reach. */
export function placeOf({ view, toImage }: SkyLens, lonDeg: number, latDeg: number): Point | undefined {
  const image = toImage.convert(lonDeg, latDeg)
  const pixel = skyToPixel(view.wcs, image.lonDeg, image.latDeg)
  return pixel === undefined ? undefined : toPicture(view, pixel.fitsX, pixel.fitsY)
}

/** The position at a place of the picture; undefined where there is no sky. */
export function positionAt({ view, fromImage }: SkyLens, place: Point): SkyPosition | undefined {
  const { fitsX, fitsY } = fromPicture(view, place)
  const image = pixelToSky(view.wcs, fitsX, fitsY)
  return image === undefined ? undefined : fromImage.convert(image.lonDeg, image.latDeg)
}

/** True for places on the picture, widened by a margin in pixels. */
export function isOnPicture({ width, height }: SkyView, { x, y }: Point, margin: number = 0): boolean {
  return x >= -margin && x <= width + margin && y >= -margin && y <= height + margin
}

/** Degrees that a picture's larger side spans at the scale of its reference pixel. */
export function largerSideDeg({ wcs, width, height }: SkyView): number {
  const [scaleX, scaleY] = pixelScaleDeg(wcs)
  return Math.max(width * scaleX, height * scaleY)
}

/** Which way round an image is shown. */
export type Flips = Pick<SkyView, 'isFlippedX' | 'isFlippedY'>

/**
 * The flips that bring north up and east to the left as far as flips can: by the signs of the increments, both turned when the image is
 * rotated by more than a right angle.
 */
export function northUpFlips(wcs: Wcs): Flips {
  const { cdelt1, cdelt2, crota2 } = effectiveScale(wcs)
  const isTurned = crota2 > 90 && crota2 < 270
  return { isFlippedX: cdelt1 > 0 !== isTurned, isFlippedY: cdelt2 > 0 !== isTurned }
}
