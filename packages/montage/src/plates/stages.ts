import { BACKGROUND_STAGES } from './background-stages.ts'
import { MOSAIC_STAGES } from './mosaic-stages.ts'
import { PICTURE_STAGES } from './picture-stages.ts'
import type { Stage } from './stage.ts'
import { TILE_STAGES } from './tile-stages.ts'

/** All stages of a HiPS that is made plate by plate. */
export const STAGES: readonly Stage[] = [
  ...MOSAIC_STAGES,
  ...BACKGROUND_STAGES,
  ...TILE_STAGES,
  ...PICTURE_STAGES,
]
