import type { AttemptReport } from '../executor/executor.ts'
import type { ExecutorHost } from '../executor/local-executor.ts'
import { type ReuseContext, reuseResult } from '../job/reuse-result.ts'
import { RunningAttempt } from '../job/running-attempt.ts'
import type { Failure } from '../machine/run-event.ts'
import type { BatchReport, BatchTask } from './batch-file.ts'
import type { HomeTools } from './bring-home.ts'

/** What earlier results are asked of. */
export type KnownHost = Pick<ExecutorHost, 'findResult' | 'knownRecipes' | 'checkLease'>

/**
 * Results of earlier jobs in place of jobs at a site. What program a node has, and so the recipe of a job, only the node can tell: it
 * gets the recipes of earlier results with the same outputs along, and does not run a job whose own recipe is one of them. The files of
 * that result are then verified and brought to their places from here.
 */
export class KnownResults {
  readonly #host: KnownHost
  readonly #context: ReuseContext
  /** Recipes whose results turned out to be gone or damaged. */
  readonly #spoiled = new Set<string>()

  constructor(host: KnownHost, { hasher, transfers }: HomeTools) {
    this.#host = host
    this.#context = {
      hasher,
      transfers,
      findResult: async (recipe) => await host.findResult(recipe),
      checkLease: async () => await host.checkLease(),
    }
  }

  /** The tasks with the recipes that may be theirs. */
  async addTo(tasks: readonly BatchTask[]): Promise<readonly BatchTask[]> {
    const names = tasks.flatMap((task) => nameOf(task) ?? [])
    if (names.length === 0) return tasks
    const known = await this.#host.knownRecipes(names)
    return tasks.map((task) => {
      const recipes = known.get(nameOf(task) ?? '')?.filter((recipe) => !this.#spoiled.has(recipe)) ?? []
      return recipes.length === 0 ? task : { ...task, known: recipes }
    })
  }

  /** The report of a job that a node did not run, with the result in its place; lost when that is gone, so that it is run. */
  async takeOver(task: BatchTask, report: BatchReport): Promise<AttemptReport> {
    const recipe = report.recipeSha256 ?? ''
    const reused = await this.#reuse(task, recipe)
    if (!(reused instanceof Error) && reused !== undefined)
      return { ...report, reused: reused.name, products: reused.products }
    this.#spoiled.add(recipe)
    const why = reused === undefined ? 'its files are gone or damaged' : reused.message
    const failure: Failure = { kind: 'input', message: `an earlier result cannot be taken over: ${why}` }
    return { ...report, outcome: 'lost', failure }
  }

  async #reuse(task: BatchTask, recipe: string): Promise<Awaited<ReturnType<typeof reuseResult>> | Error> {
    try {
      return await reuseResult(this.#context, new RunningAttempt(task.plan, task, false), recipe)
    } catch (error) {
      if (!(error instanceof Error) || ('code' in error && error.code === 'RUNNER_LEASE_LOST')) throw error
      return error
    }
  }
}

/** Logical name by which earlier results of a task are found. */
function nameOf({ plan }: BatchTask): string | undefined {
  return plan.kind === 'compute' ? plan.outputs.find(({ isCheckpoint }) => !isCheckpoint)?.lfn : undefined
}
