import type { ImageRecord } from '../image-table/image-record.ts'
import { PIXEL_BYTES } from '../pixel-plane.ts'
import { type QualityNeeds, qualityNeeds } from '../quality/quality-needs.ts'
import type { ImageQuality } from '../quality/quality-options.ts'
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

/**
 * Takes the memory for masks, weights and variances of an image; undefined when all its pixels with data are equal.
 *
 * @param planeBytes of a reprojected plane
 */
export async function prepareQuality(
  { settings, store }: MosaicRun,
  image: ImageRecord,
  planeBytes: number,
): Promise<PreparedQuality | undefined> {
  const { quality: options, combine, planes } = settings
  const needs = qualityNeeds(options, combine, planes)
  const { isAny, isWeighted, hasVariance } = needs
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
  return {
    payload: { ...rulesOf(options, quality, needs), imageWeightAt, imageVarianceAt, weightAt, varianceAt },
    storedAt: [weightAt, varianceAt].filter((at) => at !== 0),
    readAt: [imageWeightAt, imageVarianceAt].filter((at) => at !== 0),
  }
}

/** The same for an image whose pixels are those of the template: what is read is what is kept, and what all pixels share takes no plane. */
export async function prepareAlignedQuality(
  { settings, store }: MosaicRun,
  image: ImageRecord,
): Promise<QualityPayload | undefined> {
  const { quality: options, combine, planes } = settings
  const needs = qualityNeeds(options, combine, planes)
  if (!needs.isAny) return undefined
  const { quality = {} } = image
  const hasWeights = quality.weight !== undefined || (needs.isWeighted && quality.variance !== undefined)
  const hasVariances = quality.variance !== undefined || (needs.hasVariance && quality.weight !== undefined)
  const imageBytes = PIXEL_BYTES * image.width * image.height
  const imageWeightAt = hasWeights ? await store.allocate(imageBytes) : 0
  const imageVarianceAt = hasVariances ? await store.allocate(imageBytes) : 0
  const rules = rulesOf(options, quality, needs)
  return { ...rules, imageWeightAt, imageVarianceAt, weightAt: 0, varianceAt: 0 }
}

function rulesOf(
  { weightType, maskBits, badValues }: MosaicRun['settings']['quality'],
  quality: ImageQuality,
  { isWeighted, hasVariance }: QualityNeeds,
): Omit<QualityPayload, 'imageWeightAt' | 'imageVarianceAt' | 'weightAt' | 'varianceAt'> {
  return { quality, weightType, maskBits, badValues, wantsWeight: isWeighted, wantsVariance: hasVariance }
}
