import {
  findOverlaps,
  intersectRegions,
  isEmptyRegion,
  type OverlapPair,
  type Region,
  type Template,
} from '@skyloom/mosaic'
import {
  frameConverter,
  ICRS,
  polygonsOverlap,
  type SkyPolygon,
  type SkyPosition,
  skyPolygon,
  skyToPixel,
} from '@skyloom/wcs'
import type { SourceImage } from './source-image.ts'

/** An image that lies on the template, with the pixels that its projection will have. */
export interface PlacedSource {
  readonly image: SourceImage
  readonly region: Region
}

/** What projecting will give, as far as outlines tell. */
export interface Prediction {
  readonly placed: readonly PlacedSource[]
  /** Pairs whose outlines share sky, by their places in `placed`. */
  readonly pairs: readonly Pick<OverlapPair, 'plus' | 'minus'>[]
  /** Images that lie beside the template. */
  readonly beside: readonly SourceImage[]
}

/** Pixels on every side that an outline of straight pieces may miss. */
const PADDING = 2

/**
 * Predicts which images lie on a template, where, and which of them overlap: what mDAGTbls and mOverlaps give, before anything is
 * projected. An image part of whose outline has no place on the template may cover all of it.
 */
export function predictImages(images: readonly SourceImage[], template: Template): Prediction {
  const placed: PlacedSource[] = []
  const beside: SourceImage[] = []
  for (const image of images) {
    const region = regionOf(image, template)
    if (isEmptyRegion(region)) beside.push(image)
    else placed.push({ image, region })
  }
  const polygons = placed.map(({ image }) => polygonOf(image.outline))
  const pairs = findOverlaps(placed.map(({ region }) => region)).filter(({ plus, minus }) => {
    const [first, second] = [polygons[plus], polygons[minus]]
    return first === undefined || second === undefined || polygonsOverlap(first, second)
  })
  return { placed, pairs: pairs.map(({ plus, minus }) => ({ plus, minus })), beside }
}

/** Undefined for outlines that are no polygon, such as those that go round the sky: their regions alone decide. */
function polygonOf(outline: readonly SkyPosition[]): SkyPolygon | undefined {
  try {
    return skyPolygon(outline)
  } catch {
    return undefined
  }
}

function regionOf({ outline }: SourceImage, { wcs, width, height }: Template): Region {
  const whole = { col: 0, row: 0, width, height }
  const fromIcrs = frameConverter(ICRS, wcs.frame)
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity]
  for (const { lonDeg, latDeg } of outline) {
    const sky = fromIcrs.convert(lonDeg, latDeg)
    const pixel = skyToPixel(wcs, sky.lonDeg, sky.latDeg)
    if (pixel === undefined) return whole
    left = Math.min(left, pixel.fitsX)
    right = Math.max(right, pixel.fitsX)
    bottom = Math.min(bottom, pixel.fitsY)
    top = Math.max(top, pixel.fitsY)
  }
  const col = Math.floor(left - 0.5) - PADDING
  const row = Math.floor(bottom - 0.5) - PADDING
  const size = { width: Math.ceil(right - 0.5) + PADDING - col, height: Math.ceil(top - 0.5) + PADDING - row }
  return intersectRegions(whole, { col, row, ...size })
}
