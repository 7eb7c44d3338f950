import { spawnSync } from 'node:child_process'

/** Interpreter of the peer libraries; Debian's, unless the environment names another. */
const PYTHON = process.env.SKYLOOM_PYTHON ?? '/usr/bin/python3'

const MAX_OUTPUT_BYTES = 256 * 1024 * 1024

/** True when tests against these Python modules must be skipped because one is missing; never under `CI=true`. */
export function lacksPython(...modules: readonly string[]): boolean {
  if (process.env.CI === 'true') return false
  return spawnSync(PYTHON, ['-c', `import ${modules.join(', ')}`]).status !== 0
}

/** True when tests against this program must be skipped because it is missing; never under `CI=true`. */
export function lacksProgram(name: string): boolean {
  if (process.env.CI === 'true') return false
  return spawnSync(name, [], { timeout: 10_000 }).error !== undefined
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

/** Runs a program and gives its standard output. @throws Error with its words when it fails */
export function runProgram(name: string, ...options: readonly string[]): string {
  const run = spawnSync(name, options, { encoding: 'utf8', maxBuffer: MAX_OUTPUT_BYTES })
  if (run.status !== 0) throw new Error(`${name} failed: ${run.error?.message ?? run.stderr + run.stdout}`)
  return run.stdout
}
