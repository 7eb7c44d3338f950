import { ALL_BITS } from '../quality/mask-pixels.ts'
import { qualityNeeds } from '../quality/quality-needs.ts'
import type { ProjectedImage } from './project-stage.ts'
import type { MosaicSettings } from './settings.ts'

/** What products say of the settings that decide which pixels count and how much, where they are not the ordinary. */
export function qualityLines({ quality, clip, combine, planes }: MosaicSettings): readonly string[] {
  const { weight, variance, mask, maskBits, saturation, badValues, weightType } = quality
  const needs = qualityNeeds(quality, combine, planes)
  const hasVariance = needs.hasVariance || (needs.isWeighted && weight === undefined)
  const source =
    variance !== undefined
      ? 'as given'
      : weight === undefined
        ? 'background noise of each image'
        : `from weights, ${weightType}`
  return [
    ...(combine === 'clipped' ? [`clip ${clip.sigma} sigma + ${clip.range} of the range of neighbours`] : []),
    ...(hasVariance ? [`variances ${source}`] : []),
    ...(mask !== undefined && maskBits !== ALL_BITS ? [`mask bits ${maskBits}`] : []),
    ...(saturation === undefined ? [] : [`saturation ${saturation}`]),
    ...(badValues.length === 0 ? [] : [`bad values ${badValues.join(' ')}`]),
  ]
}

/** The images that went with an image. */
export function partnerLines({ quality }: ProjectedImage): readonly string[] {
  return (quality?.partners ?? []).flatMap(({ kind, name, sha256 }) => [
    `${kind} ${name}`,
    `sha256 ${sha256}`,
  ])
}
