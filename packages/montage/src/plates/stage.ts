import type { ManualRow } from '../command/manual.ts'
import type { PlateRun } from './plate-run.ts'
import type { ScriptGroup } from './script.ts'

/** What a stage of a run may be told. */
export interface StageOptions {
  /** Folder of the images of the plates of the deepest order, within the folder of the run; default `mosaics`. */
  readonly input?: string
  /** Match the backgrounds of the images of a plate. */
  readonly matchesImages?: boolean
  /** Reproject by exact areas. */
  readonly isExact?: boolean
  /** Range and curve of pictures as mViewer takes them: `-1s max gaussian-log`. */
  readonly stretch?: readonly string[]
  /** Folders of the runs of the green and the red images of coloured pictures. */
  readonly greenRun?: string
  readonly redRun?: string
}

/** What `-e` means to the programs that reproject the images of plates. */
export const EXACT_OPTION: ManualRow = [
  '-e',
  'Exact: mProject for all images. Without it positions are good to 0.1 pixel, as mProjExec goes by way of tangent planes where it can.',
]

/** A letter that a stage takes. */
export type StageFlag = 'i' | 'b' | 'e' | 't' | 'g' | 'r'

/** A stage of a run: one row of the table that the script writers, and mHiPSExec, are made from. */
export interface Stage {
  /** Module that writes the scripts. */
  readonly module: string
  /** Folder of the scripts: `scripts/mosaic`. */
  readonly name: string
  /** What the scripts do, for the summary of the module: `the mosaic of each plate`. */
  readonly makes: string
  /** How, for the manual page. */
  readonly description: string
  readonly flags: readonly StageFlag[]
  /** Groups of scripts, each after the one before it is done. */
  readonly groups: (run: PlateRun, options: StageOptions) => readonly ScriptGroup[]
}

/** Stretch of pictures when none is given. */
export const DEFAULT_STRETCH: readonly string[] = ['-1s', 'max', 'gaussian-log']
