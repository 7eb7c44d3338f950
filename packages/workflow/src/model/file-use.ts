import type { MetadataEntry } from './metadata.ts'

/** Ways in which a job can use a logical file. */
export const LINK_TYPES = ['none', 'input', 'output', 'inout', 'checkpoint'] as const

/**
 * Way in which a job uses a logical file. `inout` is input and output of the same job; `checkpoint` is read when it
 * exists, written, and brought back also when the job fails.
 */
export type LinkType = (typeof LINK_TYPES)[number]

/** One logical file used by one job. Equal uses may be one shared object: never change them. */
export interface FileUse {
  /** Logical file name; may contain `/`. */
  readonly lfn: string
  readonly type: LinkType
  /** Transfer to the output sites; absent counts as true for outputs. */
  readonly stageOut?: boolean | undefined
  /** Register in the output replica catalog; absent counts as true for outputs. */
  readonly registerReplica?: boolean | undefined
  /** The input may be missing. */
  readonly optional?: boolean | undefined
  /** The input may skip the staging site. */
  readonly bypass?: boolean | undefined
  /** Needed already when the sub-workflow is planned. */
  readonly forPlanning?: boolean | undefined
  readonly sizeBytes?: number | undefined
  /** With `version` and `executable`: the file is an executable with this name space. */
  readonly namespace?: string | undefined
  readonly version?: string | undefined
  readonly executable?: boolean | undefined
  readonly metadata?: readonly MetadataEntry[] | undefined
}

/** True when the job reads the file: `input` and `inout`. */
export function isInput(use: FileUse): boolean {
  return use.type === 'input' || use.type === 'inout'
}

/** True when the job writes the file: `output`, `inout` and `checkpoint`. */
export function isOutput(use: FileUse): boolean {
  return use.type === 'output' || use.type === 'inout' || use.type === 'checkpoint'
}

/** True when the file is wanted at the output sites. */
export function isStagedOut(use: FileUse): boolean {
  return isOutput(use) && use.stageOut !== false
}

/** True when the file is registered in the output replica catalog. */
export function isRegistered(use: FileUse): boolean {
  return isOutput(use) && use.registerReplica !== false
}
