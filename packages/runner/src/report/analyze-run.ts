import type { AttemptRow, JobRow, Stored } from '@skyloom/registry'
import * as z from 'zod'
import { dagName } from './dag-name.ts'
import { type RunRecord, taskInvocations } from './run-record.ts'

/** A task of a failed job. */
export interface FailedTask {
  readonly task: number
  readonly taskId: string
  readonly exitCode: number
  readonly executable: string
  readonly arguments: readonly string[]
  readonly transformation: string
}

/** A job that failed or was held, with what its last attempt left. */
export interface JobFinding {
  readonly job: string
  readonly state: string
  readonly site: string
  readonly host: string
  readonly workDirectory: string
  readonly stdoutFile: string
  readonly stderrFile: string
  readonly attempts: number
  /** Submission of the last attempt, counted in the run; undefined where engines do not count them. */
  readonly submission?: number | undefined
  /** File that the job was submitted with; `-` when there is none. */
  readonly submitFile: string
  /** What was submitted, `-` when nothing was; a task names its own program. */
  readonly executable: string
  /** Why, in one line. */
  readonly reason: string
  readonly stdout: string
  readonly stderr: string
  readonly tasks: readonly FailedTask[]
}

/** What went wrong in a run. */
export interface RunAnalysis {
  readonly runId: string
  readonly label: string
  readonly directory: string
  readonly user: string
  readonly host: string
  /** Name of the DAG file; that of the run when it has none. */
  readonly dag: string
  /** Where it was submitted; for runs of Pegasus the directory on their own host. */
  readonly submitDirectory: string
  readonly plannerVersion: string
  /** Of the run that this is a sub-workflow of, else `-`. */
  readonly parentRunId: string
  readonly parentLabel: string
  readonly status: string
  readonly total: number
  readonly succeeded: number
  readonly failed: number
  /** Jobs that were held, whatever became of them. */
  readonly held: number
  readonly unsubmitted: number
  /** Earliest failure first: what it took with it comes after. */
  readonly failedJobs: readonly JobFinding[]
  readonly heldJobs: readonly JobFinding[]
}

const attemptFacts = z.object({
  isHeld: z.boolean().optional(),
  lastState: z.string().optional(),
  submission: z.number().optional(),
})
const jobFacts = z.object({ submitFile: z.string(), executable: z.string() })
const runFacts = z.object({ submitDir: z.string().optional(), plannerVersion: z.string().optional() })

/** Finds what went wrong in a run, with the counts of pegasus-analyzer. */
export function analyzeRun(record: RunRecord): RunAnalysis {
  const failedJobs: { readonly finding: JobFinding; readonly endedMs: number }[] = []
  const heldJobs: JobFinding[] = []
  let succeeded = 0
  let unsubmitted = 0
  for (const job of record.jobs) {
    const attempts = record.attempts.get(job.jobId) ?? []
    const last = attempts.at(-1)
    if (last === undefined) {
      unsubmitted++
      continue
    }
    const isHeld =
      job.state === 'held' || attempts.some(({ data }) => attemptFacts.safeParse(data).data?.isHeld)
    if (isHeld) heldJobs.push(findingOf(record, job, last, attempts.length))
    if (job.state === 'succeeded' || job.state === 'skipped') succeeded++
    else if (job.state === 'failed')
      failedJobs.push({ finding: findingOf(record, job, last, attempts.length), endedMs: last.endedMs ?? 0 })
  }
  failedJobs.sort((a, b) => a.endedMs - b.endedMs)
  const { run } = record
  const facts = runFacts.safeParse(run.data).data
  return {
    runId: run.id,
    label: run.label,
    directory: run.directory,
    user: run.user,
    host: run.host,
    dag: dagName(run),
    submitDirectory: facts?.submitDir ?? run.directory,
    plannerVersion: facts?.plannerVersion ?? '-',
    parentRunId: run.parentRunId ?? '-',
    parentLabel: record.parentLabel ?? '-',
    status: run.state === 'succeeded' ? 'success' : run.state === 'failed' ? 'failure' : run.state,
    total: record.jobs.length,
    succeeded,
    failed: failedJobs.length,
    held: heldJobs.length,
    unsubmitted,
    failedJobs: failedJobs.map(({ finding }) => finding),
    heldJobs,
  }
}

