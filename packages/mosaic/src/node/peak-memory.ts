import { existsSync, readFileSync } from 'node:fs'

/** Linux' account of the process that reads it. */
const STATUS = '/proc/self/status'

/**
 * Largest resident memory that this process had so far, bytes. Taken from Linux's own count for the program where there is one: that of
 * `getrusage` also holds what the process was before it became this program, that is a copy of its parent.
 */
export function peakMemoryBytes(): number {
  return ownPeakBytes() ?? process.resourceUsage().maxRSS * 1024
}

function ownPeakBytes(): number | undefined {
  if (!existsSync(STATUS)) return undefined
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(STATUS, 'utf8'))?.[1]
  return kib === undefined ? undefined : Number(kib) * 1024
}
