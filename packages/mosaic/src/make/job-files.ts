import type { ImageRecord } from '../image-table/image-record.ts'
import type { MosaicOptions } from './options.ts'

/** Options that change no pixel, or are part of the images and the template. */
type OtherOption =
  | 'imagesDir'
  | 'outDir'
  | 'hdu'
  | 'headerFile'
  | 'template'
  | 'threads'
  | 'memoryBytes'
  | 'overwrite'
  | 'onProgress'
  | 'signal'
  | 'clock'

/** Options that decide what the pixels of a mosaic are, every default filled in. */
export type PlannedSettings = {
  readonly [Name in Exclude<keyof MosaicOptions, OtherOption>]: NonNullable<MosaicOptions[Name]>
}

/** What a mosaic is made of, beside the template: the file that its jobs start from and that it can be made again from. */
export interface MosaicPlanFile {
  readonly version: 1
  /** Name of the template's file; absent when it was made from images and options. */
  readonly templateFile?: string | undefined
  readonly settings: PlannedSettings
  readonly images: readonly (Pick<ImageRecord, 'name' | 'hdu' | 'quality'> & {
    /** Absolute. */
    readonly path: string
  })[]
  readonly pairs: readonly { readonly plus: number; readonly minus: number }[]
}

/** Names of the logical files that the jobs of a mosaic hand on, beside its products. */
export const JOB_FILES = {
  /** What the mosaic is made of, see `MosaicPlanFile`. */
  plan: 'mosaic-plan.json',
  template: 'region.hdr',
  /** Corrections with all that they follow from, at full precision. */
  corrections: 'corrections.json',
  /** Statistics of the mosaic. */
  statistics: 'statistics.json',
  preview: 'preview.fits',
} as const

/** Template and tables of a mosaic, in the order in which they are written. */
export const TABLE_NAMES = ['template.hdr', 'images.tbl', 'diffs.tbl', 'fits.tbl', 'corrections.tbl'] as const

/** Logical files of a reprojected image. */
export interface ProjectedFiles {
  readonly image: string
  /** Coverage of each pixel, 0 to 1. */
  readonly area: string
  /** Header of the original, extent and checksum. */
  readonly facts: string
}

/** Files of images as they are reprojected, by their places in the list: `p-NAME.fits` for the image `NAME.fits.gz`. */
export function projectedFiles(
  images: readonly { readonly name: string; readonly hdu: number }[],
): readonly ProjectedFiles[] {
  const seen = new Set<string>()
  return images.map(({ name, hdu }, index) => {
    const plain = `p-${name.replace(/\.(?:gz|fz)$/i, '').replace(/\.(?:fits?|fts)$/i, '')}`
    const stems = [plain, `${plain}-hdu${hdu}`, `${plain}-${index}`]
    const stem = stems.find((candidate) => !seen.has(candidate)) ?? `p-${index}`
    seen.add(stem)
    return { image: `${stem}.fits`, area: `${stem}_area.fits`, facts: `${stem}.json` }
  })
}

/** File of the fit of a pair of images. */
export function fitFile({ plus, minus }: { readonly plus: number; readonly minus: number }): string {
  return `fit-${plus}-${minus}.json`
}