function findingOf(
  record: RunRecord,
  job: Stored<JobRow>,
  last: Stored<AttemptRow>,
  attempts: number,
): JobFinding {
  const tasks = taskInvocations(record, last)
  const facts = attemptFacts.safeParse(last.data).data
  const state = facts?.lastState ?? job.state
  const submitted = jobFacts.safeParse(job.data).data
  return {
    job: job.jobId,
    state: state === 'POST_SCRIPT_FAILURE' ? 'POST_SCRIPT_FAILED' : state,
    site: last.site ?? '-',
    host: last.host ?? '-',
    workDirectory: last.workDirectory ?? runFacts.safeParse(record.run.data).data?.submitDir ?? '-',
    stdoutFile: last.stdoutFile ?? '-',
    stderrFile: last.stderrFile ?? '-',
    attempts,
    submission: facts?.submission,
    submitFile: submitted?.submitFile ?? '-',
    executable: submitted?.executable ?? '-',
    reason:
      last.reason ?? job.reason ?? causeOf(tasks.find(({ exitCode }) => exitCode !== 0)?.exitCode, last),
    stdout: last.stdout ?? '',
    stderr: last.stderr ?? '',
    tasks: tasks
      .filter(({ exitCode }) => exitCode !== 0)
      .map((row) => ({
        task: row.task,
        taskId: row.taskId ?? '-',
        exitCode: row.exitCode,
        executable: row.executable,
        arguments: row.arguments,
        transformation: row.transformation,
      })),
  }
}

function causeOf(exitCode: number | undefined, last: Stored<AttemptRow>): string {
  const line = (last.stderr ?? '').trim().split('\n').at(-1) ?? ''
  return `${exitCode === undefined ? 'it failed' : `exit code ${exitCode}`}${line === '' ? '' : `: ${line}`}`
}

/** Lines of output that the text shows. */
const SHOWN_LINES = 20

/** The analysis as text: the first failure, which is the likely cause of the others, comes first. */
export function analysisText(analysis: RunAnalysis): string {
  const { total, succeeded, failed, held, unsubmitted } = analysis
  const part = (count: number): string =>
    `${String(count).padStart(6)} (${total === 0 ? '0.00' : ((100 * count) / total).toFixed(2)}%)`
  const lines = [
    ...(analysis.failedJobs[0] === undefined
      ? []
      : [`cause: ${analysis.failedJobs[0].job}: ${analysis.failedJobs[0].reason}`, '']),
    `run              ${analysis.runId} (${analysis.label})`,
    `directory        ${analysis.directory}`,
    `status           ${analysis.status}`,
    `jobs             ${String(total).padStart(6)} (100.00%)`,
    `  succeeded      ${part(succeeded)}`,
    `  failed         ${part(failed)}`,
    `  held           ${part(held)}`,
    `  unsubmitted    ${part(unsubmitted)}`,
  ]
  for (const [title, findings] of [
    ['held', analysis.heldJobs],
    ['failed', analysis.failedJobs],
  ] as const) {
    for (const finding of findings) lines.push('', ...findingText(title, finding))
  }
  return `${lines.join('\n')}\n`
}

