/** A call of a module within the folder of a run. */
export interface ScriptCall {
  readonly module: string
  readonly args: readonly string[]
  /** Files without which the call is left out. */
  readonly needs?: readonly string[]
  /** Folder in which there must be FITS files; the call is left out otherwise. */
  readonly needsFilesIn?: string
  /** An error does not end the script: it stands in the status file of the call, which a later module reads. */
  readonly tellsByFile?: boolean
}

/** What one script does, paths being relative to the folder of the run. */
export interface PlateScript {
  /** Name of the script without ending. */
  readonly name: string
  /** File that the script makes at last: with it there is nothing left to do. */
  readonly product?: string
  /** Files without which there is nothing to do. */
  readonly needs?: readonly string[]
  /** Folders that are made first. */
  readonly folders?: readonly string[]
  readonly calls: readonly ScriptCall[]
}

/** Scripts that do not wait for each other. */
export type ScriptGroup = readonly PlateScript[]
