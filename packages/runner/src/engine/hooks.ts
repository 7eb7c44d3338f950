import { type ChildProcess, spawn } from 'node:child_process'
import { appendFileSync, closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { type ShellHook, splitArguments } from '@skyloom/workflow'
import type { RunEvent } from '../machine/run-event.ts'
import type { PlanFile } from '../plan/plan-file.ts'

/** A moment of a job, or of the whole run, at which hooks run. */
export interface HookCall {
  readonly on: 'start' | 'error' | 'success'
  /** Absent for the run. */
  readonly job?: number | undefined
}

/** Hooks that run at a time: the default of `pegasus.monitord.notifications.max`. */
const MAX_HOOKS = 10
/** A hook that takes longer is ended, so that it does not keep others waiting for ever. */
const MAX_HOOK_MS = 600_000
/** An engine that ends waits so long for hooks whose turn did not come. */
const CLOSE_MS = 10_000
/** File in the folder `logs` of a run with what hooks wrote and how those that failed ended. */
const HOOK_LOG = 'hooks.log'

/** The moment of hooks of the run that its end is. */
export function endHookOf(event: RunEvent): HookCall | undefined {
  if (event.type !== 'run-ended') return undefined
  return { on: event.status === 'succeeded' ? 'success' : 'error' }
}

/**
 * Runs the hooks of jobs and of the workflow: commands of the workflow, split into words as its arguments are, without a shell.
 * They get the event in `PEGASUS_EVENT`, `PEGASUS_JOBID`, `PEGASUS_WFID`, `PEGASUS_STATUS`, `PEGASUS_SUBMIT_DIR` and
 * `PEGASUS_EVENT_TIMESTAMP`. A hook is no part of the run: nothing waits for it, and one that was due when the engine died is
 * not run later.
 */
export class HookRunner {
  readonly #plan: PlanFile
  readonly #runId: string
  readonly #runDir: string
  readonly #waiting: (() => void)[] = []
  #active = 0
  #idle: (() => void) | undefined

  constructor(plan: PlanFile, runId: string, runDir: string) {
    this.#plan = plan
    this.#runId = runId
    this.#runDir = runDir
  }

  run(calls: readonly HookCall[]): void {
    for (const call of calls) {
      for (const hook of this.#hooksOf(call)) {
        if (!isDue(hook.on, call.on)) continue
        const start = (): void => this.#start(hook, call)
        if (this.#active < MAX_HOOKS) start()
        else this.#waiting.push(start)
      }
    }
  }

  /** Waits, for a while, until all hooks were started. */
  async close(): Promise<void> {
    if (this.#waiting.length === 0) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CLOSE_MS)
      this.#idle = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #hooksOf({ job }: HookCall): readonly ShellHook[] {
    if (job === undefined) return this.#plan.head.hooks ?? []
    if (!this.#plan.hasHooks(job)) return []
    return this.#plan.job(job).tasks.flatMap(({ hooks }) => hooks)
  }

  #start({ command }: ShellHook, { on, job }: HookCall): void {
    const time = new Date()
    const environment = {
      ...process.env,
      PEGASUS_EVENT: on,
      PEGASUS_EVENT_TIMESTAMP: String(Math.floor(time.getTime() / 1000)),
      PEGASUS_EVENT_TIMESTAMP_ISO: time.toISOString(),
      PEGASUS_WFID: this.#runId,
      PEGASUS_SUBMIT_DIR: this.#runDir,
      PEGASUS_STATUS: on === 'error' ? '1' : '0',
      ...(job === undefined ? {} : { PEGASUS_JOBID: this.#plan.name(job) }),
    }
    const log = this.#openLog()
    this.#active++
    try {
      const [program = '', ...args] = splitArguments([command])
      const child = spawn(program, args, { stdio: ['ignore', log, log], detached: true, env: environment })
      const timer = setTimeout(() => endGroup(child), MAX_HOOK_MS)
      timer.unref()
      child.unref()
      child.once('error', (cause) => this.#failed(command, cause.message))
      child.once('exit', (code, signal) => {
        clearTimeout(timer)
        if (code !== 0) this.#failed(command, signal ?? `exit code ${code ?? ''}`)
      })
      child.once('exit', () => this.#next())
      // A program that could not be started has no exit.
      if (child.pid === undefined) this.#next()
    } catch (cause) {
      // A hook that cannot be started must not end the run.
      this.#failed(command, cause instanceof Error ? cause.message : String(cause))
      this.#next()
    } finally {
      closeSync(log)
    }
  }

  #next(): void {
    this.#active--
    this.#waiting.shift()?.()
    if (this.#waiting.length === 0) this.#idle?.()
  }

  #openLog(): number {
    mkdirSync(join(this.#runDir, 'logs'), { recursive: true })
    return openSync(join(this.#runDir, 'logs', HOOK_LOG), 'a')
  }

  #failed(command: string, how: string): void {
    const line = `${new Date().toISOString()} hook failed: ${command}: ${how}\n`
    appendFileSync(join(this.#runDir, 'logs', HOOK_LOG), line)
  }
}

function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It ended a moment ago.
  }
}

function isDue(wanted: string, on: HookCall['on']): boolean {
  return wanted === on || wanted === 'all' || (wanted === 'end' && on !== 'start')
}
