import { execFile } from 'node:child_process'
import { RunnerError } from '../errors.ts'

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

/** Calls a program of a scheduler by its argument list; never throws. */
export async function schedulerProgram(
  program: string,
  words: readonly string[],
  options: { readonly cwd?: string | undefined; readonly input?: string | undefined } = {},
): Promise<ProgramAnswer> {
  return await new Promise((resolve) => {
    const limits = { timeout: TIME_LIMIT_MS, maxBuffer: 256 * 1024 * 1024 }
    const child = execFile(program, words, { ...limits, cwd: options.cwd }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      const isMissing = (error as NodeJS.ErrnoException | null)?.code === 'ENOENT'
      const said = error !== null && stderr === '' ? error.message : stderr
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
