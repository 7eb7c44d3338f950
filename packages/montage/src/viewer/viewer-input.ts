import type { MarkSymbol } from '@skyloom/mosaic/view'
import type { MontageFrame } from '@skyloom/wcs'

/** An image of a picture and how its values are shown. */
export interface ViewerImage {
  /** Path; `[hdu][plane][plane]` behind it chooses an HDU (from 0) and planes of the third and fourth axis (from 1). */
  readonly file: string
  /** Range strings such as `-1s`, `99.5%`, `max-10`, `12`; default the whole range. */
  readonly min?: string
  readonly max?: string
  /** `linear` (default), `log`, `loglog`, a number of logarithms, `gaussian`, `gaussian-log`, `asinh`. */
  readonly stretch?: string
  /** Range string for `asinh`; default `2s`. */
  readonly beta?: string
  /** Histogram file of mHistogram with a ready stretch, instead of all of the above. */
  readonly histogram?: string
}

/** A coordinate on the sky in degrees, or on the image in FITS pixels. */
export type ViewerCoordinate = number | { readonly pixel: number }

/** What all overlays share. */
interface OverlayStyle {
  /** Name or `rrggbb`; default gray. */
  readonly color?: string
  /** Factor of the size of labels; default 1. */
  readonly fontScale?: number
}

/** Something drawn over a picture. */
export type ViewerOverlay = OverlayStyle &
  (
    | { readonly type: 'grid'; readonly frame: MontageFrame }
    | {
        readonly type: 'catalog'
        /** Table with columns `ra` and `dec`, or `lon` and `lat`. */
        readonly file: string
        /** System of the positions; default J2000 equatorial. */
        readonly frame?: MontageFrame
        /** `none` draws labels alone. */
        readonly symbol?: MarkSymbol | 'none'
        /** Column that the size of the symbols follows. */
        readonly scaleColumn?: string
        /** Value that is drawn in the size of the symbol; default 1. */
        readonly reference?: number
        readonly scaling?: 'flux' | 'mag' | 'log'
        /** Columns with a size (`10s`), a shape (`circle`), a label and a colour for each row. */
        readonly sizeColumn?: string
        readonly shapeColumn?: string
        readonly labelColumn?: string
        readonly colorColumn?: string
      }
    | {
        readonly type: 'imginfo'
        /** Image table with corners or coordinate systems. */
        readonly file: string
        readonly frame?: MontageFrame
      }
    | {
        readonly type: 'mark'
        readonly lon: ViewerCoordinate
        readonly lat: ViewerCoordinate
        readonly frame?: MontageFrame
        readonly symbol?: MarkSymbol | 'none'
      }
    | {
        readonly type: 'label'
        readonly lon: ViewerCoordinate
        readonly lat: ViewerCoordinate
        readonly text: string
        readonly frame?: MontageFrame
      }
  )

/** Input of `mViewer`: `gray` for a picture of one image, `red` and `blue` (and `green`) for a three-colour picture. */
export interface ViewerInput {
  readonly gray?: ViewerImage
  readonly red?: ViewerImage
  /** Without it green is the mean of red and blue. */
  readonly green?: ViewerImage
  readonly blue?: ViewerImage
  readonly output: string
  readonly format?: 'png' | 'jpeg'
  /** 0 (default) to 11. */
  readonly colorTable?: number
  /** Power of the true-colour rule, 1 to 4. */
  readonly trueColor?: number
  /** Level (0 to 255) of pixels without data; default 0. */
  readonly saturate?: number
  /** Treat images as arrays of pixels. */
  readonly noWcs?: boolean
  /** Keep the rows and columns as they are stored, first row at the top. */
  readonly noFlip?: boolean
  /** TrueType font; default the one that comes with the package. */
  readonly fontFile?: string
  readonly overlays?: readonly ViewerOverlay[]
}
