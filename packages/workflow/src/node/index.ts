export type { Finding } from './finding.ts'
export {
  type OpenedWorkflow,
  type OpenWorkflowOptions,
  openWorkflow,
  WORKFLOW_FORMATS,
  type WorkflowFormat,
} from './open-workflow.ts'
export { MAX_LISTED_NODES, type PlanDocument, type PlanForecast, planDocument } from './plan-document.ts'
export { type PlanFilesOptions, type PlanFilesResult, planFiles } from './plan-files.ts'
export type { RunPlace } from './run-place.ts'
export { isRunDirectory, loadPlanRequest, type RunRequest, readRunRequest } from './run-request.ts'
export type { SourceFile, SourceRole } from './source-reader.ts'
export {
  RUN_FORMATS,
  type RunContent,
  type RunFormat,
  type WriteRunOptions,
  type WrittenRun,
  writeRun,
} from './write-run.ts'
