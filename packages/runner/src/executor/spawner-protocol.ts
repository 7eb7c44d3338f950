/** A program that the spawner starts. Programs are argument lists; no shell reads them. */
export interface ProgramRequest {
  /** Unique in the run; the same id again attaches to the program that runs, or gives its result. */
  readonly id: string
  /** Path of the program, then its arguments. */
  readonly argv: readonly string[]
  readonly cwd: string
  readonly environment: readonly (readonly [string, string])[]
  /** Files; no `stdin` means none. */
  readonly stdin?: string | undefined
  readonly stdout: string
  readonly stderr: string
  /** Whether files of output and error stay when nothing was written to them. */
  readonly keepEmpty: readonly [boolean, boolean]
  /** Ends the program when it and its children hold more, megabytes; 0 for no limit. */
  readonly memoryMb: number
  /** Ends the program when a file of output grows beyond this. */
  readonly maxOutputBytes: number
  /** File in which the program, when it runs another one that is none of its children, says whose usage counts in place of its own. */
  readonly pidFile?: string | undefined
}

/** Why the spawner ended a program. */
export type KillReason = 'timeout' | 'canceled' | 'memory' | 'output'

/** How a program ended. */
export interface ProgramResult {
  readonly id: string
  readonly pid?: number | undefined
  readonly startMs: number
  readonly endMs: number
  /** -1 for a program that could not be started or was ended by a signal. */
  readonly exitCode: number
  readonly signal?: string | undefined
  /** User and system time; kernel ticks of 10 ms. By a {@link ProgramRequest.pidFile} as seen at the last look. */
  readonly cpuMs?: number | undefined
  /** Largest resident set seen at a look every 50 ms; a program that ends before the first look has none. */
  readonly maxRssBytes?: number | undefined
  readonly readBytes?: number | undefined
  readonly writtenBytes?: number | undefined
  readonly killed?: KillReason | undefined
  /** What went wrong with the files of its output when it had ended. */
  readonly fileError?: string | undefined
  /** Why it could not be started. */
  readonly startError?: string | undefined
}

/** Runs programs: the spawner of an engine, or the process itself on a worker node. */
export interface ProgramRunner {
  /** Runs a program to its end, or waits for the end of the one with this id. */
  run(program: ProgramRequest): Promise<ProgramResult>
  kill(id: string, reason: KillReason): void
  /** True for programs that a former engine started. */
  knows(id: string): boolean
}

/** Messages to the spawner, one JSON document a line. `token` is that of the engine's lease: older ones are refused. */
export type SpawnerRequest =
  | { readonly op: 'hello'; readonly token: number }
  | { readonly op: 'run'; readonly token: number; readonly program: ProgramRequest }
  | { readonly op: 'kill'; readonly token: number; readonly id: string; readonly reason: KillReason }
  | { readonly op: 'settle'; readonly token: number; readonly ids: readonly string[] }
  | { readonly op: 'bye'; readonly token: number }

/** Messages from the spawner. */
export type SpawnerAnswer =
  /** Programs that run or whose results are not settled. */
  | { readonly event: 'welcome'; readonly pid: number; readonly known: readonly string[] }
  | { readonly event: 'stale'; readonly token: number }
  | { readonly event: 'ended'; readonly result: ProgramResult }

/** Exit code of a spawner that found the disk full. */
export const NO_ROOM_EXIT = 75

/** File in the spawner's directory that says where it listens. */
export const ADDRESS_FILE = 'address'
/** File of results, one JSON document a line. */
export const RESULTS_FILE = 'results.jsonl'
/** Name of the variable by which programs of a spawner that died are found. */
export const MARK_VARIABLE = 'SKYLOOM_SPAWNER'

/** Splits a stream into lines. */
export function lineSplitter(onLine: (line: string) => void): (chunk: string) => void {
  let rest = ''
  return (chunk) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') onLine(line)
  }
}
