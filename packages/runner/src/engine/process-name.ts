import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** Host, process id and start time: names a process for ever. */
export function processName(pid: number): string {
  return `${hostname()} ${pid} ${startTicks(pid) ?? '0'}`
}

/** True for the name of a process of this machine that has ended; of other machines nothing is known. */
export function isGone(name: string): boolean {
  const [host, pid, ticks] = name.split(' ')
  return host === hostname() && ticks !== '0' && startTicks(Number(pid)) !== ticks
}

/** When a process started, in ticks since boot; `undefined` when there is none, or it is a zombie. */
function startTicks(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const words = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return words[0] === 'Z' ? undefined : words[19]
  } catch {
    return undefined
  }
}
