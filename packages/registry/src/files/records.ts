import type { JsonValue } from '../runs/records.ts'

/** A value of file metadata. A text such as `1998-03-01` or `1998-03-01T04:05:06.7` is a time in UTC. */
export type MetadataValue = number | string | boolean

/**
 * A file, known by what it holds, apart from where copies lie. Written whole, with one exception: a checksum or size that is
 * registered never changes, and an absent one does not erase it.
 */
export interface FileRow {
  /** Stable name, see {@link productFileId} and {@link sourceFileId}. */
  readonly id: string
  /** Logical file name. */
  readonly lfn: string
  /** File type of the metadata definitions: `image`, `catalog`, `file`. Default: as registered, else `file`. */
  readonly type?: string | undefined
  readonly sizeBytes?: number | undefined
  /** 64 hexadecimal digits, lower case. */
  readonly sha256?: string | undefined
  /** Default: the registry's clock. */
  readonly createdMs?: number | undefined
  /** The former content is lost and was made anew: checksum and size replace what is registered. Default false. */
  readonly replacesContent?: boolean | undefined
  /** Added to what is there; values of the same name are replaced. */
  readonly metadata?: Readonly<Record<string, MetadataValue>> | undefined
  /** Where on the sky it lies. Replaces what is there. */
  readonly sky?: SkyPlace | undefined
}

/** The part of the sky that a file covers, for the index. Angles are degrees, ICRS. */
export interface SkyPlace {
  readonly centreLonDeg: number
  readonly centreLatDeg: number
  /** Of the circle about the centre that holds all of it. */
  readonly radiusDeg: number
  /** Corners of the outline as longitude, latitude pairs. */
  readonly outline?: readonly (readonly [number, number])[] | undefined
  /** Cells that cover it, nested HEALPix of any orders up to {@link SKY_ORDER}; see {@link MAX_SKY_CELLS}. */
  readonly cells: readonly SkyCell[]
}

/** One HEALPix cell, nested. */
export interface SkyCell {
  readonly order: number
  readonly index: number
}

/** A place of a file. */
export interface ReplicaRow {
  readonly fileId: string
  readonly site: string
  /** Physical file name: an absolute path or a URL without secrets. */
  readonly pfn: string
}

/** A place where a file may stand, whichever it is. */
export type PlaceRow = Omit<ReplicaRow, 'fileId'>

/** An invocation read a file. The file must be registered, at the latest in the same commit. */
export interface UsedRow {
  readonly jobId: string
  readonly attempt: number
  /** Task of the invocation. Default 1. */
  readonly task?: number | undefined
  readonly fileId: string
}

/** An invocation made a file. A file is made once; only a later attempt of the same job may make it again. */
export type GeneratedRow = UsedRow

/** The content of `childId` comes from `parentId`. */
export interface DerivedRow {
  readonly parentId: string
  readonly childId: string
}

/** Weight of a quality message. */
export type QualityLevel = 'error' | 'warning' | 'info'

/** What somebody or something says about a file, a job or a run. */
export interface QualityMessage {
  readonly level: QualityLevel
  readonly text: string
  /** Default: the registry's clock. */
  readonly timeMs?: number | undefined
  readonly fileId?: string | undefined
  /** With `attempt`: the try that said it. */
  readonly jobId?: string | undefined
  readonly attempt?: number | undefined
  /** Who says it: program, pattern, person. */
  readonly author?: string | undefined
  readonly logFile?: string | undefined
  readonly logLine?: number | undefined
  readonly data?: JsonValue | undefined
}

/** Id of a file that a run makes: one for each logical name of the run. */
export function productFileId(runId: string, lfn: string): string {
  return `${runId}/${lfn}`
}

/** Id of a file from elsewhere: by content, or by name alone when the content is not known yet. */
export function sourceFileId(lfn: string, sha256?: string): string {
  return sha256 === undefined ? `source/${lfn}` : `sha256-${sha256.slice(0, 32)}/${lfn}`
}
