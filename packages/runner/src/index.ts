export { type BatchKind, batchKind } from './batch/batch-site.ts'
export { executorForSites, type SiteOptions } from './batch/executor-for-sites.ts'
export { nodeRun } from './batch/node-run.ts'
export { jobPlaces, type SiteState } from './batch/site-state.ts'
export { dagmanJobOf } from './dagman/dag-run-data.ts'
export { type DagRunOptions, runDag } from './dagman/run-dag.ts'
export { engineOfRun, freshRun, RUN_ENGINES, type RunEngineName } from './dagman/run-engine-name.ts'
export { leaveWish, type Wish } from './engine/control.ts'
export type { KickstartChoice } from './engine/kickstart-records.ts'
export { runIdOf } from './engine/register-run.ts'
export { removeRun } from './engine/remove-run.ts'
export { runPlan } from './engine/run-engine.ts'
export type { RunOptions, RunProgress } from './engine/run-options.ts'
export type { RunResult } from './engine/run-result.ts'
export { RunnerError, type RunnerErrorCode } from './errors.ts'
export {
  type MemoryAnswer,
  type MemoryCall,
  MemoryExecutor,
  type MemoryExecutorOptions,
  type MemoryFunction,
} from './executor/memory-executor.ts'
export type { FunctionReference, Transformation, TransformationCall } from './executor/worker-protocol.ts'
export type { SubWorkflows } from './job/job-context.ts'
export type { RunEvent, RunStatus } from './machine/run-event.ts'
export type { JobState } from './machine/run-machine.ts'
export { DEFAULT_POLICY, type RunPolicy } from './machine/run-spec.ts'
export { Notifier, type NotifierPlace } from './notify/notifier.ts'
export { type NotifySettings, notifySettingsSchema, readNotifySettings } from './notify/notify-settings.ts'
export { type ImportedRun, importPegasusRun, readPegasusRun } from './pegasus/import-run.ts'
export { type KickstartFile, type KickstartRecord, readKickstart } from './pegasus/read-kickstart.ts'
export { type RescueFile, rescueFile } from './pegasus/rescue-file.ts'
export { type KickstartContext, writeKickstart } from './pegasus/write-kickstart.ts'
export {
  analyzeFamily,
  type FamilyAnalysis,
  familyDocument,
  familyText,
  hasFindings,
} from './report/analyze-family.ts'
export { analysisDocument, analysisText, analyzeRun, type RunAnalysis } from './report/analyze-run.ts'
export { engineOf, interruptedHint, isInterrupted } from './report/engine-of.ts'
export { explainRunJob, explanationText, type JobExplanation } from './report/explain-run-job.ts'
export { findJob } from './report/find-job.ts'
export { findRun } from './report/find-run.ts'
export {
  jobLogs,
  type LogOptions,
  type LogPiece,
  planOfRun,
  type RunningJob,
  runningJobs,
} from './report/job-logs.ts'
export { type RunRecord, readRunRecord } from './report/run-record.ts'
export { type RunStatistics, runStatistics } from './report/run-statistics.ts'
export { type RunStatusReport, runStatus, statusDocument, statusText } from './report/run-status.ts'
export { runTimeline } from './report/run-timeline.ts'
export {
  formatSeconds,
  STATISTICS_PARTS,
  type StatisticsPart,
  statisticsText,
} from './report/statistics-text.ts'
export { type FamilyRun, jobPath, runFamily } from './report/sub-runs.ts'
export { checkSite, type SiteCheckOptions, type SiteFinding } from './site/check-site.ts'
export { MemoryStore } from './store/memory-store.ts'
export type { EngineStore } from './store/run-store.ts'
export { commandTransfer, readTransferCommands, type TransferCommand } from './transfer/command-transfer.ts'
export { type SshOptions, sshTransfer } from './transfer/ssh-transfer.ts'
export type { Transfer, TransferOptions } from './transfer/transfer.ts'
