import type { Extent } from '../memory/extent.ts'
import type { CallFiles, WrittenFile } from '../memory/thread-files.ts'

/** A function that runs in a worker: a module and the name of one of its exports. */
export interface FunctionReference {
  /** URL of the module. */
  readonly module: string
  readonly name: string
  /** It reads and writes files with what `@skyloom/base/node` exports, so that it finds those in memory. Default: it does not. */
  readonly usesMounts?: boolean | undefined
}

/** What a transformation that runs in a worker gets. It must not use the working directory of the process: workers share it. */
export interface TransformationCall {
  readonly transformation: string
  readonly arguments: readonly string[]
  /** Folder with the inputs under their logical names; outputs are written there under theirs. */
  readonly workDirectory: string
  readonly environment: ReadonlyMap<string, string>
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Memory that it should not exceed by much, bytes; absent where nobody set a limit. */
  readonly memoryBytes?: number | undefined
  /** Appends to the standard output of the job. */
  print(text: string): void
}

/** A transformation as a function. A number it gives is its exit code; what it throws is its failure. */
export type Transformation = (call: TransformationCall) => unknown

/** A call as it is sent to a worker. */
export interface WorkerCall {
  readonly id: number
  readonly reference: FunctionReference
  readonly transformation: string
  readonly arguments: readonly string[]
  readonly workDirectory: string
  readonly environment: readonly (readonly [string, string])[]
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly memoryBytes?: number | undefined
  /** Resident memory of the process from which on a worker frees at once what a call has left. */
  readonly tightBytes?: number | undefined
  /** Files that are not where their paths say. */
  readonly files?: CallFiles | undefined
  /** File for what it prints; made when it prints something. */
  readonly stdout: string
  /** Ends it when it prints more. */
  readonly maxOutputBytes: number
}

/** What a worker sends back. */
export interface WorkerAnswer {
  readonly id: number
  readonly startMs: number
  readonly durationMs: number
  /** Time of the worker's thread on a processor. */
  readonly cpuMs: number | undefined
  readonly exitCode: number
  /** It printed something. */
  readonly hasPrinted: boolean
  /** The message and the stack of what was thrown. */
  readonly error?: string | undefined
  /** Codes of what was thrown and of its causes. */
  readonly errorCodes?: readonly string[] | undefined
  /** Files that it wrote in memory. */
  readonly written?: readonly WrittenFile[] | undefined
}

/** A call that runs asks for space in shared memory. */
export interface SpaceRequest {
  readonly type: 'space'
  readonly request: number
  readonly call: number
  readonly bytes: number
  readonly wishedBytes: number
}

/** What it gets; nothing when there is none. */
export interface SpaceGrant {
  readonly request: number
  readonly extents: readonly Extent[] | undefined
}
