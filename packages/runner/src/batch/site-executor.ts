import type { AttemptReport, AttemptRequest, Executor } from '../executor/executor.ts'
import { isSubWorkflow } from '../job/sub-workflow-job.ts'
import type { Capacity } from '../machine/run-machine.ts'
import type { PlanFile } from '../plan/plan-file.ts'

/** Runs each job where the plan wants it: at a site with a scheduler, or on this machine. */
export class SiteExecutor implements Executor {
  readonly #plan: PlanFile
  readonly #local: Executor
  readonly #sites: ReadonlyMap<string, Executor>
  /** Those that have jobs, schedulers first. */
  readonly #all: readonly Executor[]

  /** @param sites by name; jobs of all others run on this machine */
  constructor(plan: PlanFile, local: Executor, sites: ReadonlyMap<string, Executor>) {
    this.#plan = plan
    this.#local = local
    this.#sites = sites
    const isLocalUsed = Array.from({ length: plan.jobCount }, (_, job) => job).some(
      (job) => this.#of(job) === local,
    )
    this.#all = [...sites.values(), ...(isLocalUsed ? [local] : [])]
  }

  /** Schedulers bound what runs at their sites, and this machine gives its cores out in order of asking. */
  get capacity(): Capacity {
    return { cores: Infinity, memoryMb: Infinity }
  }

  /** Schedulers first: where one is missing, nothing of this machine was started. What has no jobs is not started at all. */
  async prepare(): Promise<void> {
    const ready: Executor[] = []
    try {
      for (const executor of this.#all) {
        await executor.prepare()
        ready.push(executor)
      }
    } catch (error) {
      for (const executor of ready) await executor.close()
      throw error
    }
  }

  lostJobs(hasSucceeded: (job: number) => boolean): readonly number[] {
    return this.#all.flatMap((executor) => executor.lostJobs?.(hasSucceeded) ?? [])
  }

  submit(attempts: readonly AttemptRequest[]): void {
    for (const [executor, own] of this.#split(attempts)) executor.submit(own)
  }

  adopt(attempts: readonly AttemptRequest[]): void {
    const split = this.#split(attempts)
    // All of them: who has nothing to adopt may begin its work now, too.
    for (const executor of this.#all) executor.adopt(split.get(executor) ?? [])
  }

  poll(): readonly AttemptReport[] {
    return this.#all.flatMap((executor) => executor.poll())
  }

  cancel(job: number, attempt: number, reason: 'timeout' | 'canceled'): void {
    this.#of(job).cancel(job, attempt, reason)
  }

  onReport(wake: () => void): void {
    for (const executor of this.#all) executor.onReport(wake)
  }

  settle(attempts: readonly Pick<AttemptRequest, 'job' | 'attempt'>[]): void {
    for (const [executor, own] of this.#split(attempts)) executor.settle(own)
  }

  async close(): Promise<void> {
    for (const executor of this.#all) await executor.close()
  }

  #of(job: number): Executor {
    const kind = this.#plan.kind(job)
    // No node runs a sub-workflow: it is planned here and has an engine of its own, which uses the sites of its jobs.
    if (kind === 'noop' || isSubWorkflow(kind)) return this.#local
    return this.#sites.get(this.#plan.site(job)) ?? this.#local
  }

  #split<Item extends { readonly job: number }>(
    items: readonly Item[],
  ): ReadonlyMap<Executor, readonly Item[]> {
    const split = new Map<Executor, Item[]>()
    for (const item of items) {
      const executor = this.#of(item.job)
      const own = split.get(executor)
      if (own === undefined) split.set(executor, [item])
      else own.push(item)
    }
    return split
  }
}
