import { constants } from 'node:os'
import type { Invocation, InvocationFile } from '../invocation/invocation.ts'
import type { KickstartHost } from './kickstart-host.ts'
import { yamlText } from './yaml-text.ts'

/** What a kickstart record says besides the invocation. */
export interface KickstartContext {
  readonly workflow: string
  /** When the workflow was planned, milliseconds since 1970. */
  readonly plannedMs: number
  readonly host: KickstartHost
}

/**
 * An invocation record in the YAML form of pegasus-kickstart 3.0, so that tools for Pegasus runs can read it. What was not
 * measured is left out. `utime` holds user and system time together, which the engine does not tell apart.
 */
export function writeKickstart(invocation: Invocation, context: KickstartContext): string {
  const { host } = context
  const start = isoTime(invocation.startMs)
  const duration = seconds(invocation.durationMs)
  const lines = [
    '- invocation: True',
    '  version: 3.0',
    `  start: ${start}`,
    `  duration: ${duration}`,
    `  transformation: ${yamlText(invocation.transformation)}`,
    `  derivation: ${yamlText(invocation.taskId ?? 'null')}`,
    `  resource: ${yamlText(invocation.site)}`,
    `  wf-label: ${yamlText(context.workflow)}`,
    `  wf-stamp: ${yamlText(isoTime(context.plannedMs))}`,
    ...(host.interface === undefined ? [] : [`  interface: ${yamlText(host.interface)}`]),
    ...(host.hostaddr === undefined ? [] : [`  hostaddr: ${yamlText(host.hostaddr)}`]),
    `  hostname: ${yamlText(invocation.host)}`,
    ...(invocation.pid === undefined ? [] : [`  pid: ${invocation.pid}`]),
    `  uid: ${host.uid}`,
    `  user: ${yamlText(host.user)}`,
    `  gid: ${host.gid}`,
    ...(host.umask === undefined ? [] : [`  umask: 0o${host.umask}`]),
    '  mainjob:',
    `    start: ${start}`,
    `    duration: ${duration}`,
    ...(invocation.pid === undefined ? [] : [`    pid: ${invocation.pid}`]),
    ...usageLines(invocation),
    '    status:',
    ...statusLines(invocation),
    '    executable:',
    `      file_name: ${yamlText(invocation.executable)}`,
    '    argument_vector:',
    ...invocation.arguments.map((word) => `      - ${yamlText(word)}`),
    `  cwd: ${yamlText(invocation.workDirectory)}`,
    ...machineLines(context.host),
    '  files:',
    ...invocation.inputs.flatMap((file) => fileLines(file, false)),
    ...invocation.outputs.flatMap((file) => fileLines(file, true)),
    ...streamLines('stdout', invocation.stdout),
    ...streamLines('stderr', invocation.stderr),
    ...(invocation.environment.length === 0 ? [] : ['  environment:']),
    ...invocation.environment.map(([name, value]) => `    ${yamlText(name)}: ${yamlText(value)}`),
  ]
  return `${lines.join('\n')}\n`
}

function usageLines({ cpuMs, maxRssBytes }: Invocation): readonly string[] {
  if (cpuMs === undefined && maxRssBytes === undefined) return []
  return [
    '    usage:',
    `      utime: ${seconds(cpuMs ?? 0)}`,
    '      stime: 0.000',
    ...(maxRssBytes === undefined ? [] : [`      maxrss: ${Math.round(maxRssBytes / 1024)}`]),
  ]
}

/** A wait status as the kernel gives it, and what it means. */
function statusLines({ exitCode, signal, stderr }: Invocation): readonly string[] {
  if (signal !== undefined) {
    const number = signalNumber(signal)
    return [`      raw: ${number}`, `      signalled: ${number}`]
  }
  if (exitCode >= 0) return [`      raw: ${exitCode * 256}`, `      regular_exitcode: ${exitCode}`]
  return ['      raw: -1', `      error: ${yamlText(stderr.split('\n', 1)[0] ?? '')}`]
}

function signalNumber(name: string): number {
  const numbers: Readonly<Partial<Record<string, number>>> = constants.signals
  return numbers[name] ?? 0
}

function machineLines(host: KickstartHost): readonly string[] {
  const [load1 = 0, load5 = 0, load15 = 0] = host.load
  return [
    '  machine:',
    `    uname_system: ${yamlText(host.system)}`,
    `    uname_nodename: ${yamlText(host.hostname)}`,
    `    uname_release: ${yamlText(host.release)}`,
    `    uname_machine: ${yamlText(host.machine)}`,
    `    ram_total: ${Math.round(host.ramTotalBytes / 1024)}`,
    `    cpu_count: ${host.cpuCount}`,
    `    cpu_speed: ${host.cpuSpeedMhz}`,
    `    cpu_model: ${yamlText(host.cpuModel)}`,
    `    load_min1: ${load1.toFixed(2)}`,
    `    load_min5: ${load5.toFixed(2)}`,
    `    load_min15: ${load15.toFixed(2)}`,
  ]
}

function fileLines({ lfn, path, sizeBytes, sha256 }: InvocationFile, isOutput: boolean): readonly string[] {
  return [
    `    ${yamlText(lfn)}:`,
    `      lfn: ${yamlText(lfn)}`,
    `      file_name: ${yamlText(path)}`,
    `      size: ${sizeBytes}`,
    ...(isOutput ? ['      output: True'] : []),
    // Hexadecimal digits alone may read as a number.
    `      sha256: ${yamlText(sha256)}`,
  ]
}

function streamLines(name: string, data: string): readonly string[] {
  return [
    `    ${name}:`,
    `      size: ${Buffer.byteLength(data)}`,
    ...(data === ''
      ? []
      : [
          `      data_truncated: ${String(data.includes(' bytes left out ...]'))}`,
          `      data: ${yamlText(data)}`,
        ]),
  ]
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}

/** With an offset instead of the letter Z, as kickstart writes it. */
function isoTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -1)}+00:00`
}
