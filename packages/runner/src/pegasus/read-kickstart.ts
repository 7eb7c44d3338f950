import { parse } from 'yaml'
import * as z from 'zod'
import { RunnerError } from '../errors.ts'

const number = z.number()
const usage = z.object({ utime: number, stime: number, maxrss: number.optional() })
const status = z.object({
  raw: number.optional(),
  regular_exitcode: number.optional(),
  signalled: z.union([number, z.object({ signal: number })]).optional(),
  error: z.unknown().optional(),
})
const job = z.object({
  start: z.string(),
  duration: number,
  usage: usage.optional(),
  status,
  executable: z.object({ file_name: z.string().optional(), sha256: z.coerce.string().optional() }).optional(),
  argument_vector: z.array(z.coerce.string()).nullish(),
})
const fileEntry = z.object({
  lfn: z.string().optional(),
  file_name: z.string().optional(),
  size: number.optional(),
  output: z.unknown().optional(),
  sha256: z.coerce.string().optional(),
  checksum_timing: number.optional(),
  data: z.coerce.string().optional(),
})

const record = z.object({
  invocation: z.unknown(),
  version: z.coerce.string(),
  start: z.string(),
  duration: number,
  transformation: z.coerce.string().optional(),
  derivation: z.coerce.string().optional(),
  resource: z.coerce.string().optional(),
  hostaddr: z.coerce.string().optional(),
  hostname: z.coerce.string().optional(),
  pid: number.optional(),
  user: z.coerce.string().optional(),
  cwd: z.string().optional(),
  mainjob: job,
  machine: z.record(z.string(), z.unknown()).optional(),
  files: z.record(z.string(), fileEntry).optional(),
})

/** A file of a kickstart record. */
export interface KickstartFile {
  readonly name: string
  readonly lfn: string | undefined
  readonly path: string | undefined
  readonly sizeBytes: number | undefined
  readonly isOutput: boolean
  readonly sha256: string | undefined
  /** Time of the checksum, seconds. */
  readonly checksumSeconds: number | undefined
  /** Captured text of a standard stream. */
  readonly data: string | undefined
}

/** What a kickstart record of Pegasus says of the program that it ran. */
export interface KickstartRecord {
  readonly transformation: string | undefined
  /** Id of the task; absent for auxiliary jobs. */
  readonly taskId: string | undefined
  readonly site: string | undefined
  readonly host: string | undefined
  readonly ip: string | undefined
  readonly user: string | undefined
  readonly pid: number | undefined
  readonly workDirectory: string | undefined
  /** `linux-4.18-x86_64`. */
  readonly platform: string | undefined
  readonly startMs: number
  readonly durationMs: number
  readonly cpuMs: number | undefined
  readonly maxRssBytes: number | undefined
  /** Negative for a signal or a program that could not be started. */
  readonly exitCode: number
  readonly executable: string
  /** SHA-256 of the program; records of scripts of DAG nodes have it. */
  readonly programSha256: string | undefined
  readonly arguments: readonly string[]
  readonly files: readonly KickstartFile[]
}

/** Longest text that is read, characters. */
const MAX_CHARS = 64 * 1024 * 1024

/**
 * The invocation records in the output of a job, in order; none when it holds none. Lines around the records (summaries of
 * clusters, monitoring messages) are left out.
 *
 * @throws {RunnerError} `RUNNER_BAD_RECORD` with place and reason
 */
export function readKickstart(text: string, path: string): readonly KickstartRecord[] {
  if (text.length > MAX_CHARS) {
    throw new RunnerError('RUNNER_BAD_RECORD', 'the record is too long', {
      where: [path],
      found: `${text.length} characters`,
      allowed: String(MAX_CHARS),
    })
  }
  // PegasusLite adds further parts, such as attempts to verify inputs.
  const parts = text.split(/^-{3,}pegasus-multipart\s*$/m)
  return parts.flatMap((part) => readPart(part, path))
}

function readPart(text: string, path: string): readonly KickstartRecord[] {
  const start = /^- invocation:/m.exec(text)?.index
  if (start === undefined) return []
  const yaml = text
    .slice(start)
    .split('\n')
    .filter((line) => !/^(?:\[cluster-|@@@)/.test(line))
    .join('\n')
  let value: unknown
  try {
    value = parse(yaml, { maxAliasCount: 0 })
  } catch (cause) {
    throw bad(path, cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? '') : String(cause), cause)
  }
  const result = z.array(record).safeParse(value)
  if (!result.success) throw bad(path, z.prettifyError(result.error))
  return result.data.map(asRecord)
}

function bad(path: string, found: string, cause?: unknown): RunnerError {
  return new RunnerError('RUNNER_BAD_RECORD', 'the invocation record cannot be read', {
    where: [path],
    found,
    allowed: 'the YAML form of pegasus-kickstart since Pegasus 5.0',
    cause,
  })
}

function asRecord(raw: z.infer<typeof record>): KickstartRecord {
  const { mainjob, machine = {}, files = {} } = raw
  const { usage: used } = mainjob
  const platform = ['uname_system', 'uname_release', 'uname_machine']
    .map((key) => machine[key])
    .filter((part) => typeof part === 'string')
    .join('-')
  return {
    transformation: raw.transformation,
    taskId: raw.derivation === 'null' ? undefined : raw.derivation,
    site: raw.resource,
    host: raw.hostname,
    ip: raw.hostaddr,
    user: raw.user,
    pid: raw.pid,
    workDirectory: raw.cwd,
    platform: platform === '' ? undefined : platform,
    startMs: Date.parse(mainjob.start),
    durationMs: mainjob.duration * 1000,
    cpuMs: used === undefined ? undefined : (used.utime + used.stime) * 1000,
    maxRssBytes: used?.maxrss === undefined ? undefined : used.maxrss * 1024,
    exitCode: exitCodeOf(mainjob.status),
    executable: mainjob.executable?.file_name ?? '',
    programSha256: mainjob.executable?.sha256,
    arguments: mainjob.argument_vector ?? [],
    files: Object.entries(files).map(([name, file]) => ({
      name,
      lfn: file.lfn,
      path: file.file_name,
      sizeBytes: file.size,
      isOutput: file.output !== undefined,
      sha256: file.sha256,
      checksumSeconds: file.checksum_timing,
      data: file.data,
    })),
  }
}

function exitCodeOf({ regular_exitcode: regular, signalled }: z.infer<typeof status>): number {
  if (regular !== undefined) return regular
  if (signalled === undefined) return -1
  return -(typeof signalled === 'number' ? signalled : signalled.signal)
}
