import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { RunnerError } from '../errors.ts'
import type { WorkerAnswer, WorkerCall } from './worker-protocol.ts'

type Call = Omit<WorkerCall, 'id'>

interface Slot {
  worker: Worker
  /** Calls in the worker, the running one first. */
  readonly calls: Map<number, Pending>
}

interface Pending {
  readonly call: WorkerCall
  readonly resolve: (answer: WorkerAnswer) => void
  readonly reject: (error: RunnerError) => void
}

/**
 * Warm worker threads that run functions of modules, one call at a time each. A worker that dies takes its call with it and
 * is replaced. Piscina is not used because calls must be ended singly (timeout, cancel) without losing the others.
 */
export class WorkerPool {
  readonly #size: number
  readonly #memoryMb: number
  readonly #slots: Slot[] = []
  readonly #queue: Pending[] = []
  readonly #killed = new Set<number>()
  #nextId = 1
  #ahead = 0
  #isClosed = false

  /** @param memoryMb limit of each worker's heap, 0 for Node's own */
  constructor(size: number, memoryMb = 0) {
    this.#size = size
    this.#memoryMb = memoryMb
  }

  /** Starts the workers, so that the first calls find them warm. */
  warm(): void {
    while (this.#slots.length < this.#size) this.#slots.push({ worker: this.#start(), calls: new Map() })
  }

  /** Sends each worker so many calls beyond the one that runs: for calls that are shorter than the way there and back. */
  set ahead(calls: number) {
    this.#ahead = calls
  }

  /** Runs a call; the id by which it can be ended goes to `onId`. */
  async run(call: Call, onId?: (id: number) => void): Promise<WorkerAnswer> {
    this.warm()
    const id = this.#nextId++
    onId?.(id)
    return await new Promise((resolve, reject) => {
      this.#queue.push({ call: { ...call, id }, resolve, reject })
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
      ...(this.#memoryMb > 0 ? { resourceLimits: { maxOldGenerationSizeMb: this.#memoryMb } } : {}),
    })
    worker.on('message', (answer: WorkerAnswer) => {
      const slot = this.#slots.find((candidate) => candidate.worker === worker)
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
