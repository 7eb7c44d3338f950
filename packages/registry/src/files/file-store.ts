import type { FileTrace, TraceOptions } from '../provenance/trace.ts'
import type { FileSearch } from '../query/file-search.ts'
import type { MetadataKind } from './metadata-value.ts'
import type { DerivedRow, FileRow, MetadataValue, QualityMessage, ReplicaRow, SkyPlace } from './records.ts'

/** A registered file. */
export interface FileInfo {
  readonly id: string
  readonly lfn: string
  readonly type: string
  readonly sizeBytes: number | null
  readonly sha256: string | null
  readonly createdMs: number
  /** The invocation that made it, or null for a file from elsewhere. `runId` stays when the run is removed. */
  readonly madeBy: {
    readonly runId: string
    readonly jobId: string
    readonly attempt: number
    readonly task: number
  } | null
}

/** A file with all that is known about it. */
export interface FileDetails extends FileInfo {
  readonly replicas: readonly { readonly site: string; readonly pfn: string; readonly registeredMs: number }[]
  readonly metadata: Readonly<Record<string, MetadataValue>>
  readonly sky: Omit<SkyPlace, 'cells'> | null
  readonly tags: readonly string[]
  readonly messages: readonly (QualityMessage & { readonly timeMs: number })[]
}

/** Files and what is known about them. Every method is one transaction; sequences are read in pages. */
export interface FileStore {
  /** Registers files with replicas and derivations, all or none. */
  add(rows: {
    readonly files?: readonly FileRow[]
    readonly replicas?: readonly ReplicaRow[]
    readonly derived?: readonly DerivedRow[]
  }): Promise<void>
  /** @throws `REGISTRY_NOT_FOUND` */
  get(fileId: string): Promise<FileDetails>
  /** Files by id, logical name, SHA-256 (or at least 8 digits of it) or place; newest first, at most 1000. */
  lookup(text: string): Promise<readonly FileInfo[]>
  /** Copies of logical files, for stage-in; by logical name. */
  replicas(lfns: readonly string[]): Promise<
    ReadonlyMap<
      string,
      readonly {
        readonly fileId: string
        readonly site: string
        readonly pfn: string
        readonly sha256: string | null
        readonly sizeBytes: number | null
      }[]
    >
  >
  removeReplicas(rows: readonly ReplicaRow[]): Promise<number>
  /**
   * Files that a search finds, in the order of registration. The set is that of the moment of the call.
   *
   * @throws `REGISTRY_BAD_QUERY` for names that no file has
   */
  find(search?: FileSearch): AsyncIterable<FileInfo>
  /** Puts a tag on files. @returns how many did not have it */
  tag(tag: string, fileIds: readonly string[]): Promise<number>
  untag(tag: string, fileIds: readonly string[]): Promise<number>
  tags(): Promise<readonly { readonly tag: string; readonly files: number }[]>
  addMessages(messages: readonly QualityMessage[]): Promise<void>
  /** Names of metadata in use, with kind and number of files. */
  metadataNames(): Promise<
    readonly { readonly name: string; readonly kinds: readonly MetadataKind[]; readonly files: number }[]
  >
  /** Where files come from, or what was made from them. */
  trace(fileIds: readonly string[], options: TraceOptions): Promise<FileTrace>
  countReplicas(site?: string): Promise<number>
  /** All copies on a site or of all sites, with what is known of the file; by place. */
  allReplicas(
    site?: string,
  ): AsyncIterable<ReplicaRow & { readonly sizeBytes: number | null; readonly sha256: string | null }>
}
