import { RunnerError } from '../errors.ts'
import type { Executor } from '../executor/executor.ts'
import { LocalExecutor } from '../executor/local-executor.ts'
import type { PlanFile } from '../plan/plan-file.ts'

/**
 * Refuses a plan with a job that asks for more than there is: it would wait for ever.
 *
 * @throws {RunnerError} `RUNNER_TOO_LARGE`
 */
export function checkSizes(plan: PlanFile, executor: Executor): void {
  const { cores, memoryMb } =
    executor instanceof LocalExecutor
      ? { cores: executor.cores, memoryMb: executor.memoryMb }
      : executor.capacity
  for (let job = 0; job < plan.jobCount; job++) {
    const needs = { cores: plan.spec.cores[job] ?? 0, memoryMb: plan.spec.memoryMb[job] ?? 0 }
    if (needs.cores <= cores && needs.memoryMb <= memoryMb) continue
    throw new RunnerError('RUNNER_TOO_LARGE', 'a job asks for more than this machine has', {
      where: [`job ${plan.name(job)}`],
      found: `${needs.cores} cores, ${needs.memoryMb} MB`,
      allowed: `${cores} cores, ${memoryMb} MB`,
      remedy: 'change its profiles pegasus.cores and pegasus.memory, or give the engine more',
    })
  }
}
