import { resolve } from 'node:path'
import type { MosaicPlanFile, PlannedSettings } from '../make/job-files.ts'
import type { MosaicInput } from './mosaic-input.ts'
import type { MosaicSettings } from './settings.ts'

/** The plan file of an input. */
export function mosaicPlanFile(input: MosaicInput, settings: MosaicSettings): MosaicPlanFile {
  return {
    version: 1,
    ...(input.templateFile === undefined ? {} : { templateFile: input.templateFile }),
    settings: plannedSettings(settings),
    images: input.images.map(({ name, hdu, path }) => ({ name, hdu, path: resolve(path) })),
    pairs: input.pairs,
  }
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
