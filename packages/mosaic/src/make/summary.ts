import type { CombineMethod, ExtraPlane } from '../add/combine.ts'
import type { RejectReason } from '../background/classic-reject.ts'
import type { BackgroundMode } from '../background/solve.ts'
import type { BackgroundSolver } from '../background/solve-by.ts'
import type { PartnerKind } from '../quality/quality-options.ts'
import type { Region } from '../region.ts'

/** A point of the mosaic in corner coordinates (0-based; pixel c covers [c, c + 1)), rows upwards. */
export interface MosaicPoint {
  readonly x: number
  readonly y: number
}

/** What is known of the pixels of an image beside their values. */
export interface ImageQualitySummary {
  /** Pixels with a value that masks, weights or saturation leave out. */
  readonly maskedPixels: number
  /** Standard deviation of the background noise, data units, where it was measured. */
  readonly noise: number | undefined
  /** Pixels of the mosaic where the image was rejected as an outlier; undefined when none could be. */
  readonly rejectedPixels: number | undefined
  readonly partners: readonly { readonly kind: PartnerKind; readonly name: string; readonly sha256: string }[]
}

/** One input image that went into the mosaic. */
export interface ImageSummary {
  readonly name: string
  readonly hdu: number
  readonly sizeBytes: number
  readonly sha256: string
  readonly width: number
  readonly height: number
  /** Corners of the image on the sky, degrees in the mosaic's frame. */
  readonly footprint: readonly { readonly lonDeg: number; readonly latDeg: number }[]
  /** The same corners on the mosaic. */
  readonly outline: readonly MosaicPoint[]
  /** Template pixels with data of this image. */
  readonly region: Region
  readonly coveredPixels: number
  /** It kept its values while others were corrected. */
  readonly isAnchor: boolean
  readonly correction: { readonly a: number; readonly b: number; readonly c: number }
  /** Value of the correction at the middle of the image's region, data units. */
  readonly correctionAtCentre: number
  /** Largest error of the pixel map in input pixels, measured. */
  readonly mapErrorPixels: number
  /** Share of the cells of the map's grid that were evaluated exactly, because the bound fails there. */
  readonly exactCellFraction: number
  /** Which of its pixels count and how much; undefined when all with data are equal. */
  readonly quality?: ImageQualitySummary | undefined
}

/** A file that was left out, with the reason. */
export interface RejectedFile {
  readonly name: string
  readonly code: string
  readonly reason: string
}

/** One pair of overlapping images. */
export interface PairSummary {
  readonly plus: string
  readonly minus: string
  readonly pixelCount: number
  readonly fit: { readonly a: number; readonly b: number; readonly c: number; readonly rms: number }
  /** Root mean square of the difference over the fitted pixels, data units, before and after correction. */
  readonly rmsBefore: number
  readonly rmsAfter: number
  /** Mean of the difference over the fitted pixels, before and after correction. */
  readonly meanBefore: number
  readonly meanAfter: number
  /** Weight in the background solution relative to other pairs, 0 when it was not used. */
  readonly weight: number
  /** Why the background solution did not use this pair. */
  readonly rejected: RejectReason | undefined
}

/** Time and bytes of one stage. */
export interface StageSummary {
  readonly stage: string
  readonly seconds: number
  readonly bytesRead: number
  readonly bytesWritten: number
}

/** A file that was written. */
export interface ProductSummary {
  readonly name: string
  readonly sizeBytes: number
  readonly sha256: string
}

/** Everything that is known about a finished mosaic; `report.html` shows it and `--json` prints it. */
export interface MosaicSummary {
  readonly program: string
  readonly version: string
  readonly createdAt: string
  readonly status: 'complete' | 'partial'
  readonly parameters: {
    readonly method: string
    readonly background: BackgroundMode
    readonly solver: BackgroundSolver
    readonly anchors: readonly string[]
    readonly combine: CombineMethod
    /** Planes beside mosaic and area. */
    readonly planes: readonly ExtraPlane[]
    /** What was assumed of pixels, weights and variances, where it is not the ordinary. */
    readonly quality: readonly string[]
    readonly template: string
    readonly trimmed: boolean
    readonly bitpix: number
    readonly threads: number
    readonly memoryBytes: number
  }
  readonly mosaic: {
    readonly width: number
    readonly height: number
    readonly pixelScaleArcsec: number
    readonly centre: { readonly lonDeg: number; readonly latDeg: number }
    readonly frame: string
    readonly projection: string
    readonly unit: string | undefined
    readonly finitePixels: number
    readonly min: number
    readonly max: number
    readonly mean: number
  }
  readonly images: readonly ImageSummary[]
  readonly rejected: readonly RejectedFile[]
  readonly pairs: readonly PairSummary[]
  /** Number of groups of images that no overlap connects; their relative level is unknown when above 1. */
  readonly groupCount: number
  /** Over all pixels of all pairs, data units. */
  readonly residual: { readonly rmsBefore: number; readonly rmsAfter: number }
  readonly stages: readonly StageSummary[]
  readonly seconds: number
  readonly cpuSeconds: number
  readonly peakMemoryBytes: number
  readonly spilledBytes: number
  readonly products: readonly ProductSummary[]
  readonly warnings: readonly string[]
}
