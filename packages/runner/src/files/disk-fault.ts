import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Faults of the machine, not of a job: `space` is a disk that is full, `device` one that fails or a system out of means. */
export type DiskFault = 'space' | 'device'

const FAULTS: ReadonlyMap<string, DiskFault> = new Map([
  ['ENOSPC', 'space'],
  ['EDQUOT', 'space'],
  ['REGISTRY_DISK_FULL', 'space'],
  ['EIO', 'device'],
  ['EROFS', 'device'],
  ['ESTALE', 'device'],
  ['ENODEV', 'device'],
  ['ENXIO', 'device'],
  ['EMFILE', 'device'],
  ['ENFILE', 'device'],
  ['ENOMEM', 'device'],
  ['EAGAIN', 'device'],
])

/** Codes of an error and of those that caused it, the outermost first. */
export function errorCodes(error: unknown): readonly string[] {
  const codes: string[] = []
  for (let at = error; at instanceof Error && codes.length < 20; at = at.cause)
    codes.push('code' in at && typeof at.code === 'string' ? at.code : '')
  return codes
}

/** The fault of the machine behind an error; `undefined` when there is none. */
export function diskFaultOf(codes: readonly string[]): DiskFault | undefined {
  for (const code of codes) {
    const fault = FAULTS.get(code)
    if (fault !== undefined) return fault
  }
  return undefined
}

/** Free bytes for users of the file system that holds a path, or would hold it. */
export async function freeBytes(path: string): Promise<number> {
  for (let at = path; ; at = dirname(at)) {
    try {
      const { bavail, bsize } = await statfs(at)
      return bavail * bsize
    } catch (error) {
      if (dirname(at) === at || !errorCodes(error).includes('ENOENT')) throw error
    }
  }
}
