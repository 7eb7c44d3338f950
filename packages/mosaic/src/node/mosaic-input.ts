import type { BackgroundMode } from '../background/solve.ts'
import type { ImageRecord } from '../image-table/image-record.ts'
import { matchedPairs } from '../overlap/matched-pairs.ts'
import { projectRegion } from '../project/project-region.ts'
import type { Region } from '../region.ts'
import type { Template } from '../template/template.ts'

/** What a mosaic is made of, known before any pixel is read. */
export interface MosaicInput {
  readonly images: readonly ImageRecord[]
  readonly template: Template
  /** Name of the file of the template; undefined when it was made from images and options. */
  readonly templateFile: string | undefined
  /** Pairs of images, by their places in `images`, whose regions on the template meet, in the order of (plus, minus). */
  readonly pairs: readonly { readonly plus: number; readonly minus: number }[]
  /** `projectRegion` of the images, where it is known. */
  readonly regions?: readonly Region[]
}

/** Input of these images on this template; some of the pairs may turn out to share no data. */
export function mosaicInput(
  images: readonly ImageRecord[],
  template: Template,
  templateFile: string | undefined,
  background: BackgroundMode,
): MosaicInput {
  const regions = images.map((image) => projectRegion(image, template))
  const pairs = matchedPairs(regions, background).map(({ plus, minus }) => ({ plus, minus }))
  return { images, template, templateFile, pairs, regions }
}
