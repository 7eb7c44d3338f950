import type { PixelViews } from '../memory/pixel-memory.ts'

/** One plane of a stack for `medianRow`. */
export interface MedianEntry {
  /** float32 pixel of column `firstCol`. */
  readonly valueAt: number
  /** float32 area of the same pixel, 0 = all areas are 1. */
  readonly areaAt: number
  /** The plane covers the columns from here ... */
  readonly firstCol: number
  /** ... up to here, exclusive. */
  readonly endCol: number
  /** Subtracted is a * col + p, with col the output column (fold row and origin into p). */
  readonly a: number
  readonly p: number
}

/** Bytes of one median entry. */
export const MEDIAN_ENTRY_BYTES = 32

/** Stores entry number `index` of the list at `entriesAt`. */
export function writeMedianEntry(
  views: PixelViews,
  entriesAt: number,
  index: number,
  entry: MedianEntry,
): void {
  const at = entriesAt + index * MEDIAN_ENTRY_BYTES
  const words = views.u32(at, 4)
  words[0] = entry.valueAt
  words[1] = entry.areaAt
  words[2] = entry.firstCol
  words[3] = entry.endCol
  const plane = views.f64(at + 16, 2)
  plane[0] = entry.a
  plane[1] = entry.p
}

/** Scratch that `medianRow` needs for a stack of `entryCount` planes. */
export function medianScratchBytes(entryCount: number): number {
  return 40 * Math.max(1, entryCount) + 64
}

/**
 * Sums over the accepted pixels of a plane-fit pass. Sums that hold x or y are relative to (centreX, centreY).
 */
export interface PlaneSums {
  readonly count: number
  readonly centreX: number
  readonly centreY: number
  readonly x: number
  readonly y: number
  readonly xx: number
  readonly xy: number
  readonly yy: number
  readonly d: number
  readonly xd: number
  readonly yd: number
  /** Sum of (d - (a x + b y + c)) squared, with the plane that was given to the pass. */
  readonly residuals: number
  /** Range of the accepted pixels in x0-based coordinates; Infinity and -Infinity when there is none. */
  readonly minX: number
  readonly maxX: number
  readonly minY: number
  readonly maxY: number
}

/** Bytes of the record that `planeFitPass` writes. */
export const PLANE_SUMS_BYTES = 128

/** Reads the record of `planeFitPass`. */
export function readPlaneSums(views: PixelViews, recordAt: number): PlaneSums {
  const r = views.f64(recordAt, 16)
  return {
    count: r[0]!,
    centreX: r[1]!,
    centreY: r[2]!,
    x: r[3]!,
    y: r[4]!,
    xx: r[5]!,
    xy: r[6]!,
    yy: r[7]!,
    d: r[8]!,
    xd: r[9]!,
    yd: r[10]!,
    residuals: r[11]!,
    minX: r[12]!,
    maxX: r[13]!,
    minY: r[14]!,
    maxY: r[15]!,
  }
}

/** What `diffMontage` found. */
export interface DiffStatistics {
  /** Pixels with a difference. */
  readonly count: number
  readonly meanArea1: number
  readonly meanArea2: number
}

/** Bytes of the record that `diffMontage` writes. */
export const DIFF_STATISTICS_BYTES = 24

/** Reads the record of `diffMontage`. */
export function readDiffStatistics(views: PixelViews, recordAt: number): DiffStatistics {
  const r = views.f64(recordAt, 3)
  return { count: r[0]!, meanArea1: r[1]!, meanArea2: r[2]! }
}

/** Moments of the covered pixels of a window; columns and rows count from its first pixel. */
export interface CoverageSums {
  readonly count: number
  /** Sums of column, row and their products. */
  readonly x: number
  readonly y: number
  readonly xx: number
  readonly xy: number
  readonly yy: number
  /** Range of the covered pixels, inclusive; Infinity and -Infinity when there is none. */
  readonly minCol: number
  readonly maxCol: number
  readonly minRow: number
  readonly maxRow: number
}

/** Bytes of the record that `coverageSums` writes. */
export const COVERAGE_SUMS_BYTES = 80

/** Reads the record of `coverageSums`. */
export function readCoverageSums(views: PixelViews, recordAt: number): CoverageSums {
  const r = views.f64(recordAt, 10)
  return {
    count: r[0]!,
    x: r[1]!,
    y: r[2]!,
    xx: r[3]!,
    xy: r[4]!,
    yy: r[5]!,
    minCol: r[6]!,
    maxCol: r[7]!,
    minRow: r[8]!,
    maxRow: r[9]!,
  }
}

/** Statistics of the finite pixels of a window. */
export interface Statistics {
  readonly count: number
  /** NaN when no pixel is finite; so is max. */
  readonly min: number
  readonly max: number
  readonly sum: number
  readonly sumOfSquares: number
}

/** Bytes of the record that `statistics` writes. */
export const STATISTICS_BYTES = 64

/** Reads the record of `statistics`. */
export function readStatistics(views: PixelViews, recordAt: number): Statistics {
  const r = views.f64(recordAt, 5)
  return { count: r[0]!, min: r[1]!, max: r[2]!, sum: r[3]!, sumOfSquares: r[4]! }
}
