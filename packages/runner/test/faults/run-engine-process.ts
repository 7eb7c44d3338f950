import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { RunResult } from '../../dist/index.js'

const ENGINE = fileURLToPath(new URL('./engine-process.mjs', import.meta.url))
const JUMPING_CLOCK = fileURLToPath(new URL('./jumping-clock.mjs', import.meta.url))

/** What an engine is started with; see `engine-process.mjs`. */
export interface EngineSettings {
  readonly runDir: string
  readonly registry: string
  readonly killStep?: string
  readonly passes?: number
  readonly killCommit?: number
  readonly functions?: boolean
  readonly leaseMs?: number
  readonly cores?: number
  /** Memory for files; `functions` find theirs there. */
  readonly sharedBytes?: number
  /** Time that each function takes at least. */
  readonly slowMs?: number
  /** Folder of marks: some functions end their worker thread the first time that they are called. */
  readonly dieOnce?: string
  /** The wall clock jumps, by this seed. */
  readonly jumpSeed?: number
}

/** How an engine ended. `killed`: by SIGKILL; `error`: the code with which it gave up. */
export type EngineEnd =
  | { readonly type: 'done'; readonly result: RunResult }
  | { readonly type: 'killed' }
  | { readonly type: 'error'; readonly code: string; readonly message: string }

/** An engine that runs in a process of its own. */
export interface EngineProcess {
  readonly child: ChildProcess
  readonly ended: Promise<EngineEnd>
  /** What it said so far. */
  readonly notices: () => string
}

/** Starts an engine. */
export function startEngine(settings: EngineSettings): EngineProcess {
  const { slowMs = 0, dieOnce = '', jumpSeed } = settings
  const preload = jumpSeed === undefined ? [] : ['--import', JUMPING_CLOCK]
  const child = spawn(process.execPath, [...preload, ENGINE, JSON.stringify(settings)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      JOIN_SLOW_MS: String(slowMs),
      JOIN_DIE_ONCE: dieOnce,
      JUMP_SEED: String(jumpSeed ?? 0),
    },
  })
  let text = ''
  let notices = ''
  child.stdout.on('data', (chunk) => (text += String(chunk)))
  child.stderr.on('data', (chunk) => (notices += String(chunk)))
  const ended = new Promise<EngineEnd>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (_code, signal) => {
      if (signal === 'SIGKILL') {
        resolve({ type: 'killed' })
        return
      }
      try {
        const answer = JSON.parse(text) as RunResult | { error: string; message: string }
        if ('error' in answer) resolve({ type: 'error', code: answer.error, message: answer.message })
        else resolve({ type: 'done', result: answer })
      } catch {
        reject(new Error(`the engine ended by ${signal ?? 'itself'} and said: ${text}${notices}`))
      }
    })
  })
  return { child, ended, notices: () => notices }
}

/** Runs an engine to its end; kills it after a time. */
export async function runEngine(settings: EngineSettings, killAfterMs = Infinity): Promise<EngineEnd> {
  const { child, ended } = startEngine(settings)
  const timer = killAfterMs === Infinity ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  try {
    return await ended
  } finally {
    clearTimeout(timer)
  }
}
