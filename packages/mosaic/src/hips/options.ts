import type { Clock, ProgressListener } from '@skyloom/base'
import type { HpxFrame } from '../healpix/hpx-header.ts'
import type { HduChoice, RejectedImage } from '../image-table/image-record.ts'
import type { HipsCut, HipsStretch } from './tile-levels.ts'

/** What a HiPS is made of and how. */
export interface HipsOptions {
  /** FITS images, or folders of them; sub-folders are not entered. */
  readonly images: readonly string[]
  /** Folder of the HiPS; made when it is complete, refused when it holds something. */
  readonly outDir: string
  /** Default `first`: the first image of each file that has a position on the sky. */
  readonly hdu?: HduChoice | undefined
  /** Deepest order of the tiles, 3 to 18; default the first whose pixels are not larger than the smallest ones of the images. */
  readonly order?: number | undefined
  /** Default `equatorial` (ICRS). */
  readonly frame?: HpxFrame | undefined
  /** Leave PNG tiles out; default false. */
  readonly hasNoPng?: boolean | undefined
  /** Values shown as black and white; default the half per cent at either end of the pixels. */
  readonly cut?: { readonly low: number; readonly high: number } | undefined
  /** Default `asinh`. */
  readonly stretch?: HipsStretch | undefined
  /** IVOA identifier; default `ivo://skyloom/P/NAME` of the folder's name. */
  readonly creatorDid?: string | undefined
  /** Default the name of the folder. */
  readonly title?: string | undefined
  /** Further properties; they replace those that are written anyway. */
  readonly properties?: ReadonlyMap<string, string> | undefined
  /** Address of the script of Aladin Lite for an `index.html`; without it there is none. */
  readonly viewer?: string | undefined
  /** Tasks at the same time; default: the cores of the machine. */
  readonly threads?: number | undefined
  /** Limit of memory in all, bytes; default half of the machine. */
  readonly memoryBytes?: number | undefined
  /** Replace what the folder holds when the new HiPS is complete; default false. */
  readonly overwrite?: boolean | undefined
  readonly onProgress?: ProgressListener | undefined
  readonly signal?: AbortSignal | undefined
  readonly clock?: Clock | undefined
}

/** What was made. */
export interface HipsSummary {
  readonly outDir: string
  readonly order: number
  readonly frame: HpxFrame
  /** Tiles of each order from 0 on. */
  readonly tileCounts: readonly number[]
  readonly tileCount: number
  readonly bytesWritten: number
  readonly pixelScaleArcsec: number
  readonly skyFraction: number
  readonly areaDeg2: number
  readonly centre: { readonly lonDeg: number; readonly latDeg: number }
  readonly cut: HipsCut
  readonly imageCount: number
  readonly rejected: readonly RejectedImage[]
  readonly seconds: number
  readonly cpuSeconds: number
}
