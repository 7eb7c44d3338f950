import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { RunnerError } from '../errors.ts'
import type { AskSpace } from '../memory/thread-files.ts'
import type { SpaceRequest, WorkerAnswer, WorkerCall } from './worker-protocol.ts'

type Call = Omit<WorkerCall, 'id'>

interface Slot {
  worker: Worker
  /** Calls in the worker, the running one first. */
  readonly calls: Map<number, Pending>
}

/** How who sent a call hears of it. */
export interface CallListeners {
  /** Gets the id by which the call can be ended. */
  readonly onId?: (id: number) => void
  /** Gives the call space in shared memory. */
  readonly askSpace?: AskSpace | undefined
}

interface Pending {
  readonly call: WorkerCall
  readonly askSpace: AskSpace | undefined
  readonly resolve: (answer: WorkerAnswer) => void
  readonly reject: (error: RunnerError) => void
}

/**
 * Warm worker threads that run functions of modules, one call at a time each. A worker that dies takes its call with it and
 * is replaced. Piscina is not used because calls must be ended singly (timeout, cancel) without losing the others.
 */
export class WorkerPool {
  readonly #size: number
  readonly #youngMb: number
  readonly #slots: Slot[] = []
  readonly #queue: Pending[] = []
  readonly #killed = new Set<number>()
  #nextId = 1
  #ahead = 0
  #isClosed = false

  /** @param youngMb room for new objects in each worker before they are collected, megabytes; 0 for Node's own, which is 48 */
  constructor(size: number, youngMb = 0) {
    this.#size = size
    this.#youngMb = youngMb
  }

  /** Starts the workers, so that the first calls find them warm. */
  warm(): void {
    while (this.#slots.length < this.#size) this.#slots.push({ worker: this.#start(), calls: new Map() })
  }

  /** Sends each worker so many calls beyond the one that runs: for calls that are shorter than the way there and back. */
  set ahead(calls: number) {
    this.#ahead = calls
  }

  async run(call: Call, { onId, askSpace }: CallListeners = {}): Promise<WorkerAnswer> {
    this.warm()
    const id = this.#nextId++
    onId?.(id)
    return await new Promise((resolve, reject) => {
      this.#queue.push({ call: { ...call, id }, askSpace, resolve, reject })
      this.#dispatch()
    })
  }

  /** Ends a call: one that waits is taken out, one that runs dies with its worker. */
  kill(id: number): void {
    const at = this.#queue.findIndex((pending) => pending.call.id === id)
    if (at >= 0) {
      this.#queue.splice(at, 1)[0]?.reject(new RunnerError('RUNNER_SPAWNER', 'the call was ended'))
      return
    }
    this.#killed.add(id)
    for (const slot of this.#slots) this.#endKilled(slot)
  }

  /** Ends a worker whose running call is not wanted any more. A call that waits in a worker is ended when its turn comes. */
  #endKilled(slot: Slot): void {
    if (this.#killed.size === 0) return
    const running = slot.calls.keys().next().value
    if (running !== undefined && this.#killed.delete(running)) void slot.worker.terminate()
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.#slots.map(async ({ worker }) => await worker.terminate()))
  }

  #dispatch(): void {
    for (const slot of this.#slots) {
      if (this.#queue.length === 0) return
      // A fair part, so that no worker is idle while another has a queue.
      const part = Math.ceil(this.#queue.length / this.#slots.length)
      const room = Math.min(part, 1 + this.#ahead) - slot.calls.size
      if (room <= 0) continue
      const sent = this.#queue.splice(0, room)
      for (const pending of sent) slot.calls.set(pending.call.id, pending)
      slot.worker.postMessage(sent.map(({ call }) => call))
    }
  }

  #start(): Worker {
    const worker = new Worker(fileURLToPath(new URL('./worker-main.js', import.meta.url)), {
      ...(this.#youngMb > 0 ? { resourceLimits: { maxYoungGenerationSizeMb: this.#youngMb } } : {}),
    })
    worker.on('message', (answer: WorkerAnswer | SpaceRequest) => {
      const slot = this.#slots.find((candidate) => candidate.worker === worker)
      if ('request' in answer) {
        void grantSpace(worker, slot?.calls.get(answer.call)?.askSpace, answer)
        return
      }
      const pending = slot?.calls.get(answer.id)
      slot?.calls.delete(answer.id)
      if (slot !== undefined) this.#endKilled(slot)
      this.#dispatch()
      pending?.resolve(answer)
    })
    let reason = 'the worker ended'
    worker.on('error', (cause) => {
      reason = cause instanceof Error ? cause.message : String(cause)
    })
    worker.on('exit', () => this.#replace(worker, reason))
    worker.unref()
    return worker
  }

  #replace(worker: Worker, reason: string): void {
    const slot = this.#slots.find((candidate) => candidate.worker === worker)
    if (slot === undefined) return
    const [running, ...waiting] = slot.calls.values()
    slot.calls.clear()
    const lost = running === undefined ? [] : [running]
    if (this.#isClosed) lost.push(...waiting)
    else {
      slot.worker = this.#start()
      this.#queue.unshift(...waiting)
      this.#dispatch()
    }
    for (const { reject, call } of lost) {
      reject(
        new RunnerError('RUNNER_SPAWNER', `the worker died: ${reason}`, { where: [call.transformation] }),
      )
    }
  }
}

/** A call that ended meanwhile hears nothing any more. Where making room fails there is none: the call says what it cannot do then. */
async function grantSpace(
  worker: Worker,
  askSpace: AskSpace | undefined,
  { request, bytes, wishedBytes }: SpaceRequest,
): Promise<void> {
  const extents = await askSpace?.(bytes, wishedBytes).catch(() => undefined)
  worker.postMessage({ request, extents })
}
