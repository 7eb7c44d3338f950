import { WorkflowError } from '../errors.ts'
import { parentsOf } from '../graph/digraph.ts'
import { jobTitle } from '../model/job.ts'
import type { PlanContext } from '../plan/context.ts'
import type { Plan, PlanJob } from '../plan/plan.ts'
import { FATE } from '../plan/reuse.ts'
import { nearMiss } from '../problem/near-miss.ts'
import { explainFiles } from './explain-files.ts'
import { explainPlace } from './explain-place.ts'
import { counted, listed, MAX_LISTED, type Reason } from './reason.ts'

/** Why a job is in the plan as it is, or is not in it. */
export interface Explanation {
  /** `job ID0000001 (preprocess)` or the name of a job of the plan. */
  readonly subject: string
  /** Name of the job of the plan that runs it; `undefined` when it is not planned. */
  readonly planJob: string | undefined
  readonly reasons: readonly Reason[]
}

/**
 * Explains a job: by the id of a job of the workflow, or by the name of a job of the plan.
 *
 * @throws {WorkflowError} `WORKFLOW_NOT_FOUND` when neither has this name
 */
export function explainJob(plan: Plan, name: string): Explanation {
  const { context } = plan.built
  const task = context.tasks.jobs.findIndex((job) => job.id === name)
  if (task >= 0) return explainTask(plan, task)
  const number = plan.find(name)
  if (number === undefined) throw notFound(plan, name)
  const unit = plan.built.graph.nodes.unit[number]!
  const job = plan.job(number)
  if (job.tasks.length === 1 && unit >= 0)
    return explainTask(plan, context.units.tasks[context.units.taskStart[unit]!]!)
  return { subject: job.name, planJob: job.name, reasons: explainPlanJob(plan, job) }
}

/** The explanation as lines for people. */
export function formatExplanation(explanation: Explanation): string {
  const head =
    explanation.planJob === undefined || explanation.planJob === explanation.subject
      ? explanation.subject
      : `${explanation.subject}, planned as ${explanation.planJob}`
  const width = Math.max(0, ...explanation.reasons.map((reason) => reason.topic.length))
  return [head, ...explanation.reasons.map(({ topic, text }) => `  ${topic.padEnd(width)}  ${text}`)].join(
    '\n',
  )
}

function explainTask(plan: Plan, task: number): Explanation {
  const { context } = plan.built
  const job = context.tasks.jobs[task]
  const subject = job === undefined ? '' : `job ${job.id} (${jobTitle(job)})`
  const unit = context.units.unitOf[task]!
  if (unit < 0) return { subject, planJob: undefined, reasons: explainPruned(context, task) }
  const planJob = plan.job(unit)
  const reasons: Reason[] = [{ topic: 'plan', text: keptText(context, task) }]
  reasons.push(...explainPlace(context, task))
  if (planJob.cluster !== undefined) {
    const others = planJob.tasks.map((other) => other.id).filter((id) => id !== job?.id)
    reasons.push({
      topic: 'cluster',
      text: `runs in ${planJob.name} with ${listed(others)}: ${planJob.cluster.style} clustering, ${planJob.cluster.reason}`,
    })
  }
  reasons.push(
    ...explainFiles(plan, planJob, job?.uses.map((use) => use.lfn) ?? []),
    orderReason(plan, planJob),
  )
  return { subject, planJob: planJob.name, reasons }
}

function explainPruned(context: PlanContext, task: number): readonly Reason[] {
  const { tasks, reuse, replicas } = context
  const { start, file } = tasks.outputs
  const outputs = [...file.subarray(start[task], start[task + 1])].map((number) => tasks.lfns[number] ?? '')
  const found = outputs.map((lfn) => ({ lfn, known: replicas.find(lfn) }))
  const existing = found
    .filter(({ known }) => known !== undefined)
    .map(
      ({ lfn, known }) =>
        `${lfn} exists at ${known?.locations[0]?.site ?? ''} (${known?.locations[0]?.pfn ?? ''}, from the ${known?.source ?? ''})`,
    )
  const unread = found.filter(({ known }) => known === undefined).map(({ lfn }) => lfn)
  const texts = new Map<number, string>([
    [FATE.outputsExist, 'left out: its outputs exist'],
    [
      FATE.nothingWanted,
      'left out: none of its outputs is staged out or read by a job; plan with force to run it',
    ],
    [
      FATE.onlyForReused,
      'left out: only jobs that are left out too would read its outputs, and those wanted exist',
    ],
  ])
  const reasons: Reason[] = [{ topic: 'plan', text: texts.get(reuse.fate[task]!) ?? 'left out' }]
  for (const text of existing) reasons.push({ topic: 'output', text })
  if (unread.length > 0) {
    reasons.push({ topic: 'output', text: `${listed(unread)}: not wanted elsewhere, need not exist` })
  }
  return reasons
}

