import { openSync, readSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { systemClock } from '@skyloom/base'
import { mountFiles } from '@skyloom/base/node'
import { errorCodes } from '../files/disk-fault.ts'
import { collectGarbage } from '../memory/collect-garbage.ts'
import { type AskSpace, ThreadFiles } from '../memory/thread-files.ts'
import { PrintedFile } from './printed-file.ts'
import type { SpaceGrant, SpaceRequest, Transformation, WorkerAnswer, WorkerCall } from './worker-protocol.ts'

const port = parentPort
const functions = new Map<string, Promise<Transformation>>()
/** Bytes that are read between two looks at the memory of the process. */
const TIDY_BYTES = 32 * 1024 * 1024
let readBytes = 0
let tightBytes = Infinity
const files = new ThreadFiles((bytes) => {
  readBytes += bytes
  if (readBytes >= TIDY_BYTES) tidy()
})

/** Where memory is short, what was read and is not used any more goes at once. */
function tidy(): void {
  readBytes = 0
  if (tightBytes < Infinity && process.memoryUsage.rss() > tightBytes) collectGarbage()
}

const requests = new Map<number, (extents: SpaceGrant['extents']) => void>()
let lastRequest = 0

/** Asks the engine for space in shared memory. */
function askFor(call: number): AskSpace {
  return async (bytes, wishedBytes) =>
    await new Promise((resolve) => {
      const request = ++lastRequest
      requests.set(request, resolve)
      port?.postMessage({ type: 'space', request, call, bytes, wishedBytes } satisfies SpaceRequest)
    })
}

async function load({ reference: { module, name } }: WorkerCall): Promise<Transformation> {
  const loaded = (await import(module)) as Readonly<Record<string, unknown>>
  const found = loaded[name]
  if (typeof found !== 'function') throw new Error(`${module} has no function ${name}`)
  return found as Transformation
}

async function run(call: WorkerCall): Promise<WorkerAnswer> {
  const key = `${call.reference.module}#${call.reference.name}`
  const startMs = Date.now()
  const started = systemClock.monotonicMs()
  const cpuBefore = threadCpuMs()
  const output = new PrintedFile(call)
  if (call.files !== undefined) mountFiles(files)
  tightBytes = call.tightBytes ?? Infinity
  const unmount = call.files === undefined ? undefined : files.open(call.files, askFor(call.id))
  let exitCode = 0
  let error: string | undefined
  let codes: readonly string[] | undefined
  try {
    let loading = functions.get(key)
    if (loading === undefined) functions.set(key, (loading = load(call)))
    const transformation = await loading
    const value = await transformation({
      transformation: call.transformation,
      arguments: call.arguments,
      workDirectory: call.workDirectory,
      environment: new Map(call.environment),
      inputs: call.inputs,
      outputs: call.outputs,
      memoryBytes: call.memoryBytes,
      print: (text) => output.write(text),
    })
    if (typeof value === 'number') exitCode = value
  } catch (thrown) {
    exitCode = 1
    codes = errorCodes(thrown)
    error = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
  }
  tidy()
  const cpuAfter = threadCpuMs()
  return {
    id: call.id,
    startMs,
    durationMs: systemClock.monotonicMs() - started,
    cpuMs: cpuBefore === undefined || cpuAfter === undefined ? undefined : cpuAfter - cpuBefore,
    exitCode,
    hasPrinted: output.close(),
    error,
    errorCodes: codes,
    ...(unmount === undefined ? {} : { written: unmount() }),
  }
}

// Kept open: opening it takes most of the time of a look.
let usageFd: number | undefined
const usage = Buffer.alloc(128)

/** Time of this thread on a processor; `undefined` where the kernel does not say. */
function threadCpuMs(): number | undefined {
  try {
    usageFd ??= openSync('/proc/thread-self/schedstat', 'r')
    const size = readSync(usageFd, usage, 0, usage.length, 0)
    return Number.parseInt(usage.toString('latin1', 0, size), 10) / 1e6
  } catch {
    return undefined
  }
}

port?.on('message', (message: readonly WorkerCall[] | SpaceGrant) => {
  if ('request' in message) {
    requests.get(message.request)?.(message.extents)
    requests.delete(message.request)
    return
  }
  const calls = message
  void (async () => {
    for (const call of calls) port.postMessage(await run(call))
  })()
})
