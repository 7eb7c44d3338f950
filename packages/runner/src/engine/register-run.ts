import { readFile } from 'node:fs/promises'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import type { JobEdge, JobRow, RunCommit } from '@skyloom/registry'
import { childrenOf } from '@skyloom/workflow'
import type { ParentJob } from '@skyloom/workflow/node'
import * as z from 'zod'
import { RunnerError } from '../errors.ts'
import type { PlanFile } from '../plan/plan-file.ts'
import { knownRun } from '../store/known-run.ts'
import type { EngineStore } from '../store/run-store.ts'

const request = z.object({
  workflowId: z.string().min(1),
  parent: z.object({ runId: z.string(), job: z.string() }).optional(),
})

/**
 * Id of the run in a directory, as the planner gave it.
 *
 * @throws {RunnerError} `RUNNER_NOT_FOUND`, `RUNNER_BAD_RECORD`
 */
export async function runIdOf(runDir: string): Promise<string> {
  return (await readRequest(runDir)).workflowId
}

async function readRequest(runDir: string): Promise<z.infer<typeof request>> {
  const path = join(runDir, 'request.json')
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    throw new RunnerError('RUNNER_NOT_FOUND', 'this is no directory of a run', {
      where: [path],
      remedy: 'name the directory that skyloom plan wrote',
      cause,
    })
  }
  const parsed = request.safeParse(JSON.parse(text))
  if (parsed.success) return parsed.data
  throw new RunnerError('RUNNER_BAD_RECORD', 'the request of the run cannot be read', {
    where: [path],
    found: z.prettifyError(parsed.error),
  })
}

/**
 * Registers a run with its jobs, once: the jobs are written with the first lease, so a crash in between is mended here. That of a
 * sub-workflow is registered below its parent, if the registry has that: somebody may start it alone.
 *
 * @param parent the job whose sub-workflow it is; default: the one for which it was planned
 * @throws {RunnerError} `RUNNER_BAD_PLAN` when the plan is not the one with which the run began
 */
export async function registerRun(
  store: EngineStore,
  runId: string,
  runDir: string,
  plan: PlanFile,
  parent?: ParentJob,
): Promise<void> {
  const asked = parent ?? (await readRequest(runDir)).parent
  const outer = asked === undefined ? undefined : await knownRun(store, asked.runId)
  const data = {
    planSha256: plan.sha256,
    jobs: plan.jobCount,
    ...(asked === undefined || outer === undefined ? {} : { parentJob: asked.job }),
  }
  try {
    await store.create({
      id: runId,
      label: plan.head.workflow,
      directory: runDir,
      user: userInfo().username,
      host: hostname(),
      parentRunId: outer?.id,
      data,
    })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'REGISTRY_EXISTS')) throw error
  }
  const row = await store.get(runId)
  const known = z.object({ planSha256: z.string() }).safeParse(row.data)
  if (known.success && known.data.planSha256 !== plan.sha256) {
    throw new RunnerError('RUNNER_BAD_PLAN', 'the plan was changed after the run began', {
      where: [plan.path],
      found: `SHA-256 ${plan.sha256}`,
      allowed: `SHA-256 ${known.data.planSha256}`,
      remedy: 'plan into a new directory',
    })
  }
}

/** Jobs of one commit; so many rows take a few megabytes. */
const JOBS_AT_A_TIME = 5000

/** Rows of all jobs and edges of a plan, in pieces, for the first commits of a run. Edges come after all jobs. */
export function* planRows(plan: PlanFile, nowMs: number): Generator<Pick<RunCommit, 'jobs' | 'edges'>> {
  const { spec, jobCount: count } = plan
  for (let from = 0; from < count; from += JOBS_AT_A_TIME) {
    const numbers = Array.from({ length: Math.min(JOBS_AT_A_TIME, count - from) }, (_, k) => from + k)
    yield { jobs: numbers.map((job) => jobRow(plan, job, nowMs)) }
  }
  let edges: JobEdge[] = []
  for (let job = 0; job < count; job++) {
    const parent = plan.name(job)
    for (const child of childrenOf(spec.graph, job)) edges.push({ parent, child: plan.name(child) })
    if (edges.length < JOBS_AT_A_TIME) continue
    yield { edges }
    edges = []
  }
  if (edges.length > 0) yield { edges }
}

function jobRow(plan: PlanFile, job: number, changedMs: number): JobRow {
  const { spec, taskCounts } = plan
  const isRoot = spec.graph.parentStart[job] === spec.graph.parentStart[job + 1]
  return {
    jobId: plan.name(job),
    kind: plan.kind(job),
    transformation: plan.transformation(job),
    state: isRoot ? 'ready' : 'unready',
    attemptCount: 0,
    maxRetries: spec.retries[job] ?? 0,
    priority: spec.priority[job] ?? 0,
    category: spec.categories[spec.category[job] ?? -1]?.name,
    taskCount: taskCounts[job] ?? 0,
    changedMs,
  }
}
