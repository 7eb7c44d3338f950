import type { TimeForecast, Workload } from './forecast-time.ts'
import type { RejectedFile } from './summary.ts'

/** What a mosaic would be made of and what it would cost; nothing has been read but headers. */
export interface MosaicPlan {
  readonly template: {
    readonly width: number
    readonly height: number
    readonly projection: string
    readonly frame: string
    /** Cards of the template, one a line. */
    readonly header: readonly string[]
  }
  readonly images: readonly { readonly name: string; readonly hdu: number; readonly sizeBytes: number }[]
  readonly rejected: readonly RejectedFile[]
  readonly inputBytes: number
  /** Pairs whose regions on the template share pixels; some may turn out to share no data. */
  readonly pairCount: number
  readonly memoryBytes: number
  readonly forecast: TimeForecast & {
    /** Bytes of the images that are written, before compression. */
    readonly outputBytes: number
    /** Pixel memory that all reprojected images would take at once. */
    readonly pixelBytes: number
    /** What of it goes to disk under the memory limit. */
    readonly spillBytes: number
    /** Largest resident memory to expect. */
    readonly peakBytes: number
    /** What the times follow from. */
    readonly work: Workload
  }
}
