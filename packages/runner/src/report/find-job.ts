import type { RunRow } from '@skyloom/registry'
import { RunnerError } from '../errors.ts'
import type { EngineStore } from '../store/run-store.ts'
import { planOfRun } from './job-logs.ts'
import { JOB_STEP, subRuns } from './sub-runs.ts'

/** Names that an error offers. */
const MAX_OFFERED = 5

/**
 * The job that a person means: the name of a job of the run, or the id that a task has in the abstract workflow, which is
 * then the job that runs the task. Jobs of sub-workflows are named by their way: `pegasus-plan_south/project_17`.
 *
 * @returns the job, and the run that has it
 * @throws {RunnerError} `RUNNER_NOT_FOUND`, naming jobs that are alike
 */
export async function findJob(
  store: EngineStore,
  run: RunRow,
  text: string,
): Promise<{ readonly run: RunRow; readonly job: string }> {
  const steps = text.split(JOB_STEP)
  const last = steps.pop() ?? ''
  let inner = run
  for (const step of steps) {
    const outer = await findInRun(store, inner, step)
    const subs = await subRuns(store, inner.id)
    const sub = subs.findLast(({ job }) => job === outer)
    if (sub === undefined) {
      throw new RunnerError('RUNNER_NOT_FOUND', 'this job has no run of its own', {
        where: [`run ${inner.id}`],
        found: outer,
        allowed:
          subs.length === 0 ? 'none: the run has no sub-workflows' : subs.map(({ job }) => job).join(', '),
      })
    }
    inner = sub.run
  }
  return { run: inner, job: await findInRun(store, inner, last) }
}

async function findInRun(store: EngineStore, run: RunRow, text: string): Promise<string> {
  for await (const { jobId } of store.jobs(run.id, { jobIds: [text] })) return jobId
  const ofTask = jobOfTask(run, text)
  if (ofTask !== undefined) return ofTask
  const alike: string[] = []
  for await (const { jobId } of store.jobs(run.id))
    if (alike.length <= MAX_OFFERED && jobId.includes(text)) alike.push(jobId)
  const more = alike.length > MAX_OFFERED ? ', ...' : ''
  throw new RunnerError('RUNNER_NOT_FOUND', 'the run has no such job', {
    where: [`run ${run.id}`],
    found: text,
    ...(alike.length > 0 ? { allowed: `for example ${alike.slice(0, MAX_OFFERED).join(', ')}${more}` } : {}),
    remedy: 'skyloom run jobs lists all',
  })
}

/** The job of the plan that has a task; none when the run has no plan of ours or several jobs have one of that name. */
function jobOfTask(run: RunRow, task: string): string | undefined {
  const plan = planOfRun(run)
  if (plan === undefined) return undefined
  try {
    const found: string[] = []
    for (let number = 0; number < plan.jobCount; number++) {
      if (plan.taskCounts[number] === 0) continue
      if (plan.job(number).tasks.some(({ id }) => id === task)) found.push(plan.name(number))
    }
    return found.length === 1 ? found[0] : undefined
  } finally {
    plan.close()
  }
}
