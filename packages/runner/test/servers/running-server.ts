import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll } from 'vitest'

const START_MS = 20_000

/** A server program that the tests of a file talk to. */
export interface RunningServer {
  /** Ends it; the tests of the file do so by themselves. */
  stop(): Promise<void>
}

/**
 * Starts a server in the foreground and waits until it listens on a port of this machine.
 *
 * @throws Error with what it wrote, when it ends or does not listen
 */
export async function runningServer(argv: readonly string[], port: number): Promise<RunningServer> {
  const [program = '', ...args] = argv
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let words = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-2000)
    })
  const stop = async (): Promise<void> => await ended(child)
  afterAll(stop)
  const endMs = Date.now() + START_MS
  while (!(await listens(port))) {
    if (Date.now() > endMs || child.exitCode !== null) throw new Error(`${program} did not start: ${words}`)
    await wait(20)
  }
  return { stop }
}

async function listens(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const end = once(child, 'exit')
  child.kill('SIGTERM')
  await end
}
