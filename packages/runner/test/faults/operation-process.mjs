// Runs engines one after another in a process whose file operations can fail; started with `--import fault-fs.mjs`. Requests are
// lines of JSON on the input: `folder`, `runDir`, `registry`, `functions` (the function join in place of the program), `call` and
// `code` of the file operation that fails, or `commit` with the number, `code` and `when` (`before`, `after`) of the commit that
// fails. Each is answered by one line.
import { createInterface } from 'node:readline'
import { openRegistry, RegistryError } from '@skyloom/registry'
import { runPlan } from '../../dist/index.js'

const module = new URL('./join.mjs', import.meta.url).href
const FUNCTIONS = new Map([['join', { module, name: 'join' }]])

for await (const line of createInterface({ input: process.stdin })) {
  const { folder, runDir, registry: place, functions, call = 0, code = 'EIO', commit } = JSON.parse(line)
  const registry = await openRegistry(place)
  const notices = []
  let answer
  try {
    globalThis.faultFs.arm(folder, call, code)
    const { status, jobs, adopted } = await runPlan(failing(registry.runs, commit), runDir, {
      functions: functions ? FUNCTIONS : undefined,
      policy: { backoffMs: 1, maxBackoffMs: 5 },
      cores: 2,
      onNotice: (text) => notices.push(text),
    })
    answer = { status, succeeded: jobs.succeeded, adopted }
  } catch (error) {
    answer = { status: 'error', code: error.code ?? String(error), message: error.message }
  }
  const calls = globalThis.faultFs.calls()
  const failed = globalThis.faultFs.failed()
  globalThis.faultFs.arm('/nowhere', 0, code)
  await registry.close()
  process.stdout.write(`${JSON.stringify({ ...answer, calls, failed, notices })}\n`)
}

/** A store one of whose commits fails, once. */
function failing(store, commit) {
  if (commit === undefined) return store
  let number = 0
  return new Proxy(store, {
    get(target, name) {
      const value = target[name]
      if (name !== 'commit') return typeof value === 'function' ? value.bind(target) : value
      return async (...args) => {
        number++
        if (number !== commit.number) return await target.commit(...args)
        if (commit.when === 'after') await target.commit(...args)
        throw new RegistryError(commit.code, 'a fault of the test')
      }
    },
  })
}
