import { resolve } from 'node:path'
import type { ImageRecord } from '../image-table/image-record.ts'
import { JOB_FILES, type MosaicPlanFile, type PlannedSettings } from '../make/job-files.ts'
import { readTemplate } from '../template/template.ts'
import type { MosaicInput } from './mosaic-input.ts'
import { scanImage } from './scan-images.ts'
import type { MosaicSettings } from './settings.ts'

/** What a plan file tells of an input. A path may be a URL when the image is not on this machine. */
export type PlannedInput = Pick<MosaicInput, 'templateFile' | 'pairs'> & {
  readonly images: readonly Pick<ImageRecord, 'name' | 'hdu' | 'path' | 'quality'>[]
}

/** The plan file of an input. */
export function mosaicPlanFile(input: PlannedInput, settings: MosaicSettings): MosaicPlanFile {
  return {
    version: 1,
    ...(input.templateFile === undefined ? {} : { templateFile: input.templateFile }),
    settings: plannedSettings(settings),
    images: input.images.map(({ name, hdu, path, quality }) => ({
      name,
      hdu,
      path: /^[a-z][a-z0-9+.-]+:/i.test(path) ? path : resolve(path),
      ...(quality === undefined ? {} : { quality }),
    })),
    pairs: input.pairs,
  }
}

/**
 * The input that a plan file and its template describe, with the headers as they are now.
 *
 * @throws MosaicError, FitsError, WcsError for images whose headers cannot be used any more
 */
export async function plannedInput(plan: MosaicPlanFile, templateText: string): Promise<MosaicInput> {
  const images = await Promise.all(
    plan.images.map(async ({ path, name, hdu, quality }) => {
      const image = await scanImage(path, name, hdu)
      return quality === undefined ? image : { ...image, quality }
    }),
  )
  const template = readTemplate(templateText, plan.templateFile ?? JOB_FILES.template)
  return { images, template, templateFile: plan.templateFile, pairs: plan.pairs }
}

/** Settings that change no pixel, or show in images and template. */
const OTHER: ReadonlySet<string> = new Set<keyof MosaicSettings>([
  'hdu',
  'threads',
  'memoryBytes',
  'overwrite',
  'template',
  'clock',
])

function plannedSettings(settings: MosaicSettings): PlannedSettings {
  // The names that are left out are those that the type leaves out.
  return Object.fromEntries(
    Object.entries(settings).filter(([name]) => !OTHER.has(name)),
  ) as unknown as PlannedSettings
}
