import { stringify } from 'yaml'
import type { Invocation } from '../invocation/invocation.ts'

/** What a kickstart record says besides the invocation. */
export interface KickstartContext {
  readonly workflow: string
  /** When the workflow was planned, ISO 8601. */
  readonly stamp: string
  readonly user: string
}

/** An invocation record in the YAML form of pegasus-kickstart 3.0, so that tools for Pegasus runs can read it. */
export function writeKickstart(invocation: Invocation, context: KickstartContext): string {
  const { inputs, outputs, exitCode, signal } = invocation
  const cpuSeconds = (invocation.cpuMs ?? 0) / 1000
  const start = new Date(invocation.startMs).toISOString()
  const duration = Number((invocation.durationMs / 1000).toFixed(3))
  const [system = '', release = '', machine = ''] = invocation.platform.split(' ')
  const usage = {
    utime: cpuSeconds,
    stime: 0,
    ...(invocation.maxRssBytes === undefined ? {} : { maxrss: Math.round(invocation.maxRssBytes / 1024) }),
  }
  const fileOf = (
    lfn: string,
    path: string,
    sizeBytes: number,
    sha256: string,
    isOutput: boolean,
  ): object => ({
    lfn,
    file_name: path,
    size: sizeBytes,
    ...(isOutput ? { output: true } : {}),
    sha256,
  })
  const files = {
    ...Object.fromEntries(
      inputs.map(({ lfn, path, sizeBytes, sha256 }) => [lfn, fileOf(lfn, path, sizeBytes, sha256, false)]),
    ),
    ...Object.fromEntries(
      outputs.map(({ lfn, path, sizeBytes, sha256 }) => [lfn, fileOf(lfn, path, sizeBytes, sha256, true)]),
    ),
    stdout: streamOf(invocation.stdout),
    stderr: streamOf(invocation.stderr),
  }
  const record = {
    invocation: true,
    version: '3.0',
    start,
    duration,
    transformation: invocation.transformation,
    derivation: invocation.taskId ?? 'null',
    resource: invocation.site,
    'wf-label': context.workflow,
    'wf-stamp': context.stamp,
    hostname: invocation.host,
    ...(invocation.pid === undefined ? {} : { pid: invocation.pid }),
    user: context.user,
    mainjob: {
      start,
      duration,
      ...(invocation.pid === undefined ? {} : { pid: invocation.pid }),
      usage,
      status: statusOf(exitCode, signal),
      executable: { file_name: invocation.executable },
      argument_vector: invocation.arguments,
    },
    cwd: invocation.workDirectory,
    machine: {
      uname_system: system.toLowerCase(),
      uname_nodename: invocation.host,
      uname_release: release,
      uname_machine: machine,
    },
    files,
    environment: Object.fromEntries(invocation.environment),
  }
  return stringify([record], { lineWidth: 0, defaultStringType: 'PLAIN', version: '1.1' })
}

function streamOf(data: string): object {
  return { size: Buffer.byteLength(data), data_truncated: data.includes(' bytes left out ...]'), data }
}

function statusOf(exitCode: number, signal: string | undefined): object {
  if (exitCode >= 0) return { raw: exitCode * 256, regular_exitcode: exitCode }
  const number = signal === undefined ? -exitCode : (SIGNALS[signal] ?? 1)
  return { raw: number, signalled: number, corefile: false }
}

/** Numbers of signals that end programs, on Linux. */
const SIGNALS: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGXCPU: 24,
  SIGXFSZ: 25,
}
