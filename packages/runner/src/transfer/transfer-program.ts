import { type ChildProcess, spawn } from 'node:child_process'
import { RunnerError } from '../errors.ts'
import { publicUrl } from '../files/file-url.ts'

/** Text of a program that is kept, from its end. */
const KEPT_CHARS = 4000
/** Output of a program that is answered to the caller; what follows is dropped. */
const ANSWER_CHARS = 1 << 20
/** A program that does not end on SIGTERM is killed after so long. */
const GRACE_MS = 3000

/** How a program that moves a file is started. */
export interface TransferProgram {
  /** Program and arguments; no shell reads them. */
  readonly argv: readonly string[]
  /** Text for its standard input. */
  readonly input?: string | undefined
  /** Variables beside those of this process. */
  readonly environment?: Readonly<Record<string, string>> | undefined
  /** The file that it moves, for messages. */
  readonly url: string
  readonly signal: AbortSignal
}

/** A program that moves files failed. */
export class ProgramFault extends Error {
  readonly exitCode: number | undefined
  readonly stderr: string

  constructor(message: string, exitCode: number | undefined, stderr: string) {
    super(message)
    this.exitCode = exitCode
    this.stderr = stderr
  }
}

/**
 * Runs a program to its end. It and its children are ended when the signal is given.
 *
 * @returns what it wrote to its standard output
 * @throws {ProgramFault} when it fails or cannot be started
 */
export async function runTransferProgram({
  argv,
  input,
  environment,
  signal,
}: TransferProgram): Promise<string> {
  signal.throwIfAborted()
  const [program = '', ...args] = argv
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, ...environment },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (stdout.length < ANSWER_CHARS) stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-KEPT_CHARS)
  })
  child.stdin.on('error', () => undefined)
  child.stdin.end(input ?? '')
  const stop = (): void => endGroup(child)
  signal.addEventListener('abort', stop, { once: true })
  try {
    const [code, by] = await ended(child)
    signal.throwIfAborted()
    if (code === 0) return stdout
    const words = lastWords(stderr)
    const how = by === null ? `ended with exit code ${code ?? ''}` : `was ended by ${by}`
    throw new ProgramFault(`${program} ${how}${words === '' ? '' : `: ${words}`}`, code ?? undefined, stderr)
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** The error of a transfer by a program. */
export function programError(url: string, cause: unknown, remedy?: string): RunnerError {
  return new RunnerError('RUNNER_TRANSFER_FAILED', 'the file could not be moved', {
    where: [publicUrl(url)],
    found: cause instanceof Error ? cause.message : String(cause),
    ...(remedy === undefined ? {} : { remedy }),
    cause,
  })
}

/** Waits for the end of the program itself: a master connection that it leaves behind may keep its streams open. */
async function ended(child: ChildProcess): Promise<readonly [number | null, NodeJS.Signals | null]> {
  return await new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(new ProgramFault(cause.message, undefined, '')))
    child.once('exit', (code, by) => {
      const end = (): void => {
        clearTimeout(timer)
        child.stdout?.destroy()
        child.stderr?.destroy()
        resolve([code, by])
      }
      const timer = setTimeout(end, 500)
      child.once('close', end)
    })
  })
}

function endGroup(child: ChildProcess): void {
  const send = (name: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name)
    } catch {
      // It has ended already.
    }
  }
  send('SIGTERM')
  setTimeout(() => {
    if (child.exitCode === null && child.signalCode === null) send('SIGKILL')
  }, GRACE_MS).unref()
}

function lastWords(text: string): string {
  return text
    .trim()
    .split(/[\r\n]+/)
    .slice(-3)
    .join(' ')
    .slice(-300)
}
