import type { Executor } from '../executor/executor.ts'
import { type ExecutorHost, LocalExecutor, type LocalExecutorOptions } from '../executor/local-executor.ts'
import { FileHasher } from '../files/file-hasher.ts'
import { standardTransfers } from '../transfer/standard-transfers.ts'
import { Transfers } from '../transfer/transfer.ts'
import { BatchExecutor, type BatchOptions } from './batch-executor.ts'
import { batchSites } from './batch-site.ts'
import type { BatchSystem } from './batch-system.ts'
import { CondorSystem } from './condor-system.ts'
import { SiteExecutor } from './site-executor.ts'
import { SlurmSystem } from './slurm-system.ts'

/** How runs use sites with schedulers. */
export interface SiteOptions extends Pick<BatchOptions, 'lookMs' | 'heldMs'> {
  /** Sites whose scheduler is used; jobs of all others run on this machine. Default: of every site that has one. */
  readonly only?: ReadonlySet<string> | undefined
  /** Something for a person to know while the run goes on: a scheduler that does not answer. */
  readonly onNote?: ((text: string) => void) | undefined
  /** Time between two questions to a scheduler. Default: 10 s for Slurm, 1 s for the log of HTCondor. */
  readonly queryMs?: number | undefined
  /** Settings of OpenSSH in place of the user's. */
  readonly sshConfig?: string | undefined
}

/**
 * Executor of a run by the sites of its jobs: through Slurm or HTCondor where the site catalog of the run says so, otherwise on
 * this machine.
 *
 * @throws {RunnerError} `RUNNER_BAD_PLAN` when that catalog cannot be read
 */
export function executorForSites(
  settings: SiteOptions = {},
): (host: ExecutorHost, options: LocalExecutorOptions) => Executor {
  return (host, options) => {
    const local = new LocalExecutor(host, options)
    const known = batchSites(host.runDir)
    const sites = new Map<string, Executor>()
    for (const name of host.plan.sites) {
      const site = known.get(name)
      if (site === undefined || settings.only?.has(name) === false) continue
      const system: BatchSystem =
        site.kind === 'slurm' ? new SlurmSystem(settings.queryMs) : new CondorSystem(settings.queryMs)
      sites.set(name, new BatchExecutor(host, site, system, batchOptions(settings, options)))
    }
    return sites.size === 0 ? local : new SiteExecutor(host.plan, local, sites)
  }
}

function batchOptions(settings: SiteOptions, options: LocalExecutorOptions): BatchOptions {
  const hasher = new FileHasher()
  return {
    keptOutputBytes: options.keptOutputBytes ?? 64 * 1024,
    maxOutputBytes: options.maxOutputBytes ?? 1 << 30,
    inheritEnvironment: options.inheritEnvironment ?? [],
    tools: {
      hasher,
      transfers: new Transfers([...standardTransfers(), ...(options.transfers ?? [])], hasher),
    },
    reuse: options.reuse ?? true,
    onNote: settings.onNote ?? (() => undefined),
    sshConfig: settings.sshConfig,
    lookMs: settings.lookMs,
    heldMs: settings.heldMs,
  }
}
