export { type CheckOptions, checkWorkflow } from './check/check-workflow.ts'
export { WorkflowError, type WorkflowErrorCode } from './errors.ts'
export { splitArguments } from './executable/arguments.ts'
export { type DagmanRequest, dagmanFiles } from './executable/dagman/dagman-files.ts'
export { type DagNames, dagNames } from './executable/dagman/names.ts'
export {
  PLAN_FILE,
  type PlanEndLine,
  type PlanHeadLine,
  type PlanJobLine,
  type PlanLine,
  parsePlanLine,
  planLines,
  trustedPlanLine,
} from './executable/plan-lines.ts'
export { PLAN_FORMAT_VERSION, planJsonSchema } from './executable/plan-schema.ts'
export type { PlannedFile } from './executable/planned-file.ts'
export { runDirectoryFiles } from './executable/run-directory.ts'
export { type Explanation, explainJob, formatExplanation } from './explain/explain-job.ts'
export {
  type BytesMoved,
  type Forecast,
  type ForecastAssumptions,
  type ForecastOptions,
  forecastPlan,
} from './explain/forecast.ts'
export { KeyHeap } from './explain/key-heap.ts'
export type { Reason } from './explain/reason.ts'
export { summarizePlan } from './explain/summarize-plan.ts'
export { type CriticalPath, criticalPath } from './graph/critical-path.ts'
export {
  buildDigraph,
  childCount,
  childrenOf,
  type Digraph,
  edgesOf,
  parentCount,
  parentsOf,
} from './graph/digraph.ts'
export { EdgeCollector, type EdgeList } from './graph/edge-list.ts'
export {
  findCycle,
  type Groups,
  groupBy,
  type Levels,
  topologicalLevels,
  topologicalOrder,
} from './graph/order.ts'
export type { Checksum } from './model/checksum.ts'
export {
  type FileUse,
  isInput,
  isOutput,
  isRegistered,
  isStagedOut,
  LINK_TYPES,
  type LinkType,
} from './model/file-use.ts'
export { HOOK_EVENTS, type HookEvent, type ShellHook } from './model/hook.ts'
export {
  type AbstractJob,
  type ComputeJob,
  type CondorWorkflowJob,
  JOB_TYPES,
  type Job,
  type JobType,
  jobTitle,
  type PegasusWorkflowJob,
  parseTransformationId,
  type TransformationName,
  transformationId,
} from './model/job.ts'
export { type MetadataEntry, metadataSizeBytes, metadataValue } from './model/metadata.ts'
export type { Extension, PlainValue } from './model/plain.ts'
export {
  ARCHITECTURES,
  type Architecture,
  OPERATING_SYSTEMS,
  type OperatingSystem,
  type Platform,
} from './model/platform.ts'
export {
  mergeProfiles,
  PROFILE_NAMESPACES,
  type Profile,
  type ProfileNamespace,
  profileValue,
} from './model/profile.ts'
export type { Properties } from './model/properties.ts'
export type { Replica, ReplicaCatalog, ReplicaLocation } from './model/replica-catalog.ts'
export {
  DIRECTORY_TYPES,
  type Directory,
  type DirectoryType,
  type FileServer,
  GRID_JOB_TYPES,
  GRID_TYPES,
  type Grid,
  type GridJobType,
  type GridType,
  OPERATIONS,
  type Operation,
  SCHEDULERS,
  type Scheduler,
  type Site,
  type SiteCatalog,
} from './model/site-catalog.ts'
export {
  CONTAINER_TYPES,
  type Container,
  type ContainerType,
  imageFolder,
  TRANSFORMATION_TYPES,
  type Transformation,
  type TransformationCatalog,
  type TransformationSite,
  type TransformationType,
} from './model/transformation-catalog.ts'
export { type CatalogReferences, type Dependency, FORMAT_VERSION, type Workflow } from './model/workflow.ts'
export {
  type IndexOptions,
  indexWorkflow,
  type ProducerConflict,
  type WorkflowIndex,
} from './model/workflow-index.ts'
export { type CwlOptions, importCwl } from './neighbour/cwl/import.ts'
export { type DagOptions, importDag } from './neighbour/dag/import.ts'
export { importDax } from './neighbour/dax/import.ts'
export type { ImportedWorkflow, Loss } from './neighbour/imported.ts'
export {
  type ExportedWorkflow,
  exportWfFormat,
  type WfFormatExportOptions,
} from './neighbour/wfformat/export.ts'
export { importWfFormat, type WfFormatOptions } from './neighbour/wfformat/import.ts'
export { pictureDot } from './picture/dot.ts'
export { type GraphLayout, type LayoutOptions, layoutGraph } from './picture/layout.ts'
export { pictureMermaid } from './picture/mermaid.ts'
export type { Picture, PictureNode, PictureNodeKind } from './picture/picture.ts'
export { pictureSvg, type SvgOptions } from './picture/svg.ts'
export { type JobLabel, type WorkflowPictureOptions, workflowPicture } from './picture/workflow-picture.ts'
export { NODE_KINDS, type NodeKind } from './plan/node-graph.ts'
export {
  CLEANUP_STRATEGIES,
  CLUSTER_STYLES,
  type CleanupStrategy,
  type ClusterStyle,
  DATA_CONFIGURATIONS,
  type DataConfiguration,
  type PlanOptions,
  type PlanRequest,
} from './plan/options.ts'
export type {
  Plan,
  PlanCluster,
  PlanCounts,
  PlanExecutable,
  PlanInput,
  PlanJob,
  PlanMember,
  PlanOutput,
  PlanPlace,
  PlanRegistration,
  PlanRemoval,
  PlanTask,
  PlanTransfer,
  TaskCounts,
  TransferCounts,
} from './plan/plan.ts'
export { type PlanResult, planWorkflow } from './plan/plan-workflow.ts'
export { formatPlanProblem, type PlanProblem, type PlanProblemCode } from './plan/problem.ts'
export type { RankedReplica } from './plan/transfer/rank-replicas.ts'
export {
  formatProblem,
  PROBLEM_CODES,
  type Problem,
  type ProblemCode,
  type ReadResult,
} from './problem/problem.ts'
export type { ReadOptions } from './read/document.ts'
export { type DocumentKind, documentJsonSchema } from './read/json-schema.ts'
export { readProperties } from './read/properties.ts'
export { type ReadReplicaOptions, readReplicaCatalog } from './read/replica-catalog.ts'
export { compileReplicaPattern, fillPattern, type PatternResult } from './read/replica-pattern.ts'
export { readSiteCatalog } from './read/site-catalog.ts'
export { type ReadTransformationOptions, readTransformationCatalog } from './read/transformation-catalog.ts'
export { readWorkflow } from './read/workflow.ts'
export {
  type WriteOptions,
  type WriteReplicaOptions,
  workflowChunks,
  writeProperties,
  writeReplicaCatalog,
  writeSiteCatalog,
  writeTransformationCatalog,
  writeWorkflow,
} from './write/write.ts'
export { DEFAULT_YAML_LIMITS, type YamlLimits } from './yaml/node.ts'
