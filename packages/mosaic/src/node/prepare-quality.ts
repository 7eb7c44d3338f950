import type { ImageRecord } from '../image-table/image-record.ts'
import { PIXEL_BYTES } from '../pixel-plane.ts'
import { qualityNeeds } from '../quality/quality-needs.ts'
import type { QualityPayload } from './read-quality.ts'
import type { MosaicRun } from './run.ts'

/** Blocks of pixel memory for what is known of an image's pixels. */
export interface PreparedQuality {
  readonly payload: QualityPayload
  /** Planes for the store: weights, then variances, as far as they are wanted. */
  readonly storedAt: readonly number[]
  /** Planes of the size of the image, needed while it is read. */
  readonly readAt: readonly number[]
}

/** Takes the memory for masks, weights and variances of an image; undefined when all its pixels with data are equal. */
export async function prepareQuality(
  { settings, store }: MosaicRun,
  image: ImageRecord,
  planeBytes: number,
): Promise<PreparedQuality | undefined> {
  const { quality: options, combine, planes } = settings
  const { isAny, isWeighted, hasVariance } = qualityNeeds(options, combine, planes)
  if (!isAny) return undefined
  const { quality = {} } = image
  const imageBytes = PIXEL_BYTES * image.width * image.height
  const take = async (isNeeded: boolean, bytes: number): Promise<number> =>
    isNeeded ? await store.allocate(bytes) : 0
  const hasMap = quality.weight !== undefined || (isWeighted && quality.variance !== undefined)
  const imageWeightAt = await take(hasMap, imageBytes)
  const imageVarianceAt = await take(hasVariance || quality.variance !== undefined, imageBytes)
  const weightAt = await take(isWeighted, planeBytes)
  const varianceAt = await take(hasVariance, planeBytes)
  const { weightType, maskBits, badValues } = options
  const rules = { quality, weightType, maskBits, badValues }
  return {
    payload: { ...rules, imageWeightAt, imageVarianceAt, weightAt, varianceAt },
    storedAt: [weightAt, varianceAt].filter((at) => at !== 0),
    readAt: [imageWeightAt, imageVarianceAt].filter((at) => at !== 0),
  }
}
