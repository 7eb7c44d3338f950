import { spawnSync } from 'node:child_process'

/** Interpreter of the peer libraries; Debian's, unless the environment names another. */
const PYTHON = process.env['SKYLOOM_PYTHON'] ?? '/usr/bin/python3'

const MAX_OUTPUT_BYTES = 256 * 1024 * 1024
/** Some peers hang on some input. */
const MAX_PEER_MS = 120_000

/** True when a missing peer must fail a test instead of skipping it. */
const isCi = process.env['CI'] === 'true'

/** True when tests against these Python modules must be skipped because one is missing; never under `CI=true`. */
export function lacksPython(...modules: readonly string[]): boolean {
  if (isCi) return false
  return spawnSync(PYTHON, ['-c', `import ${modules.join(', ')}`]).status !== 0
}

/** True when tests against one of these programs must be skipped because it is missing; never under `CI=true`. */
export function lacksProgram(...names: readonly string[]): boolean {
  if (isCi) return false
  return names.some((name) => spawnSync('which', [name]).status !== 0)
}

/**
 * Runs a Python script that finds its input as `given` and leaves its result as `answer`, both JSON.
 *
 * @throws Error with the interpreter's words when the script fails
 */
export function askPython(script: string, given: unknown): unknown {
  const program = `import json, sys\ngiven = json.load(sys.stdin)\n${script}\njson.dump(answer, sys.stdout)\n`
  const run = spawnSync(PYTHON, ['-W', 'ignore', '-c', program], {
    input: JSON.stringify(given),
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT_BYTES,
  })
  if (run.status !== 0) throw new Error(`the Python peer failed: ${run.error?.message ?? run.stderr}`)
  return JSON.parse(run.stdout)
}

/** Where a peer program runs. */
export interface PeerPlace {
  /** Default: the current folder. */
  readonly cwd?: string
}

/** Runs a program and gives its standard output. @throws Error with its words when it fails */
export function runPeer(name: string, options: readonly string[], place: PeerPlace = {}): string {
  const limits = { maxBuffer: MAX_OUTPUT_BYTES, timeout: MAX_PEER_MS }
  const run = spawnSync(name, options, { ...place, ...limits, encoding: 'utf8' })
  if (run.status !== 0) throw new Error(`${name} failed: ${run.error?.message ?? run.stderr + run.stdout}`)
  return run.stdout
}
