export { RegistryError, type RegistryErrorCode } from './errors.ts'
export type { FileDetails, FileInfo, FileStore } from './files/file-store.ts'
export type { MetadataKind } from './files/metadata-value.ts'
export {
  type DerivedRow,
  type FileRow,
  type GeneratedRow,
  type MetadataValue,
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
export { defaultRegistryUrl, openRegistry } from './open-registry.ts'
export type { FileTrace, TraceOptions, TraceStep } from './provenance/trace.ts'
export type { ComparisonOperator, Condition, Literal, QueryName, QueryPlace } from './query/condition.ts'
export { type FileSearch, MAX_REGION_RANGES, type SkyRegion } from './query/file-search.ts'
export { parseCondition } from './query/parse-condition.ts'
export type { OpenRegistryOptions, Registry, RegistryDialect, RegistryStats } from './registry.ts'
export { MAX_CAPTURED_CHARS } from './runs/captured-text.ts'
export type {
  AttemptRow,
  AttemptState,
  InvocationRow,
  JobChange,
  JobCount,
  JobEdge,
  JobRow,
  JobState,
  JsonValue,
  LeaseRow,
  NewRun,
  RunChange,
  RunEvent,
  RunRow,
  RunState,
  Stored,
} from './runs/records.ts'
export type {
  JobFilter,
  KnownResult,
  LeaseAnswer,
  RunCommit,
  RunFilter,
  RunStore,
} from './runs/run-store.ts'
