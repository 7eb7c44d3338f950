import { execFile } from 'node:child_process'
import { RunnerError } from '../errors.ts'
import type { BatchSubmission, QueuedBatch, RefusedSubmission } from './batch-system.ts'

/** What a program of a scheduler said. */
export interface ProgramAnswer {
  /** -1 when it could not be started or was ended. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  readonly isMissing: boolean
}

/** A scheduler that does not answer in so long is out of order. */
const TIME_LIMIT_MS = 60_000

/** So long for a question that has a short answer. */
const QUICK_MS = 20_000

/** Calls a program of a scheduler by its argument list; never throws. */
export async function schedulerProgram(
  program: string,
  words: readonly string[],
  options: {
    readonly cwd?: string | undefined
    readonly input?: string | undefined
    readonly timeMs?: number | undefined
  } = {},
): Promise<ProgramAnswer> {
  return await new Promise((resolve) => {
    const timeMs = options.timeMs ?? TIME_LIMIT_MS
    const limits = { timeout: timeMs, maxBuffer: 256 * 1024 * 1024 }
    const child = execFile(program, words, { ...limits, cwd: options.cwd }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      const isMissing = (error as NodeJS.ErrnoException | null)?.code === 'ENOENT'
      const isLate = error?.killed === true
      const silence = isLate ? `no answer within ${timeMs / 1000} s` : error?.message
      const said = error !== null && stderr === '' ? (silence ?? '') : stderr
      resolve({ code, stdout, stderr: said, isMissing })
    })
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(options.input ?? '')
  })
}

/** What a program of a scheduler complained about, in one line. */
export function schedulerLine({ stdout, stderr }: ProgramAnswer): string {
  const text = stderr.trim() === '' ? stdout : stderr
  return text
    .trim()
    .replaceAll(/\s*\n\s*/g, '; ')
    .slice(0, 500)
}

/** The error of a scheduler that does not answer. */
export function silentScheduler(program: string, answer: ProgramAnswer): RunnerError {
  return new RunnerError('RUNNER_SCHEDULER', `${program} does not answer`, { found: schedulerLine(answer) })
}

/**
 * Makes sure that a program of a scheduler is there and answers.
 *
 * @throws {RunnerError} `RUNNER_SCHEDULER`
 */
export async function requireScheduler(
  { name, host }: { readonly name: string; readonly host: string },
  program: string,
  words: readonly string[],
): Promise<void> {
  const answer = await schedulerProgram(program, words, { timeMs: QUICK_MS })
  if (answer.code === 0) return
  if (!answer.isMissing) throw silentScheduler(program, answer)
  throw new RunnerError('RUNNER_SCHEDULER', `${name} is not installed here`, {
    found: `no program ${program} on the search path`,
    remedy: `start the run on ${host}, or run it here with --site local`,
  })
}

/**
 * What a scheduler said to a submission: the id that the pattern finds, or why it was not taken. It is an outage when the scheduler
 * says so, and when it does not answer a question either.
 *
 * @param question asked when it is not clear
 */
export async function submissionAnswer(
  program: string,
  answer: ProgramAnswer,
  patterns: { readonly id: RegExp; readonly outage: RegExp; readonly full?: RegExp },
  question: readonly [program: string, ...words: string[]],
): Promise<string | RefusedSubmission> {
  const id = patterns.id.exec(answer.stdout)?.[1]
  if (answer.code === 0 && id !== undefined) return id
  const [asked, ...words] = question
  const isOutage =
    answer.code < 0 ||
    patterns.outage.test(answer.stderr) ||
    (await schedulerProgram(asked, words, { timeMs: QUICK_MS })).code !== 0
  const isFull = patterns.full?.test(answer.stderr) === true
  const line = schedulerLine(answer).replaceAll(`${program}: `, '')
  return { isOutage, isFull, text: `${program}: ${line}`, kind: 'start' }
}

/** Elements by the names that their scheduler knows; all of them under one. */
export function elementNames(
  { id, elements: count }: QueuedBatch,
  separator: string,
  elements?: readonly number[],
): readonly string[] {
  const isAll = elements === undefined || elements.length === count
  return isAll ? [id] : elements.map((element) => `${id}${separator}${element}`)
}

/** Names on one command line. */
const MOST_NAMES = 1000

/**
 * Takes what is named out of the queue.
 *
 * @param gone what the program says of what is not there any more
 * @throws {RunnerError} `RUNNER_SCHEDULER`
 */
export async function cancelElements(program: string, names: readonly string[], gone: RegExp): Promise<void> {
  for (let at = 0; at < names.length; at += MOST_NAMES) {
    const answer = await schedulerProgram(program, names.slice(at, at + MOST_NAMES))
    if (answer.code !== 0 && !gone.test(answer.stderr + answer.stdout)) throw silentScheduler(program, answer)
  }
}

/** Room beside the program, for the process that records it. */
const OVERHEAD_MB = 100
/** Memory of a job that does not say, for each core. */
const DEFAULT_MB = 1000

/** Memory that an element asks for, megabytes. */
export function elementMemoryMb({ memoryMb, cores }: Pick<BatchSubmission, 'memoryMb' | 'cores'>): number {
  return memoryMb > 0 ? memoryMb + OVERHEAD_MB : DEFAULT_MB * cores
}
