import type { SkyPlace } from '../files/records.ts'
import type { SkyRange } from '../files/sky-cell.ts'
import type { Condition } from './condition.ts'

/** A region of the sky to search. */
export interface SkyRegion {
  /** Cells of order {@link SKY_ORDER} that cover the region; at most {@link MAX_REGION_RANGES}. */
  readonly ranges: readonly SkyRange[]
  /** Exact test of a file that the cells let through. Default: all are taken. */
  readonly accepts?: ((sky: Omit<SkyPlace, 'cells'>) => boolean) | undefined
}

/** Most ranges of a region. */
export const MAX_REGION_RANGES = 2000

/** Which files to find; all that is given must hold. */
export interface FileSearch {
  readonly type?: string | undefined
  readonly where?: Condition | undefined
  readonly tag?: string | undefined
  readonly runId?: string | undefined
  /** Files that overlap this region. */
  readonly near?: SkyRegion | undefined
  /** Worst quality message that a file may have. Default: any. */
  readonly worst?: 'warning' | 'info' | 'none' | undefined
  /** Most files. Default: all. */
  readonly limit?: number | undefined
}
