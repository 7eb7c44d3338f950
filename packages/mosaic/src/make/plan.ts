import type { RejectedFile } from './summary.ts'

/** A range of what may be expected. */
export interface Range {
  readonly low: number
  readonly high: number
}

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
  readonly forecast: {
    readonly outputBytes: number
    /** Pixel memory that all reprojected images would take at once. */
    readonly pixelBytes: number
    /** What of it goes to disk under the memory limit. */
    readonly spillBytes: number
    readonly cpuSeconds: Range
    readonly wallSeconds: Range
  }
}

/** Amounts of work that decide the cost of a mosaic. */
export interface Workload {
  readonly imagePixels: number
  readonly projectedPixels: number
  readonly pairPixels: number
  readonly mosaicPixels: number
  readonly compressedBytes: number
  readonly threads: number
}

// CPU nanoseconds, measured on the ten images of the demo with one thread on a 2-core EPYC under Node 20.
const NS_PER_IMAGE_PIXEL = 6
const NS_PER_PROJECTED_PIXEL = 32
const NS_PER_PAIR_PIXEL = 100
const NS_PER_MOSAIC_PIXEL = 25
const NS_PER_COMPRESSED_BYTE = 12
const START_SECONDS = 0.35
/** Machines and data differ by about this factor in either direction. */
const SPREAD = 1.5
/** Part of the work that runs on one thread whatever their number. */
const SERIAL_FRACTION = 0.25

/** CPU and wall time to expect. */
export function forecastTime(work: Workload): { readonly cpuSeconds: Range; readonly wallSeconds: Range } {
  const cpu =
    START_SECONDS +
    1e-9 *
      (NS_PER_IMAGE_PIXEL * work.imagePixels +
        NS_PER_PROJECTED_PIXEL * work.projectedPixels +
        NS_PER_PAIR_PIXEL * work.pairPixels +
        NS_PER_MOSAIC_PIXEL * work.mosaicPixels +
        NS_PER_COMPRESSED_BYTE * work.compressedBytes)
  const wall = cpu * (SERIAL_FRACTION + (1 - SERIAL_FRACTION) / Math.max(1, work.threads))
  const range = (value: number): Range => ({ low: value / SPREAD, high: value * SPREAD })
  return { cpuSeconds: range(cpu), wallSeconds: range(wall) }
}
