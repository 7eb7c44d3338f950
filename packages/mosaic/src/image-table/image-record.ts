import type { Header } from '@skyloom/fits'
import type { Wcs } from '@skyloom/wcs'
import type { ImageQuality } from '../quality/quality-options.ts'

/** One image that a mosaic can be made of: what its header says. */
export interface ImageRecord {
  /** Path for reading. */
  readonly path: string
  /** Name relative to the scanned folder. */
  readonly name: string
  readonly hdu: number
  readonly sizeBytes: number
  readonly width: number
  readonly height: number
  readonly header: Header
  readonly wcs: Wcs
  /** Its weights, variances, mask and saturation, where they were asked for. */
  readonly quality?: ImageQuality
}

/** A file or HDU that cannot be used, with the reason. */
export interface RejectedImage {
  readonly name: string
  readonly code: string
  readonly reason: string
}

/** Result of a scan, both lists in the order of names. */
export interface ImageScan {
  readonly images: readonly ImageRecord[]
  readonly rejected: readonly RejectedImage[]
}

/** Which HDU of each file is taken: the first image with a position on the sky, all of them, or one by number or EXTNAME. */
export type HduChoice = number | string
