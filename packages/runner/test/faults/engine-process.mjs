// An engine as a process of its own, for tests that kill it. Argument: a JSON document with `runDir`, `registry`, and as wished
// `killStep` with `passes` (ends itself there, after so many passes), `killCommit` (ends itself when the commit of that number should
// have been stored for a while, and is not), `functions` (the function join in place of the program), `sharedBytes` (memory for files,
// with which join finds its files there),
// `leaseMs`, `cores`, `memoryMb`. Prints the result; notices go to the error output.
import { openRegistry } from '@skyloom/registry'
import { runPlan } from '../../dist/index.js'

const {
  runDir,
  registry: place,
  killStep,
  passes,
  killCommit,
  functions,
  leaseMs,
  cores,
  sharedBytes,
} = JSON.parse(process.argv[2])
let left = passes
const onStep = (step) => {
  if (step === killStep && left-- === 0) process.kill(process.pid, 'SIGKILL')
}
const module = new URL('./join.mjs', import.meta.url).href
const join =
  sharedBytes === undefined ? { module, name: 'join' } : { module, name: 'joinMounted', usesMounts: true }
let registry
try {
  registry = await openRegistry(place)
  const result = await runPlan(killedCommits(registry.runs), runDir, {
    onStep,
    leaseMs,
    cores,
    policy: { backoffMs: 10, maxBackoffMs: 100 },
    sharedBytes,
    functions: functions ? new Map([['join', join]]) : undefined,
    onNotice: (text) => process.stderr.write(`${text}\n`),
  })
  process.stdout.write(`${JSON.stringify(result)}\n`)
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: error.code ?? 'UNKNOWN', message: error.message })}\n`)
  process.exitCode = 1
} finally {
  await registry?.close()
}

/** A store that never stores one of its commits: meanwhile everything else goes on for a moment, then the engine is killed. */
function killedCommits(store) {
  if (killCommit === undefined) return store
  let number = 0
  return new Proxy(store, {
    get(target, name) {
      const value = target[name]
      if (name !== 'commit') return typeof value === 'function' ? value.bind(target) : value
      return async (...args) => {
        if (++number < killCommit) return await target.commit(...args)
        await new Promise((resolve) => setTimeout(resolve, 150))
        process.kill(process.pid, 'SIGKILL')
      }
    },
  })
}
