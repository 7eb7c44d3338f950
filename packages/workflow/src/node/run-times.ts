import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { lazily } from '@skyloom/base'
import { z } from 'zod'
import { WorkflowError } from '../errors.ts'
import { splitArguments } from '../executable/arguments.ts'
import { type Job, jobTitle } from '../model/job.ts'
import { profileValue } from '../model/profile.ts'
import { openWorkflow } from './open-workflow.ts'
import { isDirectory, type SourceReader } from './source-reader.ts'

/** Run times of transformations, seconds, from past runs; also of a transformation with its arguments, see `runTimeKey`. */
export type RunTimes = ReadonlyMap<string, RunTime>

/** Run times of one transformation. */
export interface RunTime {
  readonly count: number
  readonly meanSeconds: number
}

/** Largest output of a job that is searched for records. */
const MAX_BYTES = 256 * 1024 * 1024
/** Folders below a run directory that hold outputs of jobs, at most. */
const MAX_DEPTH = 6

/**
 * Run times from past runs: directories with invocation records (`*.out`, `*.out.000`) of Pegasus or of this program,
 * or workflows with the profile `runtime`, such as traces of WfCommons. Only tasks that succeeded count.
 */
export async function readRunTimes(reader: SourceReader, paths: readonly string[]): Promise<RunTimes> {
  const sums = new Map<string, { count: number; seconds: number }>()
  const add = (name: string, seconds: number): void => {
    const sum = sums.get(name) ?? { count: 0, seconds: 0 }
    sum.count++
    sum.seconds += seconds
    sums.set(name, sum)
  }
  for (const written of paths) {
    const path = reader.path(written)
    const before = sums.size
    if (isDirectory(path)) await readRecordFiles(path, add, 0)
    else await readTrace(reader, path, add)
    reader.sources.push({ role: 'past run', path })
    if (sums.size === before && before === 0) {
      reader.add('warning', 'NO_RUN_TIMES', `past run ${written}: no task with a run time was found`)
    }
  }
  return new Map(
    [...sums].map(([name, { count, seconds }]) => [name, { count, meanSeconds: seconds / count }] as const),
  )
}

type Add = (name: string, seconds: number) => void

async function readTrace(reader: SourceReader, path: string, add: Add): Promise<void> {
  const opened = await openWorkflow(path, { name: reader.shown(path) })
  if (!opened.ok) {
    reader.findings.push(...opened.problems)
    return
  }
  for (const job of opened.workflow.jobs) {
    const seconds = Number(profileValue(job.profiles, 'pegasus', 'runtime') ?? Number.NaN)
    if (seconds >= 0) add(jobTitle(job), seconds)
  }
}

async function readRecordFiles(folder: string, add: Add, depth: number): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true })
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && depth < MAX_DEPTH) await readRecordFiles(path, add, depth + 1)
    else if (entry.isFile() && /\.out(?:\.\d+)?$/.test(entry.name) && (await stat(path)).size <= MAX_BYTES) {
      await readRecords(createInterface({ input: createReadStream(path, 'utf8') }), add)
    }
  }
}

/** Reads invocation records, line by line: other text between them does not matter. */
export async function readRecords(lines: AsyncIterable<string> | Iterable<string>, add: Add): Promise<void> {
  let record: { name?: string; seconds?: number; exitCode?: number; isMain?: boolean } | undefined
  const finish = (): void => {
    const { name, seconds, exitCode } = record ?? {}
    if (name !== undefined && seconds !== undefined && exitCode === 0 && !name.startsWith('pegasus::'))
      add(name, seconds)
    record = undefined
  }
  for await (const line of lines) {
    if (/^- invocation: True\s*$/i.test(line)) {
      finish()
      record = {}
      continue
    }
    const match = record === undefined ? null : /^( +)([a-z_]+):\s*(.*?)\s*$/.exec(line)
    if (match === null || record === undefined) continue
    const [, indent = '', key, value = ''] = match
    if (indent.length === 2) record.isMain = key === 'mainjob'
    if (indent.length === 2 && key === 'transformation') record.name = value.replaceAll(/^"|"$/g, '')
    else if (record.isMain !== true) continue
    else if (indent.length === 4 && key === 'duration') record.seconds = Number(value)
    else if (indent.length === 6 && key === 'regular_exitcode') record.exitCode = Number(value)
  }
  finish()
}

/** Where run times have those of a transformation with certain arguments. */
export function runTimeKey(transformation: string, words: readonly string[]): string {
  return `${transformation} ${JSON.stringify(words)}`
}

/** Programs as a registry of runs knows them. */
export interface MeasuredProgram {
  readonly transformation: string
  readonly arguments: readonly string[]
  readonly count: number
  readonly meanSeconds: number
}

/** Run times of what was measured: of every transformation with its arguments, and of the transformation. */
export function runTimesOf(measured: readonly MeasuredProgram[]): RunTimes {
  const times = new Map<string, RunTime>()
  for (const { transformation, arguments: words, count, meanSeconds } of measured) {
    times.set(runTimeKey(transformation, words), { count, meanSeconds })
    const before = times.get(transformation) ?? { count: 0, meanSeconds: 0 }
    const all = before.count + count
    const seconds = before.count * before.meanSeconds + count * meanSeconds
    times.set(transformation, { count: all, meanSeconds: seconds / all })
  }
  return times
}

/**
 * Predicts run times: those of the same arguments, else those of the transformation, with its name space and version or
 * without.
 */
export function predictFrom(times: RunTimes): (job: Job) => number | undefined {
  return (job) => {
    const title = jobTitle(job)
    const known = times.get(runTimeKey(title, wordsOf(job))) ?? times.get(title)
    return (known ?? (job.type === 'job' ? times.get(job.name) : undefined))?.meanSeconds
  }
}

/** Arguments as the program gets them; a job whose quotes are not closed has no earlier runs. */
function wordsOf({ arguments: list }: Job): readonly string[] {
  try {
    return splitArguments(list)
  } catch (error) {
    if (error instanceof WorkflowError) return list
    throw error
  }
}

const runTimesSchema = lazily(() =>
  z.record(z.string(), z.object({ count: z.number(), meanSeconds: z.number() })),
)

/** Run times as JSON. */
export function runTimesToJson(times: RunTimes): string {
  return `${JSON.stringify(Object.fromEntries(times), undefined, 2)}\n`
}

/** Run times of the JSON that {@link runTimesToJson} wrote. */
export function runTimesFromJson(text: string): RunTimes {
  return new Map(Object.entries(runTimesSchema().parse(JSON.parse(text))))
}
