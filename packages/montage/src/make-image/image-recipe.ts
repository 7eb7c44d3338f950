import type { CornerLevels } from '@skyloom/mosaic'
import type { MontageFrame } from '@skyloom/wcs'

/** Sources of a table that are put into an image. */
export interface CatalogLayer {
  readonly kind: 'catalog'
  /** Table with the columns `ra` and `dec`, or `lon` and `lat`. */
  readonly file: string
  /** Column with the brightness; default: all sources are equal. */
  readonly column?: string
  /** Pixels: a Gaussian falls to 1/e at half of it. */
  readonly width: number
  readonly shape: 'gaussian' | 'flat'
  /** Factor for fluxes, magnitude of flux one for magnitudes. */
  readonly refval: number
  readonly mode: 'flux' | 'mag'
  /** System of the positions. */
  readonly frame: MontageFrame
}

/** Outlines of images that are filled. */
export interface OutlineLayer {
  readonly kind: 'imginfo'
  /** Image metadata table. */
  readonly file: string
  /** Value that is added. */
  readonly refval: number
}

/** What a made-up image is made of. */
export interface ImageRecipe {
  /** Standard deviation of the noise; default 0. */
  readonly noise?: number
  /** Seed of the noise; default 1. */
  readonly seed?: number
  /** Default 0 in all corners. */
  readonly background?: CornerLevels
  readonly layers?: readonly (CatalogLayer | OutlineLayer)[]
  /** Sources and outlines take the place of what was there instead of being added. */
  readonly replaces?: boolean
  /** Text file with numbers; its lines are put in the place of the rows of the image, from the lowest. */
  readonly arrayFile?: string
}