function findingText(title: string, finding: JobFinding): readonly string[] {
  return [
    `${title}: ${finding.job}`,
    `  last state     ${finding.state}, ${finding.attempts} ${finding.attempts === 1 ? 'attempt' : 'attempts'}`,
    `  reason         ${finding.reason}`,
    `  site           ${finding.site}`,
    `  host           ${finding.host}`,
    `  work directory ${finding.workDirectory}`,
    `  output         ${finding.stdoutFile}`,
    `  error          ${finding.stderrFile}`,
    ...finding.tasks.flatMap((task) => [
      `  task ${task.taskId}: ${task.transformation}, exit code ${task.exitCode}`,
      `    ${[task.executable, ...task.arguments].join(' ')}`,
    ]),
    ...tail('  standard output', finding.stdout),
    ...tail('  standard error', finding.stderr),
  ]
}

function tail(title: string, text: string): readonly string[] {
  if (text.trim() === '') return []
  const lines = text.trimEnd().split('\n').slice(-SHOWN_LINES)
  return [`${title}, last lines`, ...lines.map((line) => `    ${line}`)]
}

/** An analysis for programs. */
export interface AnalysisDocument {
  readonly root_wf_uuid: string
  readonly submit_directory: string
  readonly workflows: { readonly root: object }
}

/**
 * The analysis with the keys of pegasus-analyzer's JSON.
 *
 * @param subDirectories directories of the runs of sub-workflows by their jobs
 */
export function analysisDocument(
  analysis: RunAnalysis,
  subDirectories: ReadonlyMap<string, string> = new Map(),
): AnalysisDocument {
  const held = (finding: JobFinding): object => ({
    ...detail(finding),
    submit_file: finding.submitFile.slice(finding.submitFile.lastIndexOf('/') + 1),
    ...(finding.submission === undefined ? {} : { last_job_instance_id: finding.submission }),
  })
  const detail = (finding: JobFinding): object => ({
    job_name: finding.job,
    state: finding.state,
    site: finding.site,
    hostname: finding.host,
    work_dir: finding.workDirectory,
    submit_file: finding.submitFile,
    stdout_file: finding.stdoutFile,
    stderr_file: finding.stderrFile,
    executable: finding.executable,
    // What is submitted is a script that holds the arguments; jobs have no scripts before them.
    argv: '-',
    pre_executable: '-',
    pre_argv: '-',
    submit_dir: analysis.submitDirectory,
    subwf_dir: subDirectories.get(finding.job) ?? '-',
    attempts: finding.attempts,
    reason: finding.reason,
    stdout_text: finding.stdout,
    stderr_text: finding.stderr,
    tasks: Object.fromEntries(
      finding.tasks.map((task) => [
        task.taskId,
        {
          task_submit_seq: task.task,
          exitcode: task.exitCode,
          executable: task.executable,
          arguments: task.arguments.length === 0 ? '-' : task.arguments.join(' '),
          transformation: task.transformation,
          abs_task_id: task.taskId,
        },
      ]),
    ),
  })
  const details = (findings: readonly JobFinding[], of: (finding: JobFinding) => object): object =>
    Object.fromEntries(findings.map((finding) => [finding.job, of(finding)]))
  return {
    root_wf_uuid: analysis.runId,
    submit_directory: analysis.directory,
    workflows: {
      root: {
        wf_uuid: analysis.runId,
        dag_file_name: analysis.dag,
        submit_hostname: analysis.host,
        submit_dir: analysis.submitDirectory,
        user: analysis.user,
        planner_version: analysis.plannerVersion,
        wf_name: analysis.label,
        wf_status: analysis.status,
        parent_wf_name: analysis.parentLabel,
        parent_wf_uuid: analysis.parentRunId,
        jobs: {
          total: analysis.total,
          success: analysis.succeeded,
          failed: analysis.failed,
          held: analysis.held,
          unsubmitted: analysis.unsubmitted,
          job_details: {
            ...(analysis.held === 0 ? {} : { held_jobs_details: details(analysis.heldJobs, held) }),
            ...(analysis.failed === 0 ? {} : { failed_jobs_details: details(analysis.failedJobs, detail) }),
          },
        },
      },
    },
  }
}
