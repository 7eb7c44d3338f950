import { once } from 'node:events'
import { StringDecoder } from 'node:string_decoder'
import { setTimeout as wait } from 'node:timers/promises'
import {
  JOB_STATES,
  type JobRow,
  type JobState,
  type Registry,
  type RunRow,
  type Stored,
} from '@skyloom/registry'
import {
  engineOf,
  type FamilyRun,
  findJob,
  findRun,
  freshRun,
  interruptedHint,
  isInterrupted,
  jobLogs,
  jobPath,
  jobPlaces,
  type LogPiece,
  planOfRun,
  type RunningJob,
  type RunStatusReport,
  runFamily,
  runningJobs,
  runStatus,
  statusDocument,
  statusText,
} from '@skyloom/runner'
import { EXIT } from '../terminal/exit-code.ts'
import { formatDuration } from '../terminal/format.ts'
import { interruptSignal } from '../terminal/interrupt.ts'
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
    const run = await findRun(registry.runs, name)
    return await work(registry, await freshRun(registry.runs, run, noteOf))
  } finally {
    await registry.close()
  }
}

function noteOf(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** `skyloom run list` */
export async function runList(flags: RunFlags & { readonly limit: number }): Promise<number> {
  const registry = await registryOf(flags)
  try {
    const runs: RunRow[] = []
    for (const run of await registry.runs.list({ limit: flags.limit }))
      runs.push(await freshRun(registry.runs, run, noteOf))
    const shown = runs.map((run) => ({ ...run, engine: engineOf(run) }))
    if (flags.json === true) printJson(shown)
    else {
      const rows = shown.map((run) => [
        run.id,
        run.label,
        isInterrupted(run) ? 'interrupted' : run.state,
        when(run.startedMs),
        lasted(run),
        run.directory,
      ])
      process.stdout.write(textTable(['RUN', 'WORKFLOW', 'STATE', 'STARTED', 'TIME', 'DIRECTORY'], rows))
      if (shown.some(isInterrupted)) process.stderr.write(`${interruptedHint('RUN')}\n`)
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
  /** Running jobs that are shown with their last lines. */
  readonly lines: number
}

/** `skyloom run watch` */
export async function watchRun(name: string | undefined, flags: WatchFlags): Promise<number> {
  return await withRun(name, flags, async (registry, run) => {
    const plan = flags.lines === 0 ? undefined : planOfRun(run)
    let drawn = 0
    let last = ''
    try {
      for (;;) {
        await freshRun(registry.runs, run, noteOf)
        const status = await runStatus(registry.runs, run.id)
        const running = await runningJobs(registry.runs, run, plan, flags.lines)
        const text = statusText(status) + transformationTable(status) + runningLines(running)
        if (flags.json === true)
          process.stdout.write(`${JSON.stringify({ ...statusDocument(status), running })}\n`)
        else if (text !== last) {
          if (process.stdout.isTTY && drawn > 0) process.stdout.write(`\u001b[${drawn}A\u001b[J`)
          process.stdout.write(process.stdout.isTTY ? fitted(text) : statusText(status))
          drawn = text.split('\n').length - 1
          last = text
        }
        if (status.engine === null) return status.failed > 0 ? EXIT.failed : EXIT.done
        await wait(flags.every * 1000)
      }
    } finally {
      plan?.close()
    }
  })
}

/** Jobs that run, with the last line that each wrote. */
function runningLines(running: readonly RunningJob[]): string {
  if (running.length === 0) return ''
  return `\n${running.map(({ job, lastLine }) => `${job}  ${lastLine ?? ''}`.trimEnd()).join('\n')}\n`
}

/** Lines cut at the edge of the terminal, so that each takes one row. */
function fitted(text: string): string {
  const columns = process.stdout.columns
  return text
    .split('\n')
    .map((line) => line.slice(0, columns - 1))
    .join('\n')
}

/** Flags of `run jobs`. */
export interface JobsFlags extends RunFlags {
  readonly state?: readonly string[]
  readonly transformation?: string
}

const STATES: ReadonlySet<string> = new Set(JOB_STATES)

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
    for (const member of await runFamily(registry.runs, run)) {
      const places = jobPlaces(member.run.directory)
      for await (const job of registry.runs.jobs(member.run.id, filter)) {
        const isWaiting = job.state === 'running' || job.state === 'queued'
        printJob(member, job, isWaiting ? places.get(job.jobId) : undefined, flags)
      }
    }
    return EXIT.done
  })
}

