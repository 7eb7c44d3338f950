import { readFileSync } from 'node:fs'

/** What a process and its descendants used so far. */
export interface ProcessUsage {
  readonly cpuMs: number
  /** Highest resident set of the process, or what its tree holds now, if that is more. */
  readonly maxRssBytes: number
  readonly readBytes: number
  readonly writtenBytes: number
}

/** Milliseconds of a kernel tick (USER_HZ is 100 on every architecture of Linux). */
const TICK_MS = 10

/** Usage of a process from `/proc`; `undefined` when it is gone. */
export function processUsage(pid: number): ProcessUsage | undefined {
  try {
    const { highBytes } = readStatus(pid)
    let { rssBytes, ...sum } = usageOf(pid)
    for (const child of descendants(pid)) {
      const usage = ofChild(child)
      rssBytes += usage.rssBytes
      sum = {
        cpuMs: sum.cpuMs + usage.cpuMs,
        readBytes: sum.readBytes + usage.readBytes,
        writtenBytes: sum.writtenBytes + usage.writtenBytes,
      }
    }
    return { ...sum, maxRssBytes: Math.max(highBytes, rssBytes) }
  } catch {
    // Between two looks the process ended; what was seen before counts.
    return undefined
  }
}

interface OwnUsage extends Omit<ProcessUsage, 'maxRssBytes'> {
  readonly rssBytes: number
}

const NONE: OwnUsage = { cpuMs: 0, readBytes: 0, writtenBytes: 0, rssBytes: 0 }

/** Usage of one process and of the children that it waited for. */
function usageOf(pid: number): OwnUsage {
  const io = readFileSync(`/proc/${pid}/io`, 'latin1')
  return {
    cpuMs: cpuOf(readFileSync(`/proc/${pid}/stat`, 'latin1'), [13, 14, 15, 16]),
    readBytes: field(io, 'rchar'),
    writtenBytes: field(io, 'wchar'),
    rssBytes: readStatus(pid).rssBytes,
  }
}

/** A child that ended meanwhile counts with its parent. */
function ofChild(pid: number): OwnUsage {
  try {
    return usageOf(pid)
  } catch {
    return NONE
  }
}

/** CPU time of all children that were waited for, milliseconds. */
export function childrenCpuMs(): number {
  return cpuOf(readFileSync('/proc/self/stat', 'latin1'), [15, 16])
}

/** Sum of fields of `/proc/PID/stat`, counted from 0. */
function cpuOf(stat: string, fields: readonly number[]): number {
  // The name of the program, in parentheses, may hold blanks.
  const words = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields.reduce((sum, at) => sum + Number(words[at - 2]), 0) * TICK_MS
}

function readStatus(pid: number): { readonly highBytes: number; readonly rssBytes: number } {
  const text = readFileSync(`/proc/${pid}/status`, 'latin1')
  return { highBytes: field(text, 'VmHWM') * 1024, rssBytes: field(text, 'VmRSS') * 1024 }
}

function descendants(pid: number): readonly number[] {
  const found: number[] = []
  const open = [pid]
  for (let parent = open.pop(); parent !== undefined && found.length < 1000; parent = open.pop()) {
    const children = childrenOf(parent)
    found.push(...children)
    open.push(...children)
  }
  return found
}

function childrenOf(pid: number): readonly number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim()
    return text === '' ? [] : text.split(' ').map(Number)
  } catch {
    return []
  }
}

function field(text: string, name: string): number {
  const value = Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(text)?.[1])
  return Number.isFinite(value) ? value : 0
}
