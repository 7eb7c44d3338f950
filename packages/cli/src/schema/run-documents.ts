import { JOB_STATES, RUN_STATES } from '@skyloom/registry'
import {
  count,
  flag,
  json,
  list,
  number,
  numberOrNull,
  orNull,
  type Part,
  record,
  table,
  text,
  textOrNull,
  texts,
  withOptional,
  word,
} from './parts.ts'
import { storageReport } from './registry-documents.ts'

const jobState = word(...JOB_STATES)

const runRow = {
  id: text,
  label: text,
  state: word(...RUN_STATES),
  user: text,
  host: text,
  directory: text,
  parentRunId: textOrNull,
  createdMs: number,
  startedMs: numberOrNull,
  endedMs: numberOrNull,
  exitCode: numberOrNull,
  reason: textOrNull,
  lastSeq: count,
  lease: orNull(record({ owner: text, token: count, expiresMs: number })),
  data: json,
}

const start = record({
  run: text,
  directory: text,
  runId: text,
  status: word('succeeded', 'failed', 'canceled', 'paused', 'held', 'stopped'),
  jobs: record({
    unready: count,
    ready: count,
    running: count,
    waiting: count,
    succeeded: count,
    failed: count,
    held: count,
    canceled: count,
  }),
  adopted: count,
})

const totals = {
  unready: count,
  ready: count,
  pre: count,
  queued: count,
  post: count,
  succeeded: count,
  failed: count,
  percent_done: number,
  total: count,
}

const elements = list(record({ reason: text, elements: list(count) }))

/** Jobs of a run at a site with a scheduler. */
const site = withOptional(
  {
    site: text,
    scheduler: text,
    unsubmitted: count,
    waiting: count,
    running: count,
    batches: list(
      withOptional(
        { name: text, waiting: count, running: count, held: elements, pending: elements },
        { id: text },
      ),
    ),
  },
  { standstill: record({ cause: word('outage', 'breaker'), text, sinceMs: number, untilMs: number }) },
)

const status = {
  totals: record(totals),
  /** `root`, and the run of each sub-workflow by the jobs that lead to it. */
  dags: table(record({ ...totals, dagname: text, state: text })),
  run: record({
    id: text,
    directory: text,
    held: count,
    canceled: count,
    engine: textOrNull,
    transformations: list(
      record({ transformation: text, total: count, succeeded: count, running: count, failed: count }),
    ),
    sites: list(site),
  }),
}

const running = withOptional({ job: text, transformation: text, attempt: count }, { lastLine: text })

const jobFields = {
  jobId: text,
  kind: text,
  transformation: text,
  state: jobState,
  site: textOrNull,
  attemptCount: count,
  maxRetries: count,
  priority: number,
  category: textOrNull,
  taskCount: count,
  changedMs: number,
  reason: textOrNull,
  data: json,
}
/** With where it is at its site, in words for people; `run` for jobs of sub-workflows, whose `jobId` is their way. */
const job = withOptional(jobFields, { place: text, run: text })

const counts = record({
  succeeded: count,
  failed: count,
  incomplete: count,
  total: count,
  retries: count,
  totalAndRetries: count,
})
const spread = { min: number, max: number, mean: number }
const timeLine = withOptional({ date: text, count, runtime: number }, { host: text })

const statistics = record({
  runId: text,
  label: text,
  tasks: counts,
  jobs: counts,
  subWorkflows: counts,
  workflowRetries: count,
  wallTime: number,
  jobWallTime: number,
  jobWallTimeSubmitSide: number,
  badput: number,
  badputSubmitSide: number,
  lines: list(
    withOptional(
      { job: text, attempt: count, site: text, kickstart: number, multiplier: number },
      {
        cpu: number,
        post: number,
        queue: number,
        resource: number,
        runtime: number,
        cluster: number,
        clusterDelay: number,
        exitCode: number,
        host: text,
      },
    ),
  ),
  breakdown: list(
    withOptional(
      {
        transformation: text,
        type: word('successful', 'failed'),
        count,
        runtime: record({ ...spread, total: number }),
      },
      { memory: record(spread), cpu: record(spread) },
    ),
  ),
  jobsByTime: list(timeLine),
  invocationsByTime: list(timeLine),
  jobsByTimeAndHost: list(timeLine),
  invocationsByTimeAndHost: list(timeLine),
  integrity: list(record({ type: text, fileType: text, count, seconds: number })),
})

const findingFields = {
  job_name: text,
  state: text,
  site: text,
  hostname: text,
  work_dir: text,
  submit_file: text,
  stdout_file: text,
  stderr_file: text,
  executable: text,
  argv: text,
  pre_executable: text,
  pre_argv: text,
  submit_dir: text,
  subwf_dir: text,
  attempts: count,
  reason: text,
  stdout_text: text,
  stderr_text: text,
  tasks: table(
    record({
      task_submit_seq: number,
      exitcode: number,
      executable: text,
      arguments: text,
      transformation: text,
      abs_task_id: text,
    }),
  ),
}
const finding = record(findingFields)
const heldFinding = withOptional(findingFields, { last_job_instance_id: count })

const analysis = record({
  root_wf_uuid: text,
  submit_directory: text,
  /** `root`, and the run of each sub-workflow by the jobs that lead to it. */
  workflows: table(
    record({
      wf_uuid: text,
      dag_file_name: text,
      submit_hostname: text,
      submit_dir: text,
      user: text,
      planner_version: text,
      wf_name: text,
      wf_status: text,
      parent_wf_name: text,
      parent_wf_uuid: text,
      jobs: record({
        total: count,
        success: count,
        failed: count,
        held: count,
        unsubmitted: count,
        job_details: withOptional(
          {},
          { held_jobs_details: table(heldFinding), failed_jobs_details: table(finding) },
        ),
      }),
    }),
  ),
})

const logs = record({ job: text, attempt: numberOrNull, stdout: text, stderr: text })
const logPiece = record({ attempt: count, task: count, stream: word('stdout', 'stderr'), text })

/** What `skyloom run ... --json` prints, by the name of its schema. */
export const RUN_DOCUMENTS: Readonly<Record<string, Part>> = {
  'run-start': start,
  'run-resume': start,
  'run-list': list(record({ ...runRow, engine: textOrNull })),
  'run-status': record(status),
  'run-watch-line': record({ ...status, running: list(running) }),
  'run-jobs-line': job,
  'run-logs': logs,
  'run-logs-follow-line': logPiece,
  'run-ask': withOptional({ run: text, op: text, isRunning: flag }, { job: text }),
  'run-verify': record({ run: text, ...storageReport }),
  'run-rescue': record({ run: text, file: text, done: count, failed: count }),
  'run-remove': record({ run: text, isRemoved: flag }),
  'run-import': record({ runs: texts }),
  'run-statistics': statistics,
  'run-analyze': analysis,
  'run-explain': record({ job: text, state: jobState, because: text, path: texts, details: texts }),
  'run-timeline': record({ run: text, file: text }),
}
