import { forecastTime, intersectRegions, type ProjectMethod, type Region } from '@skyloom/mosaic'

/** Images and pairs of a mosaic as far as they decide how long its jobs take. */
export interface ForecastInput {
  readonly images: readonly {
    readonly name: string
    readonly sizeBytes?: number | undefined
    /** Pixels of the template that it covers. */
    readonly region: Region
  }[]
  /** By their places in `images`. */
  readonly pairs: readonly { readonly plus: number; readonly minus: number }[]
  readonly method: ProjectMethod
}

/** Run times to expect of the jobs that a mosaic has many of, seconds. */
export interface JobSeconds {
  /** One for each image. */
  readonly project: readonly number[]
  /** One for each pair. */
  readonly fit: readonly number[]
}

const NO_WORK = {
  imageCount: 0,
  pairCount: 0,
  inputBytes: 0,
  compressedBytes: 0,
  imagePixels: 0,
  projectedPixels: 0,
  pairPixels: 0,
  mosaicPixels: 0,
  outputBytes: 0,
  spillBytes: 0,
  combine: 'mean',
  compress: 'none',
  threads: 1,
} as const
/** An image and its coverage, bytes a pixel. */
const BYTES_PER_PIXEL = 8

/** Forecasts jobs that are programs of their own, by `forecastTime`, on the machine on which its constants were measured. */
export function forecastJobs({ images, pairs, method }: ForecastInput): JobSeconds {
  return {
    project: images.map(({ name, sizeBytes = 0, region }) => {
      const projectedPixels = pixelsOf(region)
      return secondsOf({
        ...NO_WORK,
        method,
        imageCount: 1,
        inputBytes: sizeBytes,
        compressedBytes: /\.(gz|fz)$/i.test(name) ? sizeBytes : 0,
        projectedPixels,
        outputBytes: BYTES_PER_PIXEL * projectedPixels,
      })
    }),
    fit: pairs.map(({ plus, minus }) => {
      const [first, second] = [images[plus], images[minus]]
      const pairPixels =
        first === undefined || second === undefined
          ? 0
          : pixelsOf(intersectRegions(first.region, second.region))
      return secondsOf({ ...NO_WORK, method, pairCount: 1, pairPixels })
    }),
  }
}

function pixelsOf({ width, height }: Region): number {
  return Math.max(0, width) * Math.max(0, height)
}

/** In the middle of the range, to two digits: more would be made up. */
function secondsOf(work: Parameters<typeof forecastTime>[0]): number {
  const { low, high } = forecastTime(work, 1).cpuSeconds
  return Number(Math.sqrt(low * high).toPrecision(2))
}
