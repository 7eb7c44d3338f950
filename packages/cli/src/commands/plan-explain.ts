import { resolve } from 'node:path'
import {
  explainJob,
  formatExplanation,
  formatPlanProblem,
  type Plan,
  planWorkflow,
  WorkflowError,
} from '@skyloom/workflow'
import { isRunDirectory, loadPlanRequest, planFiles } from '@skyloom/workflow/node'
import { EXIT } from '../terminal/exit-code.ts'
import { printJson } from '../terminal/output.ts'
import { type PlanFlags, planFilesOptions, refuse } from './plan-run.ts'

/** `skyloom plan explain` */
export async function runExplain(job: string, place: string | undefined, flags: PlanFlags): Promise<number> {
  const runDir = resolve(place ?? '.')
  let plan: Plan
  if (isRunDirectory(runDir)) plan = await planOfRun(runDir)
  else {
    const planned = await planFiles(planFilesOptions(place, flags))
    if (!planned.ok) return refuse(planned, flags)
    plan = planned.plan
  }
  const explanation = explainJob(plan, job)
  if (flags.json === true) printJson(explanation)
  else process.stdout.write(`${formatExplanation(explanation)}\n`)
  return EXIT.done
}

/** Plans the request of a run again: the reasons are not stored, and the same request gives the same plan. */
async function planOfRun(runDir: string): Promise<Plan> {
  const result = planWorkflow(await loadPlanRequest(runDir))
  if (result.ok) return result.plan
  throw new WorkflowError('WORKFLOW_INVALID', 'the request of the run cannot be planned again', {
    where: [runDir],
    found: result.problems.map(formatPlanProblem).slice(0, 3).join('; '),
    remedy: 'plan the workflow again',
  })
}
