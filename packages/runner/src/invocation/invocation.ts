/** A file as a program found or left it. */
export interface InvocationFile {
  readonly lfn: string
  readonly path: string
  readonly sizeBytes: number
  readonly sha256: string
}

/** A container and its image, as a record names them. */
export interface InvocationContainer {
  readonly name: string
  readonly type: string
  /** URL of the catalog. */
  readonly image: string
  /** Of the image's file; of an image folder see `treeFingerprint`. */
  readonly sha256: string
  /** Program that ran it. */
  readonly tool: string
}

/** Record of one program or function that ran: who, what, where, from what, how long, how it ended. */
export interface Invocation {
  /** Position in its job, from 1. */
  readonly task: number
  /** Id in the abstract workflow. */
  readonly taskId: string | undefined
  readonly transformation: string
  /** Path of the program, or `module#name` of a function. */
  readonly executable: string
  readonly programVersion?: string | undefined
  /** SHA-256 of the program's file. */
  readonly programSha256: string | undefined
  readonly arguments: readonly string[]
  /** In which the program ran. */
  readonly container?: InvocationContainer | undefined
  readonly workDirectory: string
  /** What the plan sets, with secrets left out; see `recordedEnvironment`. */
  readonly environment: readonly (readonly [string, string])[]
  readonly site: string
  readonly host: string
  /** System, release and architecture. */
  readonly platform: string
  readonly pid: number | undefined
  readonly startMs: number
  readonly durationMs: number
  /** User and system time of the program and its children; `undefined` when nothing was measured. */
  readonly cpuMs: number | undefined
  /** Largest resident set that was seen. */
  readonly maxRssBytes: number | undefined
  readonly readBytes: number | undefined
  readonly writtenBytes: number | undefined
  /** -1 when it could not be started. */
  readonly exitCode: number
  readonly signal: string | undefined
  readonly inputs: readonly InvocationFile[]
  readonly outputs: readonly InvocationFile[]
  /** First and last part of the output, see `capText`. */
  readonly stdout: string
  readonly stderr: string
}

/** What the records of all work in the process of the engine say: of it alone nothing is measured but time. */
export const IN_PROCESS: Pick<
  Invocation,
  'environment' | 'pid' | 'cpuMs' | 'maxRssBytes' | 'readBytes' | 'writtenBytes' | 'signal'
> = {
  environment: [],
  pid: process.pid,
  cpuMs: undefined,
  maxRssBytes: undefined,
  readBytes: undefined,
  writtenBytes: undefined,
  signal: undefined,
}
