import { execFile, execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'

/** True when a program can be started here. Under CI a missing peer is an error, not a reason to skip. */
export function hasPeer(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' })
    return true
  } catch {
    if (process.env.CI === 'true')
      throw new Error(`${program} is not installed; under CI peers must be there`)
    return false
  }
}

/** True when a folder of the shared data is there; under CI it must be. */
export function hasShared(path: string): boolean {
  if (existsSync(path)) return true
  if (process.env.CI === 'true') throw new Error(`${path} is missing; under CI the shared data must be there`)
  return false
}

/** Runs a program and returns what it printed. */
export async function runPeer(program: string, args: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await promisify(execFile)(program, [...args], { cwd, maxBuffer: 1 << 24 })
  return stdout
}
