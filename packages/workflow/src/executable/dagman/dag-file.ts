import { childrenOf } from '../../graph/digraph.ts'
import { topologicalOrder } from '../../graph/order.ts'
import { profileValue } from '../../model/profile.ts'
import type { Plan, PlanJob } from '../../plan/plan.ts'
import { splitArguments } from '../arguments.ts'
import type { DagmanOptions } from './dagman-files.ts'
import type { DagNames } from './names.ts'
import { commentText, oneLine } from './shell.ts'

/** File of a run directory in which DAGMan keeps what its nodes go through, in a form for programs. */
export const DAG_STATE_LOG = 'jobstate.log'

/** Text of the DAG file: throttles, a block per node, the edges. */
export function* dagFile(
  plan: Plan,
  names: DagNames,
  options: DagmanOptions,
): Generator<string, void, undefined> {
  const line = '#'.repeat(70)
  yield `${line}\n# DAG of the workflow ${commentText(plan.workflowName)}\n${line}\n`
  yield `CONFIG ${options.basename}.dag.config\n`
  yield `JOBSTATE_LOG ${DAG_STATE_LOG}\n`
  for (const [category, limit] of plan.throttles)
    yield `MAXJOBS ${oneLine(category, plan.workflowName)} ${limit}\n`
  yield '\n'
  for (const job of plan.jobs()) yield nodeBlock(job, names, options)
  for (const job of topologicalOrder(plan.graph)) {
    const parent = names.name(job)
    for (const child of childrenOf(plan.graph, job)) yield `PARENT ${parent} CHILD ${names.name(child)}\n`
  }
  yield `${line}\n# End of DAG\n${line}\n`
}

function nodeBlock(job: PlanJob, names: DagNames, options: DagmanOptions): string {
  const name = names.name(job.number)
  const lines = [firstLine(job, names, options)]
  // DAGMan runs the scripts of a node in its directory.
  if (job.kind === 'sub_workflow')
    lines.push(`SCRIPT PRE ${name} ${options.runDir}/${names.stem(job.number)}.pre.sh`)
  const pre = dagmanProfile(job, 'pre')
  if (pre !== undefined)
    lines.push(`SCRIPT PRE ${name} ${pre} ${dagmanProfile(job, 'pre.arguments') ?? ''}`.trimEnd())
  const post = dagmanProfile(job, 'post')
  if (post !== undefined) {
    lines.push(`SCRIPT POST ${name} ${post} ${dagmanProfile(job, 'post.arguments') ?? ''}`.trimEnd())
  }
  lines.push(`PRIORITY ${name} ${job.priority}`, `RETRY ${name} ${job.retries}`)
  if (job.category !== undefined) lines.push(`CATEGORY ${name} ${job.category}`)
  const abort = dagmanProfile(job, 'abort-dag-on') ?? dagmanProfile(job, 'ABORT-DAG-ON')
  if (abort !== undefined) lines.push(`ABORT-DAG-ON ${name} ${abort}`)
  if (job.kind !== 'sub_workflow' && job.kind !== 'sub_dag')
    lines.push(`VARS ${name} My.DAGNodeRetry="$(RETRY)"`)
  return `${lines.map((line) => oneLine(line, job.name)).join('\n')}\n\n`
}

function firstLine(job: PlanJob, names: DagNames, options: DagmanOptions): string {
  const name = names.name(job.number)
  const stem = names.stem(job.number)
  if (job.kind === 'sub_workflow') return `SUBDAG EXTERNAL ${name} ${name}.dag DIR ${options.runDir}/${stem}`
  if (job.kind === 'sub_dag') return subDagLine(job, name)
  const isNoop = job.kind === 'noop' || dagmanProfile(job, 'noop')?.toLowerCase() === 'true'
  return `JOB ${name} ${stem}.sub${isNoop ? ' NOOP' : ''}`
}

/** DAGMan looks for the file of a DAG in its directory, which is that of the file unless the workflow says otherwise. */
function subDagLine(job: PlanJob, name: string): string {
  const path = dagPath(job)
  const directory = dagmanProfile(job, 'DIR') ?? dagmanProfile(job, 'dir')
  const slash = path.lastIndexOf('/')
  if (directory !== undefined || slash < 0)
    return `SUBDAG EXTERNAL ${name} ${path}${directory === undefined ? '' : ` DIR ${directory}`}`
  return `SUBDAG EXTERNAL ${name} ${path.slice(slash + 1)} DIR ${path.slice(0, slash) || '/'}`
}

function dagPath(job: PlanJob): string {
  const executable = job.tasks[0]?.executable
  if (executable?.type !== 'dag') return ''
  return executable.location?.url.replace(/^file:\/\//, '') ?? executable.lfn
}

function dagmanProfile(job: PlanJob, key: string): string | undefined {
  return profileValue(job.profiles, 'dagman', key)
}

/** Arguments of the planner for a sub-workflow, as its job gives them. */
export function plannerArguments(job: PlanJob): readonly string[] {
  return splitArguments(job.tasks[0]?.arguments ?? [])
}
