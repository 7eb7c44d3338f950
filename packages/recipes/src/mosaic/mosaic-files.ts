import { File } from '@skyloom/workflow/api'

/** An image file with its file of coverage, as the Montage modules write them. */
export interface ImageFiles {
  readonly image: File
  readonly area: File
}

/** Names of the logical files of a mosaic workflow. */
export const MOSAIC_FILES = {
  template: 'region.hdr',
  projectedTable: 'projected.tbl',
  statusTable: 'statfiles.tbl',
  fits: 'fits.tbl',
  corrections: 'corrections.tbl',
  correctedList: 'corrected-list.tbl',
  correctedTable: 'corrected.tbl',
  mosaic: 'mosaic.fits',
  preview: 'preview.fits',
  picture: 'mosaic.png',
} as const

/** `p-NAME.fits` and `p-NAME_area.fits` for the image `NAME.fits.gz` and the prefix `p`. */
export function derivedFiles(prefix: string, lfn: string): ImageFiles {
  const stem = `${prefix}-${lfn.replace(/\.(?:gz|fz|bz2|Z)$/, '').replace(/\.(?:fits?|fts)$/i, '')}`
  return { image: new File(`${stem}.fits`), area: new File(`${stem}_area.fits`) }
}

/** Name of the status file of a pair. */
export function statusName(plus: number, minus: number): string {
  return `fit.${six(plus)}.${six(minus)}.txt`
}

/** Name of the difference image of a pair. */
export function differenceName(plus: number, minus: number): string {
  return `diff.${six(plus)}.${six(minus)}.fits`
}

function six(value: number): string {
  return String(value).padStart(6, '0')
}