function printJob(
  { path, run }: FamilyRun,
  job: Stored<JobRow>,
  place: string | undefined,
  flags: JobsFlags,
): void {
  const { state, transformation, attemptCount, reason } = job
  const jobId = jobPath(path, job.jobId)
  if (flags.json === true) {
    const more = { ...(path === '' ? {} : { run: run.id }), ...(place === undefined ? {} : { place }) }
    process.stdout.write(`${JSON.stringify({ ...job, jobId, ...more })}\n`)
    return
  }
  const cells = [jobId, state, transformation, String(attemptCount), place ?? reason ?? '']
  process.stdout.write(`${cells.join('\t').trimEnd()}\n`)
}

/** Flags of `run logs`. */
export interface LogFlags extends RunFlags {
  readonly attempt?: number
  readonly follow?: boolean
  readonly tail?: number
}

/** Bytes of each stream that the JSON document holds. */
const JSON_BYTES = 16 * 1024 * 1024

/** `skyloom run logs` */
export async function printLogs(job: string, name: string | undefined, flags: LogFlags): Promise<number> {
  const interrupt = interruptSignal(process, { write: () => undefined })
  try {
    return await withRun(name, flags, async (registry, outer) => {
      const options = { ...flags, lastLines: flags.tail, signal: interrupt.signal }
      const found = await findJob(registry.runs, outer, job)
      const pieces = jobLogs(registry.runs, found.run, found.job, options)
      if (flags.json === true && flags.follow === true) await printPieces(pieces)
      else if (flags.json === true) printJson(await logDocument(found.job, pieces))
      else
        for await (const { stream, bytes } of pieces)
          await written(stream === 'stdout' ? process.stdout : process.stderr, bytes)
      return interrupt.signal.aborted ? EXIT.interrupted : EXIT.done
    })
  } finally {
    interrupt.release()
  }
}

/** Waits for a reader that is slower than the files. */
async function written(output: NodeJS.WriteStream, bytes: Uint8Array): Promise<void> {
  if (!output.write(bytes)) await once(output, 'drain')
}

async function printPieces(pieces: AsyncIterable<LogPiece>): Promise<void> {
  const decoders = new Map<string, StringDecoder>()
  for await (const { attempt, task, stream, bytes } of pieces) {
    const key = `${attempt} ${task} ${stream}`
    const decoder = decoders.get(key) ?? new StringDecoder('utf8')
    decoders.set(key, decoder)
    const text = decoder.write(Buffer.from(bytes))
    process.stdout.write(`${JSON.stringify({ attempt, task, stream, text })}\n`)
  }
}

async function logDocument(job: string, pieces: AsyncIterable<LogPiece>): Promise<object> {
  const parts = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] }
  const sizes = { stdout: 0, stderr: 0 }
  let attempt = 0
  for await (const piece of pieces) {
    attempt = piece.attempt
    const left = JSON_BYTES - sizes[piece.stream]
    parts[piece.stream].push(piece.bytes.subarray(0, left))
    sizes[piece.stream] += Math.min(left, piece.bytes.length)
  }
  const textOf = (stream: keyof typeof parts): string => Buffer.concat(parts[stream]).toString('utf8')
  return { job, attempt: attempt === 0 ? null : attempt, stdout: textOf('stdout'), stderr: textOf('stderr') }
}
