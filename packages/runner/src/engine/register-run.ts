import { readFile } from 'node:fs/promises'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import type { JobEdge, JobRow } from '@skyloom/registry'
import { childrenOf } from '@skyloom/workflow'
import * as z from 'zod'
import { RunnerError } from '../errors.ts'
import type { PlanFile } from '../plan/plan-file.ts'
import type { EngineStore } from '../store/run-store.ts'

const request = z.object({ workflowId: z.string().min(1), parentRunId: z.string().optional() })

/**
 * Id of the run in a directory, as the planner gave it.
 *
 * @throws {RunnerError} `RUNNER_NOT_FOUND`, `RUNNER_BAD_RECORD`
 */
export async function runIdOf(runDir: string): Promise<string> {
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
  if (parsed.success) return parsed.data.workflowId
  throw new RunnerError('RUNNER_BAD_RECORD', 'the request of the run cannot be read', {
    where: [path],
    found: z.prettifyError(parsed.error),
  })
}

/**
 * Registers a run with its jobs, once: the jobs are written with the first lease, so a crash in between is mended here.
 *
 * @throws {RunnerError} `RUNNER_BAD_PLAN` when the plan is not the one with which the run began
 */
export async function registerRun(
  store: EngineStore,
  runId: string,
  runDir: string,
  plan: PlanFile,
): Promise<void> {
  const data = { planSha256: plan.sha256, jobs: plan.names.length }
  try {
    await store.create({
      id: runId,
      label: plan.head.workflow,
      directory: runDir,
      user: userInfo().username,
      host: hostname(),
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

/** Rows of all jobs and edges of a plan, for the first commit of a run. */
export function planRows(
  plan: PlanFile,
  nowMs: number,
): { readonly jobs: readonly JobRow[]; readonly edges: readonly JobEdge[] } {
  const { spec, names } = plan
  const edges: JobEdge[] = []
  const jobs = names.map((jobId, job): JobRow => {
    for (const child of childrenOf(spec.graph, job)) edges.push({ parent: jobId, child: names[child] ?? '' })
    const category = spec.categories[spec.category[job] ?? -1]?.name
    return {
      jobId,
      kind: plan.kinds[job] ?? 'noop',
      transformation: plan.transformations[job] ?? '',
      state: spec.graph.parentStart[job] === spec.graph.parentStart[job + 1] ? 'ready' : 'unready',
      attemptCount: 0,
      maxRetries: spec.retries[job] ?? 0,
      priority: spec.priority[job] ?? 0,
      category,
      taskCount: plan.taskCounts[job] ?? 0,
      changedMs: nowMs,
    }
  })
  return { jobs, edges }
}
