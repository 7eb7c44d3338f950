import { checkWorkflow } from '../check/check-workflow.ts'
import { documentFindings, type Finding } from './finding.ts'
import { type OpenWorkflowOptions, openWorkflow, type WorkflowFormat } from './open-workflow.ts'

/** Everything that is wrong or suspicious about a workflow file. */
export interface WorkflowReport {
  readonly file: string
  readonly format: WorkflowFormat
  readonly jobs: number
  readonly findings: readonly Finding[]
}

/** Checks a workflow file: its form, and what only the whole workflow shows, such as cycles. */
export async function validateWorkflowFile(
  path: string,
  options: OpenWorkflowOptions = {},
): Promise<WorkflowReport> {
  const opened = await openWorkflow(path, options)
  const { format } = opened
  if (!opened.ok) return { file: path, format, jobs: 0, findings: opened.problems }
  const findings = [...opened.warnings, ...documentFindings(checkWorkflow(opened.workflow, { name: path }))]
  return { file: path, format, jobs: opened.workflow.jobs.length, findings }
}
