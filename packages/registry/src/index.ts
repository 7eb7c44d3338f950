export { RegistryError, type RegistryErrorCode } from './errors.ts'
export type { FileDetails, FileInfo, FileStore } from './files/file-store.ts'
export type { MetadataKind } from './files/metadata-value.ts'
export {
  type DerivedRow,
  type FileRow,
  type GeneratedRow,
  type MetadataValue,
  type PlaceRow,
  productFileId,
  type QualityLevel,
  type QualityMessage,
  type ReplicaRow,
  type SkyCell,
  type SkyPlace,
  sourceFileId,
  type UsedRow,
} from './files/records.ts'
export { MAX_SKY_CELLS, SKY_ORDER, type SkyRange } from './files/sky-cell.ts'
export { DEFAULT_DEFINITIONS } from './metadata/default-definitions.ts'
export {
  type FileTypeDefinition,
  type MetadataDefinition,
  type MetadataDefinitions,
  type MetadataSource,
  metadataDefinitionsJsonSchema,
  parseMetadataDefinitions,
} from './metadata/definitions.ts'
export {
  type ExtractedMetadata,
  extractMetadata,
  type FileFacts,
  type HeaderFacts,
} from './metadata/extract-metadata.ts'
export { defaultRegistryUrl, openRegistry } from './open-registry.ts'
export { type ProvDocument, provDocument } from './provenance/prov-json.ts'
export { RO_CRATE_FILE, type RoCrate, type RoCrateOptions, roCrate } from './provenance/ro-crate.ts'
export type { FileTrace, TraceOptions, TraceStep } from './provenance/trace.ts'
export type { ComparisonOperator, Condition, Literal, QueryName, QueryPlace } from './query/condition.ts'
export { type FileSearch, MAX_REGION_RANGES, type SkyRegion } from './query/file-search.ts'
export { parseCondition } from './query/parse-condition.ts'
export type { OpenRegistryOptions, Registry, RegistryDialect, RegistryStats } from './registry.ts'
export { MAX_CAPTURED_CHARS } from './runs/captured-text.ts'
export {
  type AttemptRow,
  type AttemptState,
  type InvocationRow,
  JOB_STATES,
  type JobChange,
  type JobCount,
  type JobEdge,
  type JobRow,
  type JobState,
  type JsonValue,
  type LeaseRow,
  type NewRun,
  RUN_STATES,
  type RunChange,
  type RunEvent,
  type RunRow,
  type RunState,
  type Stored,
} from './runs/records.ts'
export type {
  JobFilter,
  KnownResult,
  LeaseAnswer,
  RunCommit,
  RunFilter,
  RunStore,
  RunTimeRow,
} from './runs/run-store.ts'
export {
  type CopyFault,
  type DamagedCopy,
  localPath,
  type StorageReport,
  type VerifyStorageOptions,
  verifyStorage,
} from './storage/verify-storage.ts'
