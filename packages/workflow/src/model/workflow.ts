import type { ShellHook } from './hook.ts'
import type { Job } from './job.ts'
import type { MetadataEntry } from './metadata.ts'
import type { Extension } from './plain.ts'
import type { Profile } from './profile.ts'
import type { ReplicaCatalog } from './replica-catalog.ts'
import type { SiteCatalog } from './site-catalog.ts'
import type { TransformationCatalog } from './transformation-catalog.ts'

/** Version of the file formats that is written. */
export const FORMAT_VERSION = '5.0.4'

/** Children of one job, as the file names them. */
export interface Dependency {
  /** Id of the parent. */
  readonly id: string
  /** Ids of the children. */
  readonly children: readonly string[]
}

/** Addresses (`$ref`) of catalogs outside the workflow. */
export interface CatalogReferences {
  readonly site?: string | undefined
  readonly replica?: string | undefined
  readonly transformation?: string | undefined
}

/** An abstract workflow: what must be computed, not where. Plain data; never changed in place. */
export interface Workflow {
  /** Version of the file format, `5.0` to `5.0.4`. */
  readonly pegasus: string
  readonly name: string
  /** Version of the workflow itself, informative. */
  readonly version?: string | undefined
  readonly jobs: readonly Job[]
  /** Explicit dependencies; those that follow from files are not listed, see `indexWorkflow`. */
  readonly dependencies: readonly Dependency[]
  /** Apply to every job, with a lower rank than the job's own. */
  readonly profiles: readonly Profile[]
  readonly hooks: readonly ShellHook[]
  readonly metadata: readonly MetadataEntry[]
  /** Catalogs inside the workflow. */
  readonly siteCatalog?: SiteCatalog | undefined
  readonly replicaCatalog?: ReplicaCatalog | undefined
  readonly transformationCatalog?: TransformationCatalog | undefined
  /** Addresses of catalogs that the workflow names instead of holding them. */
  readonly catalogReferences?: CatalogReferences | undefined
  /** `x-pegasus` (who wrote the file, when, with which language) and other `x-` keys. */
  readonly extensions: readonly Extension[]
}
