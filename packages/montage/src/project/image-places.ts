import type { SpherePixels, VectorMap } from '@skyloom/mosaic'
import {
  classicPixelsToSky,
  type MontageFrameConverter,
  montageFrameConverter,
  type PixelMap,
  pixelMap,
  pixelsToSky,
  roundedCos,
  roundedSin,
  type Wcs,
} from '@skyloom/wcs'
import type { ClassicWcs } from '../header/classic-wcs.ts'

/** Exact maps between an image and a template, and the directions of their pixels. */
export interface ImagePlaces {
  readonly toOutput: PixelMap
  readonly toImage: PixelMap
  readonly pixels: SpherePixels
}

/**
 * Where the pixels of an image lie on a template and both on the sphere, by the rules of the classic programs for coordinate systems.
 *
 * @param isClassic directions with the roundings of the classic programs, for overlaps with their arithmetic
 */
export function placesOf(image: ClassicWcs, output: ClassicWcs, isClassic: boolean): ImagePlaces {
  const there = montageFrameConverter(image.frame, output.frame)
  const back = montageFrameConverter(output.frame, image.frame)
  const from = image.wcs
  const to = output.wcs
  // Not written for images in one frame: pixelMap then goes by unit vectors.
  const toOutput = pixelMap(from, withFrameOf(to, from, there), there.isIdentity ? {} : { converter: there })
  const toImage = pixelMap(withFrameOf(to, from, there), from, there.isIdentity ? {} : { converter: back })
  const pixels: SpherePixels = {
    ofImage: vectorMap(from, isClassic, there),
    ofOutput: vectorMap(to, isClassic),
  }
  return { toOutput, toImage, pixels }
}

/** The template as one in the frame of the image when the classic rules see no difference between the two. */
function withFrameOf(to: Wcs, from: Wcs, converter: MontageFrameConverter): Wcs {
  return converter.isIdentity ? { ...to, frame: from.frame } : to
}

const DEG_TO_RAD = Math.PI / 180
/** Corner coordinates are FITS coordinates less this. */
const CORNER_TO_FITS = 0.5

function vectorMap(wcs: Wcs, isClassic: boolean, converter?: MontageFrameConverter): VectorMap {
  const classic = isClassic ? classicPixelsToSky(wcs) : undefined
  const toVectors = isClassic ? classicVectors : vectorsOf
  return (x, y, vectors, count) => {
    const lon = x.slice(0, count)
    const lat = y.slice(0, count)
    for (let k = 0; k < count; k++) {
      lon[k]! += CORNER_TO_FITS
      lat[k]! += CORNER_TO_FITS
    }
    if (classic === undefined) pixelsToSky(wcs, lon, lat, lon, lat, count)
    else classic(lon, lat, lon, lat, count)
    if (converter?.isIdentity === false) converter.convertInPlace(lon, lat, count)
    toVectors(lon, lat, vectors, count)
  }
}

function vectorsOf(lon: Float64Array, lat: Float64Array, vectors: Float64Array, count: number): void {
  for (let k = 0; k < count; k++) {
    const lonRad = lon[k]! * DEG_TO_RAD
    const latRad = lat[k]! * DEG_TO_RAD
    const cosLat = Math.cos(latRad)
    vectors[3 * k] = cosLat * Math.cos(lonRad)
    vectors[3 * k + 1] = cosLat * Math.sin(lonRad)
    vectors[3 * k + 2] = Math.sin(latRad)
  }
}

/** As {@link vectorsOf} with the last bit of the classic programs. */
function classicVectors(lon: Float64Array, lat: Float64Array, vectors: Float64Array, count: number): void {
  for (let k = 0; k < count; k++) {
    const lonRad = lon[k]! * DEG_TO_RAD
    const latRad = lat[k]! * DEG_TO_RAD
    const cosLat = roundedCos(latRad)
    vectors[3 * k] = cosLat * roundedCos(lonRad)
    vectors[3 * k + 1] = cosLat * roundedSin(lonRad)
    vectors[3 * k + 2] = roundedSin(latRad)
  }
}
