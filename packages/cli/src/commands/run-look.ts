import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { AttemptRow, JobState, Registry, RunRow, Stored } from '@skyloom/registry'
import {
  findRun,
  RunnerError,
  type RunStatusReport,
  runStatus,
  statusDocument,
  statusText,
} from '@skyloom/runner'
import { EXIT } from '../terminal/exit-code.ts'
import { formatDuration } from '../terminal/format.ts'
import { printJson, textTable } from '../terminal/output.ts'
import type { RegistryFlags } from './registry.ts'
import { registryOf } from './registry-open.ts'

/** Flags of every command that looks at runs. */
export type RunFlags = RegistryFlags

/** Opens the registry, finds the run and closes the registry after the work. */
export async function withRun<Result>(
  name: string | undefined,
  flags: RunFlags,
  work: (registry: Registry, run: RunRow) => Promise<Result>,
): Promise<Result> {
  const registry = await registryOf(flags)
  try {
    return await work(registry, await findRun(registry.runs, name))
  } finally {
    await registry.close()
  }
}

/** `skyloom run list` */
export async function runList(flags: RunFlags & { readonly limit: number }): Promise<number> {
  const registry = await registryOf(flags)
  try {
    const runs = await registry.runs.list({ limit: flags.limit })
    if (flags.json === true) printJson(runs)
    else {
      const rows = runs.map((run) => [
        run.id,
        run.label,
        run.state,
        when(run.startedMs),
        lasted(run),
        run.directory,
      ])
      process.stdout.write(textTable(['RUN', 'WORKFLOW', 'STATE', 'STARTED', 'TIME', 'DIRECTORY'], rows))
    }
    return EXIT.done
  } finally {
    await registry.close()
  }
}

function when(ms: number | null): string {
  return ms === null ? '-' : new Date(ms).toISOString().slice(0, 19).replace('T', ' ')
}

function lasted({ startedMs, endedMs }: RunRow): string {
  return startedMs === null || endedMs === null ? '-' : formatDuration(endedMs - startedMs)
}

/** `skyloom run status` */
export async function showStatus(
  name: string | undefined,
  flags: RunFlags & { readonly long?: boolean },
): Promise<number> {
  return await withRun(name, flags, async (registry, run) => {
    const status = await runStatus(registry.runs, run.id)
    if (flags.json === true) printJson(statusDocument(status))
    else process.stdout.write(statusText(status) + (flags.long === true ? transformationTable(status) : ''))
    return EXIT.done
  })
}

function transformationTable({ transformations }: RunStatusReport): string {
  const rows = transformations.map(({ transformation, total, succeeded, running, failed }) => [
    transformation,
    ...[total, succeeded, running, failed].map(String),
  ])
  return `\n${textTable(['TRANSFORMATION', 'JOBS', 'DONE', 'RUN', 'FAIL'], rows)}`
}

/** Flags of `run watch`. */
export interface WatchFlags extends RunFlags {
  /** Seconds. */
  readonly every: number
}

/** `skyloom run watch` */
export async function watchRun(name: string | undefined, flags: WatchFlags): Promise<number> {
  return await withRun(name, flags, async (registry, run) => {
    let drawn = 0
    let last = ''
    for (;;) {
      const status = await runStatus(registry.runs, run.id)
      const text = statusText(status) + transformationTable(status)
      if (flags.json === true) process.stdout.write(`${JSON.stringify(statusDocument(status))}\n`)
      else if (text !== last) {
        if (process.stdout.isTTY && drawn > 0) process.stdout.write(`\u001b[${drawn}A\u001b[J`)
        process.stdout.write(process.stdout.isTTY ? text : statusText(status))
        drawn = text.split('\n').length - 1
        last = text
      }
      if (status.engine === null) return status.failed > 0 ? EXIT.failed : EXIT.done
      await wait(flags.every * 1000)
    }
  })
}

/** Flags of `run jobs`. */
export interface JobsFlags extends RunFlags {
  readonly state?: readonly string[]
  readonly transformation?: string
}

const STATES: ReadonlySet<string> = new Set<JobState>([
  'unready',
  'ready',
  'queued',
  'running',
  'succeeded',
  'failed',
  'held',
  'skipped',
  'cancelled',
])

function isState(name: string): name is JobState {
  return STATES.has(name)
}

/** `skyloom run jobs` */
export async function listJobs(name: string | undefined, flags: JobsFlags): Promise<number> {
  const states = flags.state?.filter(isState)
  if (states?.length !== flags.state?.length) {
    process.stderr.write(`error: states are ${[...STATES].join(', ')}\n`)
    return EXIT.wrongUse
  }
  return await withRun(name, flags, async (registry, run) => {
    const filter = { states, transformation: flags.transformation }
    for await (const job of registry.runs.jobs(run.id, filter)) {
      const { jobId, state, transformation, attemptCount, reason } = job
      if (flags.json === true) process.stdout.write(`${JSON.stringify(job)}\n`)
      else {
        const cells = [jobId, state, transformation, String(attemptCount), reason ?? '']
        process.stdout.write(`${cells.join('\t').trimEnd()}\n`)
      }
    }
    return EXIT.done
  })
}

/** `skyloom run logs` */
export async function printLogs(
  job: string,
  name: string | undefined,
  flags: RunFlags & { readonly attempt?: number },
): Promise<number> {
  return await withRun(name, flags, async (registry, run) => {
    await registry.runs.job(run.id, job)
    let chosen: Stored<AttemptRow> | undefined
    for await (const attempt of registry.runs.attempts(run.id, job)) {
      if (flags.attempt === undefined || attempt.attempt === flags.attempt) chosen = attempt
    }
    if (chosen === undefined) {
      throw new RunnerError('RUNNER_NOT_FOUND', 'there is no such attempt that has ended', {
        where: [`job ${job}`],
        remedy: 'skyloom run jobs shows how often each job was tried',
      })
    }
    const { attempt, state, stdout, stderr, stdoutFile, stderrFile } = chosen
    const texts = {
      stdout: textOf(run.directory, stdoutFile, stdout),
      stderr: textOf(run.directory, stderrFile, stderr),
    }
    if (flags.json === true) printJson({ job, attempt, state, ...texts })
    else {
      process.stdout.write(texts.stdout)
      process.stderr.write(texts.stderr)
    }
    return EXIT.done
  })
}

/** The whole file if it is there, else what the registry keeps of it. */
function textOf(directory: string, file: string | null, kept: string | null): string {
  if (file === null) return kept ?? ''
  const path = file.startsWith('/') ? file : join(directory, file)
  return existsSync(path) ? readFileSync(path, 'utf8') : (kept ?? '')
}
