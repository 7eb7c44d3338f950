import type { CombineMethod, ExtraPlane } from '../add/combine.ts'
import type { QualityOptions } from './quality-options.ts'

/** What must be known of the pixels of all images. */
export interface QualityNeeds {
  /** Some pixels may have to be left out, or weights or variances are needed. */
  readonly isAny: boolean
  /** Weights beside the coverage. */
  readonly isWeighted: boolean
  /** Variances of reprojected pixels. */
  readonly hasVariance: boolean
  /** The mosaic is more than what `addStrip` makes. */
  readonly isStack: boolean
}

/** What a way of combining and the planes that are wanted need. */
export function qualityNeeds(
  options: QualityOptions,
  combine: CombineMethod,
  planes: readonly ExtraPlane[],
): QualityNeeds {
  const hasMaps = options.weight !== undefined || options.variance !== undefined
  const hasVariance = planes.includes('variance') || combine === 'clipped'
  const isWeighted =
    combine === 'weighted' ||
    (hasMaps && (combine === 'clipped' || (planes.includes('weight') && combine !== 'mean')))
  const { mask, saturation, badValues = [] } = options
  const isMasked = hasMaps || mask !== undefined || saturation !== undefined || badValues.length > 0
  return {
    isAny: isMasked || hasVariance || isWeighted,
    isWeighted,
    hasVariance,
    isStack: planes.length > 0 || !['mean', 'median', 'count'].includes(combine),
  }
}
