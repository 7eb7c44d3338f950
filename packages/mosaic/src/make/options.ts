import type { Clock, ProgressListener } from '@skyloom/base'
import type { ClipSettings, CombineMethod, ExtraPlane } from '../add/combine.ts'
import type { BackgroundMode } from '../background/solve.ts'
import type { BackgroundSolver } from '../background/solve-by.ts'
import type { HduChoice } from '../image-table/image-record.ts'
import type { Storage } from '../product/product-storage.ts'
import type { Conserved, ProjectMethod } from '../project/project-method.ts'
import type { QualityOptions } from '../quality/quality-options.ts'
import type { TemplateOptions } from '../template/make-template.ts'

/** What a mosaic is made of and how. */
export interface MosaicOptions {
  /** Folder of FITS images. */
  readonly imagesDir: string
  /** Folder for the products; made when it is missing, refused when it holds something else. */
  readonly outDir: string
  /** Default `first`: the first image of each file that has a position on the sky. */
  readonly hdu?: HduChoice | undefined
  /** Header template file; without it the template follows from `template` and the images. */
  readonly headerFile?: string | undefined
  readonly template?: TemplateOptions | undefined
  /** Default `area`. */
  readonly method?: ProjectMethod | undefined
  /** Side of the footprint of a pixel for `drizzle`, above 0 to 1; default 0.8. */
  readonly pixfrac?: number | undefined
  /** What the values of pixels mean; default `auto`, by BUNIT. */
  readonly conserve?: Conserved | undefined
  readonly background?: BackgroundMode | undefined
  /** How the corrections are found; default `direct`. */
  readonly solver?: BackgroundSolver | undefined
  /** Names of images (`*` and `?` allowed) that keep their values while the others follow; default none. */
  readonly anchors?: readonly string[] | undefined
  /** Weights, variances and masks of the images; default: all pixels with data are equal. */
  readonly quality?: QualityOptions | undefined
  /** Default `mean`, or `weighted` with weights or variances. */
  readonly combine?: CombineMethod | undefined
  /** What `clipped` allows; default 4 standard deviations and once the range. */
  readonly clip?: Partial<ClipSettings> | undefined
  /** Planes made beside mosaic and area; default none. */
  readonly planes?: readonly ExtraPlane[] | undefined
  /** Keep the full template instead of trimming the mosaic to the pixels with data. */
  readonly isExactSize?: boolean | undefined
  readonly isFloat64?: boolean | undefined
  /** How pixels are stored; default `none`. */
  readonly compress?: Storage | undefined
  /** Steps to which `rice` and `hcompress` round the mosaic: the noise divided by this number; default 4. */
  readonly quantize?: number | undefined
  /** Tasks at the same time; default: the cores of the machine. */
  readonly threads?: number | undefined
  /** Limit of memory in all, bytes. */
  readonly memoryBytes?: number | undefined
  readonly overwrite?: boolean | undefined
  readonly onProgress?: ProgressListener | undefined
  readonly signal?: AbortSignal | undefined
  readonly clock?: Clock | undefined
}
