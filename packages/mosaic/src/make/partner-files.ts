import { PARTNER_KINDS } from '../quality/quality-options.ts'
import type { MosaicPlanFile } from './job-files.ts'

/**
 * Logical names of the weights, variances and masks that a plan names, by their paths: `weight-NAME`, since partners often have the
 * names of their images. A partner that is an extension of an image has the name of that image.
 */
export function partnerFiles(images: MosaicPlanFile['images']): ReadonlyMap<string, string> {
  const own = new Map(images.map(({ path, name }) => [path, name]))
  const names = new Map<string, string>()
  const taken = new Set(own.values())
  for (const { quality } of images) {
    for (const kind of PARTNER_KINDS) {
      const partner = quality?.[kind]
      if (partner === undefined || names.has(partner.path)) continue
      const plain = `${kind}-${partner.name}`
      const name =
        own.get(partner.path) ?? (taken.has(plain) ? `${kind}-${names.size}-${partner.name}` : plain)
      taken.add(name)
      names.set(partner.path, name)
    }
  }
  return names
}

/** Paths of the partners of an image, each once. */
export function partnerPaths({
  quality,
}: Pick<MosaicPlanFile['images'][number], 'quality'>): readonly string[] {
  const paths = PARTNER_KINDS.map((kind) => quality?.[kind]?.path)
  return [...new Set(paths.filter((path) => path !== undefined))]
}
