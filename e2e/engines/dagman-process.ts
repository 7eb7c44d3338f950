import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** Kills the DAGMan that works in a directory; HTCondor begins it again. @returns how many there were */
export function killDagman(runDir: string): number {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && isDagman(name, runDir))
  for (const pid of pids) process.kill(Number(pid), 'SIGKILL')
  return pids.length
}

function isDagman(pid: string, runDir: string): boolean {
  try {
    const isOne = readFileSync(`/proc/${pid}/cmdline`, 'latin1').startsWith('condor_scheduniv_exec.')
    return isOne && readlinkSync(`/proc/${pid}/cwd`) === runDir
  } catch (error) {
    // It ended meanwhile.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH'))
      return false
    throw error
  }
}
