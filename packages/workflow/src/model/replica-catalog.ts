import type { Checksum } from './checksum.ts'
import type { MetadataEntry } from './metadata.ts'
import type { Extension } from './plain.ts'
import { FORMAT_VERSION } from './workflow.ts'

/** One place of a file. */
export interface ReplicaLocation {
  readonly site: string
  /** URL or absolute path. In a pattern entry `[0]` stands for the whole name, `[1]`… for the groups. */
  readonly pfn: string
}

/** The places of one logical file, or of all files whose name matches a pattern. */
export interface Replica {
  /** Logical file name, or a regular expression that must match the whole name when `isRegex`. */
  readonly lfn: string
  readonly isRegex: boolean
  readonly locations: readonly ReplicaLocation[]
  readonly checksum?: Checksum | undefined
  readonly metadata: readonly MetadataEntry[]
}

/** The files that exist already. Literal entries win over patterns; the first pattern that matches is used. */
export interface ReplicaCatalog {
  readonly pegasus: string
  readonly replicas: readonly Replica[]
  readonly extensions: readonly Extension[]
}

/** A catalog of these files. */
export function makeReplicaCatalog(replicas: readonly Replica[]): ReplicaCatalog {
  return { pegasus: FORMAT_VERSION, replicas, extensions: [] }
}
