export { type AddedEntry, addToCatalog, type CatalogEntry } from './add-to-catalog.ts'
export {
  type AnyCatalog,
  CATALOG_KINDS,
  type CatalogKind,
  type OpenedCatalog,
  openCatalog,
} from './catalog-file.ts'
export {
  type ConvertedWorkflow,
  type ConvertWorkflowOptions,
  convertWorkflow,
  WRITTEN_FORMATS,
  type WrittenFormat,
} from './convert-workflow.ts'
export {
  describeJob,
  type JobDetails,
  type WorkflowOverview,
  workflowOverview,
} from './describe-workflow.ts'
export { type FileFacts, fileFacts } from './file-facts.ts'
export type { Finding } from './finding.ts'
export {
  type OpenedWorkflow,
  type OpenWorkflowOptions,
  openWorkflow,
  WORKFLOW_FORMATS,
  type WorkflowFormat,
} from './open-workflow.ts'
export { MAX_LISTED_NODES, type PlanDocument, type PlanForecast, planDocument } from './plan-document.ts'
export { type PlanFilesOptions, type PlanFilesResult, planFiles, type RunHistory } from './plan-files.ts'
export type { MadeRequest } from './plan-request.ts'
export {
  PICTURE_FORMATS,
  type PictureFormat,
  pictureFormat,
  renderPicture,
  writePicture,
} from './render-picture.ts'
export type { RunPlace } from './run-place.ts'
export {
  isRunDirectory,
  loadPlanRequest,
  type ParentJob,
  type RunRequest,
  readRunRequest,
} from './run-request.ts'
export { type MeasuredProgram, type RunTime, type RunTimes, runTimesOf } from './run-times.ts'
export type { SourceFile, SourceRole } from './source-reader.ts'
export { validateWorkflowFile, type WorkflowReport } from './validate-workflow.ts'
export {
  type FileStats,
  type RuntimeStats,
  type TransformationStats,
  type WorkflowStats,
  workflowStats,
} from './workflow-stats.ts'
export {
  RUN_FORMATS,
  type RunContent,
  type RunFormat,
  type WriteRunOptions,
  type WrittenRun,
  writeRun,
} from './write-run.ts'
