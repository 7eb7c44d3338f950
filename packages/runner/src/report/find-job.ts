import type { RunRow } from '@skyloom/registry'
import { RunnerError } from '../errors.ts'
import type { EngineStore } from '../store/run-store.ts'
import { planOfRun } from './job-logs.ts'

/** Names that an error offers. */
const MAX_OFFERED = 5

/**
 * Name of the job that a person means: the name of a job of the run, or the id that a task has in the abstract workflow, which is
 * then the job that runs the task.
 *
 * @throws {RunnerError} `RUNNER_NOT_FOUND`, naming jobs that are alike
 */
export async function findJob(store: EngineStore, run: RunRow, text: string): Promise<string> {
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
