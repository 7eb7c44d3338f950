import { expect, test } from 'vitest'
import { createPixelMemory } from '../memory/pixel-memory.ts'
import { inlinePool } from './inline-pool.ts'
import type { TaskContext } from './task.ts'

const tasks = {
  double: (_context: TaskContext, value: number): number => 2 * value,
  slow: async ({ scratch, memory }: TaskContext, value: number): Promise<number> => {
    memory.f64(scratch.at, 1)[0] = value
    await Promise.resolve()
    return memory.f64(scratch.at, 1)[0]!
  },
  stoppable: async (context: TaskContext, resume: Promise<void>): Promise<void> => {
    await resume
    context.throwIfAborted()
  },
}

test('runs tasks one after another, so they share scratch safely', async () => {
  const memory = createPixelMemory({ maximumBytes: 2 ** 20 })
  await using pool = inlinePool({ memory, tasks, scratchBytes: 1024 })
  expect(await Promise.all([1, 2, 3].map((value) => pool.run('slow', value)))).toEqual([1, 2, 3])
  expect(await pool.run('double', 21)).toBe(42)
  expect(pool.threads).toBe(1)
})

test('an abort reaches the running task', async () => {
  const memory = createPixelMemory({ maximumBytes: 2 ** 20 })
  await using pool = inlinePool({ memory, tasks, scratchBytes: 1024 })
  const controller = new AbortController()
  let resume = (): void => undefined
  const waits = new Promise<void>((resolve) => (resume = resolve))
  const running = pool.run('stoppable', waits, { signal: controller.signal })
  controller.abort()
  resume()
  await expect(running).rejects.toMatchObject({ code: 'BASE_ABORTED' })
  await expect(pool.run('stoppable', waits)).resolves.toBeUndefined()
})

test('tasks may be loaded at the first run', async () => {
  const memory = createPixelMemory({ maximumBytes: 2 ** 20 })
  await using pool = inlinePool({ memory, tasks: () => Promise.resolve(tasks), scratchBytes: 64 })
  expect(await pool.run('double', 1)).toBe(2)
})
