import { spawnSync } from 'node:child_process'

/** Interpreter of the peer libraries; Debian's, unless the environment names another. */
const PYTHON = process.env['SKYLOOM_PYTHON'] ?? '/usr/bin/python3'

const MAX_OUTPUT_BYTES = 256 * 1024 * 1024

/** True when a missing peer must fail a test instead of skipping it. */
export const isCi: boolean = process.env['CI'] === 'true'

/** True when the tests against these Python modules must be skipped because one is missing. */
export function lacksPython(...modules: readonly string[]): boolean {
  if (isCi) return false
  return spawnSync(PYTHON, ['-c', `import ${modules.join(', ')}`]).status !== 0
}

/** True when the tests against this program must be skipped because it is missing. */
export function lacksProgram(name: string): boolean {
  if (isCi) return false
  return spawnSync(name, [], { timeout: 10_000 }).error !== undefined
}

/**
 * Runs a Python script that reads JSON from standard input as `given` and leaves its answer in `answer`.
 *
 * @throws Error with the interpreter's words when the script fails
 */
export function askPython(script: string, given: unknown): unknown {
  const program = `import json, sys\ngiven = json.load(sys.stdin)\n${script}\njson.dump(answer, sys.stdout)\n`
  const run = spawnSync(PYTHON, ['-c', program], {
    input: JSON.stringify(given),
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT_BYTES,
  })
  if (run.status !== 0) throw new Error(`Python peer failed: ${run.error?.message ?? run.stderr}`)
  return JSON.parse(run.stdout)
}