function keptText(context: PlanContext, task: number): string {
  const { settings, tasks, replicas } = context
  if (settings.reuseScope === 'none') return 'runs: existing outputs are not looked at (force)'
  const { start, file } = tasks.outputs
  const missing = [...file.subarray(start[task], start[task + 1])]
    .map((number) => tasks.lfns[number] ?? '')
    .filter((lfn) => !replicas.has(lfn))
  if (start[task] === start[task + 1]) return 'runs: it has no outputs that could exist already'
  return missing.length === 0
    ? 'runs: its outputs exist, but the reuse scope leaves it in'
    : `runs: ${listed(missing)} ${missing.length === 1 ? 'does' : 'do'} not exist yet`
}

function explainPlanJob(plan: Plan, job: PlanJob): readonly Reason[] {
  const reasons: Reason[] = [{ topic: 'plan', text: purpose(job) }]
  if (job.cluster !== undefined) {
    reasons.push({
      topic: 'cluster',
      text: `${counted(job.tasks.length, 'task')}, ${job.cluster.style} clustering: ${job.cluster.reason}`,
    })
    reasons.push({
      topic: 'work',
      text: `runs ${listed(job.tasks.map((task) => task.id))} one after the other`,
    })
  }
  for (const transfer of job.transfers.slice(0, MAX_LISTED)) {
    const [first, ...others] = transfer.sources
    reasons.push({
      topic: 'work',
      text: `${transfer.lfn} from ${first?.url ?? 'nowhere'} to ${transfer.target.url}${others.length === 0 ? '' : `; else from ${others.map((other) => other.url).join(', ')}`}`,
    })
  }
  for (const { lfn, place } of job.removals.slice(0, MAX_LISTED)) {
    reasons.push({ topic: 'work', text: `removes ${lfn ?? 'the directory of the run'} at ${place.url}` })
  }
  reasons.push(orderReason(plan, job))
  return reasons
}

function purpose(job: PlanJob): string {
  const site = job.stagingSite ?? job.site
  switch (job.kind) {
    case 'stage_in':
      return `brings ${counted(job.transfers.length, 'file')} from outside to the scratch directory of ${site}`
    case 'stage_out':
      return `brings ${counted(job.transfers.length, 'result')} from ${site} to the output sites`
    case 'inter_site':
      return `brings ${counted(job.transfers.length, 'file')} that jobs wrote at ${site} to the site of the job that reads them`
    case 'registration':
      return `adds ${counted(job.registrations.length, 'result')} to the output replica catalog`
    case 'create_dir':
      return `makes the directory of the run on ${site}`
    case 'chmod':
      return 'makes staged executables executable'
    case 'cleanup':
      return `removes what no job needs any more on ${site}`
    case 'noop':
      return 'does nothing: everything exists, and a DAG needs a node'
    default:
      return `runs ${counted(job.tasks.length, 'task')} on ${job.site}`
  }
}

function orderReason(plan: Plan, job: PlanJob): Reason {
  const parents = [...parentsOf(plan.graph, job.number)].map((number) => plan.name(number))
  const text = parents.length === 0 ? 'can start at once' : `waits for ${listed(parents)}`
  return {
    topic: 'order',
    text: `${text}; priority ${job.priority}${job.category === undefined ? '' : `, category ${job.category}`}, retries ${job.retries}`,
  }
}

function notFound(plan: Plan, name: string): WorkflowError {
  const { jobs } = plan.built.context.tasks
  const near = nearMiss(
    name,
    jobs.slice(0, 100_000).map((job) => job.id),
  )
  return new WorkflowError('WORKFLOW_NOT_FOUND', 'neither the workflow nor the plan has such a job', {
    found: name,
    remedy: near === undefined ? 'list the jobs of the plan' : `did you mean ${near}`,
  })
}
