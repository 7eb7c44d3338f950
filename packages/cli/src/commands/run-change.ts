import { resolve } from 'node:path'
import { defaultRegistryUrl, openRegistry } from '@skyloom/registry'
import {
  engineOf,
  findJob,
  freshRun,
  importPegasusRun,
  leaveWish,
  RunnerError,
  removeRun as removeRunOf,
  type Wish,
} from '@skyloom/runner'
import { EXIT } from '../terminal/exit-code.ts'
import { printJson } from '../terminal/output.ts'
import { type RunFlags, withRun } from './run-look.ts'

/** Flags of commands that ask something of a run. */
export interface ChangeFlags extends RunFlags {
  readonly reason?: string
}

/** `skyloom run pause`, `cancel`, `hold`, `release`, `cancel-job` */
export async function askRun(
  op: Wish['op'],
  way: string | undefined,
  name: string | undefined,
  flags: ChangeFlags,
): Promise<number> {
  return await withRun(name, flags, async (registry, outer) => {
    const { run, job } =
      way === undefined ? { run: outer, job: undefined } : await findJob(registry.runs, outer, way)
    if (run.endedMs !== null) {
      throw new RunnerError('RUNNER_NOT_FOUND', 'the run has ended', {
        where: [`run ${run.id}`],
        found: run.state,
        remedy: 'skyloom run resume goes on with what failed',
      })
    }
    await leaveWish(run.directory, {
      op,
      job,
      reason: flags.reason ?? `asked by ${process.env['USER'] ?? 'a person'}`,
    })
    // DAGMan goes on when nobody follows it, and has to be told all the same.
    await freshRun(registry.runs, run, (text) => process.stderr.write(`${text}\n`))
    const isRunning = engineOf(run) !== null
    const text = isRunning
      ? `asked: ${op}${way === undefined ? '' : ` ${way}`}\n`
      : 'no engine runs this run: it is taken when the run is resumed\n'
    if (flags.json === true) printJson({ run: run.id, op, job, isRunning })
    else process.stdout.write(text)
    return EXIT.done
  })
}

/** `skyloom run remove` */
export async function removeRun(
  name: string,
  flags: ChangeFlags & { readonly dryRun?: boolean; readonly force?: boolean },
): Promise<number> {
  return await withRun(name, flags, async (registry, run) => {
    await removeRunOf(registry.runs, run.id, { isForced: flags.force === true, isDry: flags.dryRun === true })
    if (flags.json === true) printJson({ run: run.id, isRemoved: flags.dryRun !== true })
    else
      process.stdout.write(`${flags.dryRun === true ? 'would remove' : 'removed'} ${run.id} (${run.label})\n`)
    return EXIT.done
  })
}

/** `skyloom run import` */
export async function importRuns(directories: readonly string[], flags: RunFlags): Promise<number> {
  const registry = await openRegistry(flags.registry ?? defaultRegistryUrl(process.env))
  try {
    const ids: string[] = []
    for (const directory of directories) {
      const id = await importPegasusRun(registry.runs, resolve(directory))
      ids.push(id)
      if (flags.json !== true) process.stdout.write(`imported ${id} from ${directory}\n`)
    }
    if (flags.json === true) printJson({ runs: ids })
    return EXIT.done
  } finally {
    await registry.close()
  }
}
