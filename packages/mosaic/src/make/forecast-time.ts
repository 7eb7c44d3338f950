import type { CombineMethod } from '../add/combine.ts'
import type { Storage } from '../product/product-storage.ts'
import type { ProjectMethod } from '../project/project-method.ts'

/** Amounts of work that decide the cost of a mosaic. */
export interface Workload {
  readonly imageCount: number
  readonly pairCount: number
  /** Bytes of the images' files, and of those that are packed. */
  readonly inputBytes: number
  readonly compressedBytes: number
  /** Pixels of the images as they are read. */
  readonly imagePixels: number
  /** Pixels of the template that are made of all images. */
  readonly projectedPixels: number
  /** Pixels of all overlaps that are differenced. */
  readonly pairPixels: number
  /** Pixels of the mosaic, and bytes of all its images before compression. */
  readonly mosaicPixels: number
  readonly outputBytes: number
  /** Bytes of reprojected images that go to disk and come back. */
  readonly spillBytes: number
  readonly method: ProjectMethod
  readonly combine: CombineMethod
  readonly compress: Storage
  /** Tasks that really run at the same time. */
  readonly threads: number
}

/** A range of what may be expected. */
export interface Range {
  readonly low: number
  readonly high: number
}

/** Time to expect, seconds. */
export interface TimeForecast {
  readonly cpuSeconds: Range
  readonly wallSeconds: Range
}

/** The forecast is to hold within this factor in either direction. */
const SPREAD = 1.5
/** Part of the work that runs on one thread whatever their number. */
const SERIAL_FRACTION = 0.25

// CPU time on a 2-core AMD EPYC under Node 20, whose speed is 1; fitted to mosaics of 10 to 1,254 images on grids of 5 to 467 megapixels, then
// lowered by hand where 10 and 315 images had become quicker. Of 1,254 images the system's time (memory, writing) grows faster than this tells: 48 s for 34.
const START_SECONDS = 0.18
const WORKER_SECONDS = 0.1
const SECONDS_PER_IMAGE = 0.003
const SECONDS_PER_PAIR = 0.0004
const NS_PER_INPUT_BYTE = 1.2
const NS_PER_COMPRESSED_BYTE = 14
const NS_PER_PAIR_PIXEL = 27
const NS_PER_OUTPUT_BYTE = 1.1
const NS_PER_SPILLED_BYTE = 1

/** A reprojected pixel. */
const NS_PER_PROJECTED_PIXEL: Readonly<Record<ProjectMethod, number>> = {
  area: 18,
  planar: 120,
  drizzle: 170,
  nearest: 20,
  bilinear: 22,
  bicubic: 24,
  lanczos2: 24,
  lanczos3: 27,
  lanczos4: 34,
}

/** A reprojected pixel on its way into the mosaic. */
const NS_PER_COMBINED_PIXEL: Readonly<Record<CombineMethod, number>> = {
  mean: 3,
  weighted: 6,
  median: 12,
  clipped: 40,
  min: 6,
  max: 6,
  sum: 4,
  count: 8,
}

/** A pixel of the mosaic in compressed tiles, its area included. */
const NS_PER_STORED_PIXEL: Readonly<Record<Storage, number>> = {
  none: 0,
  gzip: 140,
  rice: 105,
  hcompress: 155,
}

/**
 * CPU and wall time to expect.
 *
 * @param speed of this machine, see `machineSpeed`; 1 for the one on which the constants were measured
 */
export function forecastTime(work: Workload, speed: number): TimeForecast {
  const { projectedPixels, threads } = work
  const nanoseconds =
    NS_PER_INPUT_BYTE * work.inputBytes +
    NS_PER_COMPRESSED_BYTE * work.compressedBytes +
    (NS_PER_PROJECTED_PIXEL[work.method] + NS_PER_COMBINED_PIXEL[work.combine]) * projectedPixels +
    NS_PER_PAIR_PIXEL * work.pairPixels +
    NS_PER_OUTPUT_BYTE * work.outputBytes +
    NS_PER_STORED_PIXEL[work.compress] * work.mosaicPixels +
    NS_PER_SPILLED_BYTE * work.spillBytes
  const start = START_SECONDS + (threads > 1 ? WORKER_SECONDS * threads : 0)
  const pieces = SECONDS_PER_IMAGE * work.imageCount + SECONDS_PER_PAIR * work.pairCount
  const cpu = (start + pieces + 1e-9 * nanoseconds) / speed
  const shared = SERIAL_FRACTION + (1 - SERIAL_FRACTION) / Math.max(1, threads)
  const wall = start / speed + (cpu - start / speed) * shared
  const range = (value: number): Range => ({ low: value / SPREAD, high: value * SPREAD })
  return { cpuSeconds: range(cpu), wallSeconds: range(wall) }
}
