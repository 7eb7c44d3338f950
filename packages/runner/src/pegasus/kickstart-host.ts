import { readFileSync } from 'node:fs'
import {
  cpus,
  hostname,
  loadavg,
  machine,
  networkInterfaces,
  release,
  totalmem,
  type,
  userInfo,
} from 'node:os'

/** What a kickstart record says of the machine and of the account that ran a program. */
export interface KickstartHost {
  readonly hostname: string
  readonly interface: string | undefined
  readonly hostaddr: string | undefined
  readonly uid: number
  readonly user: string
  readonly gid: number
  /** Permissions that new files do not get, octal. */
  readonly umask: string | undefined
  readonly system: string
  readonly release: string
  readonly machine: string
  readonly ramTotalBytes: number
  readonly cpuCount: number
  readonly cpuModel: string
  readonly cpuSpeedMhz: number
  /** Mean number of processes that wanted to run in the last 1, 5 and 15 minutes. */
  readonly load: readonly number[]
}

/** This machine and account, now. */
export function kickstartHost(): KickstartHost {
  const { uid, gid, username } = userInfo()
  const [address] = Object.entries(networkInterfaces()).flatMap(([name, list = []]) =>
    list
      .filter(({ internal, family }) => !internal && family === 'IPv4')
      .map(({ address: ip }) => ({ name, ip })),
  )
  const [cpu, ...more] = cpus()
  return {
    hostname: hostname(),
    interface: address?.name,
    hostaddr: address?.ip,
    uid,
    user: username,
    gid,
    umask: umaskOf(),
    system: type().toLowerCase(),
    release: release(),
    machine: machine(),
    ramTotalBytes: totalmem(),
    cpuCount: more.length + (cpu === undefined ? 0 : 1),
    cpuModel: cpu?.model ?? '',
    cpuSpeedMhz: cpu?.speed ?? 0,
    load: loadavg(),
  }
}

/** `process.umask()` would change it for a moment, for all threads. */
function umaskOf(): string | undefined {
  try {
    return /^Umask:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1]
  } catch {
    // Only Linux has this file.
    return undefined
  }
}
