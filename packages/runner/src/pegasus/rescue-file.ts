import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { RunRow } from '@skyloom/registry'
import { dagNames } from '@skyloom/workflow'
import { openPlan, PLAN_FILE } from '../plan/plan-file.ts'
import type { EngineStore } from '../store/run-store.ts'

/** Version of the form of rescue files that DAGMan writes since HTCondor 8. */
const RESCUE_VERSION = '2.0.1 (partial)'
/** DAGMan looks for rescue files up to this number. */
const MAX_RESCUE = 999

/** A rescue file: where DAGMan would look for it, and its text in pieces. */
export interface RescueFile {
  /** Path in the directory of the run, with the next free number. */
  readonly path: string
  readonly doneCount: number
  readonly failedCount: number
  readonly chunks: Iterable<string>
}

/**
 * The rescue file of a run, as DAGMan writes one when a workflow ends: nodes that are done, and for failed ones the retries that are left.
 * With it HTCondor goes on with the DAG of the same plan (`skyloom plan --format dagman`) where this run stands. The run itself
 * needs none: it is resumed from its history.
 *
 * @throws {RegistryError} `REGISTRY_NOT_FOUND`
 */
export async function rescueFile(store: EngineStore, runId: string): Promise<RescueFile> {
  const run = await store.get(runId)
  const { dag, nodeOf } = nodesOf(run)
  const done: string[] = []
  const failed: string[] = []
  const retries: string[] = []
  let total = 0
  for await (const { jobId, state, maxRetries, attemptCount } of store.jobs(runId)) {
    total++
    if (state === 'succeeded' || state === 'skipped') done.push(nodeOf(jobId))
    else if (state === 'failed') failed.push(nodeOf(jobId))
    // A node that failed for good begins with all its retries again, as DAGMan lets it.
    const left = state === 'failed' ? maxRetries : maxRetries - attemptCount
    if (maxRetries > 0 && state !== 'succeeded' && state !== 'skipped')
      retries.push(`RETRY ${nodeOf(jobId)} ${Math.max(0, left)}\n`)
  }
  return {
    path: nextPath(run.directory, dag),
    doneCount: done.length,
    failedCount: failed.length,
    chunks: rescueText(dag, { total, done, failed, retries }),
  }
}

/** Name of the DAG of a run and names of its nodes; a run of Pegasus has no plan, and its jobs are nodes. */
function nodesOf(run: RunRow): { readonly dag: string; readonly nodeOf: (jobId: string) => string } {
  if (!existsSync(join(run.directory, PLAN_FILE)))
    return { dag: `${run.label}.dag`, nodeOf: (jobId) => jobId }
  const plan = openPlan(run.directory)
  plan.close()
  const names = dagNames(plan)
  return { dag: `${plan.head.basename}.dag`, nodeOf: (jobId) => names.name(plan.find(jobId) ?? -1) }
}

function nextPath(directory: string, dag: string): string {
  for (let number = 1; ; number++) {
    const path = join(directory, `${dag}.rescue${String(number).padStart(3, '0')}`)
    if (number === MAX_RESCUE || !existsSync(path)) return path
  }
}

interface RescueFacts {
  readonly total: number
  readonly done: readonly string[]
  readonly failed: readonly string[]
  readonly retries: readonly string[]
}

function* rescueText(dag: string, { total, done, failed, retries }: RescueFacts): Generator<string> {
  const stamp = new Date().toISOString().slice(0, 19).replace('T', ' ')
  yield `# Rescue DAG file, created after running\n#   the ${dag} DAG file\n# Created ${stamp} UTC\n`
  yield `# Rescue DAG version: ${RESCUE_VERSION}\n#\n# Total number of Nodes: ${total}\n`
  yield `# Nodes premarked DONE: ${done.length}\n# Nodes that failed: ${failed.length}\n`
  yield `#   ${[...failed, '<ENDLIST>'].join(',')}\n\n`
  for (const name of done) yield `DONE ${name}\n`
  if (retries.length > 0) yield '\n'
  yield* retries
}
