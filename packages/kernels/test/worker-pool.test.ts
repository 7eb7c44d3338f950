import { threadId } from 'node:worker_threads'
import { isSkyloomError } from '@skyloom/base'
// The built package: workers are started from its files.
import { createPixelMemory, KernelsError, type Task, type TaskPool } from '@skyloom/kernels'
import { createWorkerPool } from '@skyloom/kernels/node'
import { afterEach, describe, expect, expectTypeOf, test } from 'vitest'

interface FillPayload {
  readonly at: number
  readonly count: number
  readonly value: number
}

interface Tasks {
  readonly [name: string]: Task<never, unknown>
  readonly fill: Task<FillPayload, number>
  readonly describe: Task<null, { kind: string; scratchAt: number; scratchBytes: number }>
  readonly later: Task<number, number>
  readonly failFits: Task<null, never>
  readonly failPlain: Task<null, never>
  readonly failOdd: Task<null, never>
  readonly untilAborted: Task<{ flagAt: number }, never>
  readonly meet: Task<{ flagAt: number; count: number }, number>
  readonly thread: Task<null, number>
  readonly die: Task<null, never>
}

const taskModule = new URL('./fixtures/tasks.mjs', import.meta.url)
const open: TaskPool<Tasks>[] = []

function pool(threads: number, memory = createPixelMemory({ maximumBytes: 2 ** 26 })): TaskPool<Tasks> {
  const made = createWorkerPool<Tasks>({ threads, memory, taskModule, scratchBytes: 4096 })
  open.push(made)
  return made
}

afterEach(async () => {
  for (const made of open.splice(0)) await made.close()
})

test('tasks that wait in a thread run one after the other, each with scratch of its own', async () => {
  const memory = createPixelMemory({ maximumBytes: 2 ** 26 })
  const workers = createWorkerPool<Tasks>({
    threads: 2,
    memory,
    taskModule,
    scratchBytes: 4096,
    tasksAhead: 2,
    startsEarly: true,
  })
  open.push(workers)
  const contexts = await Promise.all(Array.from({ length: 6 }, () => workers.run('describe', null)))
  expect(new Set(contexts.map(({ scratchAt }) => scratchAt)).size).toBe(6)
  const orders = await Promise.all([5, 4, 3, 2, 1, 0].map((value) => workers.run('later', value)))
  expect(orders).toEqual([5, 4, 3, 2, 1, 0])
  await workers.close()
  expect(memory.usedBytes).toBe(0)
})

test('a pool that started early and never got a task ends', async () => {
  const memory = createPixelMemory({ maximumBytes: 2 ** 26 })
  const workers = createWorkerPool<Tasks>({ threads: 2, memory, taskModule, startsEarly: true })
  await workers.close()
  expect(memory.usedBytes).toBe(0)
})

describe.for([0, 1, 2, 3])('a pool of %d threads', (threads) => {
  test('runs tasks that write into shared memory, also into memory that grew later', async () => {
    const memory = createPixelMemory({ maximumBytes: 2 ** 26 })
    const workers = pool(threads, memory)
    const first = memory.alloc(400)
    const counts = await Promise.all(
      [0, 1, 2, 3, 4].map((k) => workers.run('fill', { at: first + 80 * k, count: 20, value: k })),
    )
    expectTypeOf(counts).toEqualTypeOf<number[]>()
    expect(counts).toEqual([20, 20, 20, 20, 20])
    expect(Array.from(memory.f32(first, 100))).toEqual(
      [0, 1, 2, 3, 4].flatMap((k) => Array<number>(20).fill(k)),
    )
    const second = memory.alloc(2 ** 24)
    await workers.run('fill', { at: second, count: 2 ** 22, value: 9 })
    expect(memory.f32(second, 2 ** 22)[2 ** 22 - 1]).toBe(9)
  })

  test('gives every running task its own scratch and returns it at the end', async () => {
    const memory = createPixelMemory({ maximumBytes: 2 ** 26 })
    const workers = pool(threads, memory)
    const contexts = await Promise.all([1, 2, 3, 4].map(() => workers.run('describe', null)))
    expect(contexts.every(({ kind, scratchBytes }) => kind === 'wasm' && scratchBytes === 4096)).toBe(true)
    expect(contexts.every(({ scratchAt }) => scratchAt % 64 === 0)).toBe(true)
    expect(memory.usedBytes).toBeGreaterThan(0)
    await workers.close()
    expect(memory.usedBytes).toBe(0)
  })

  test('brings a Skyloom error home with all its facts', async () => {
    const error: unknown = await pool(threads)
      .run('failFits', null)
      .catch((thrown: unknown) => thrown)
    expect(isSkyloomError(error, 'FITS_BAD_BITPIX')).toBe(true)
    expect(error).toMatchObject({
      name: 'FitsError',
      message: 'a.fits: found 12 [FITS_BAD_BITPIX]',
      problem: 'this BITPIX does not exist',
      where: ['a.fits', 'HDU 1'],
      found: '12',
      allowed: '8, 16',
      remedy: 'repair the header',
      cause: { message: 'no such file', code: 'ENOENT', errno: -2, path: 'a.fits' },
    })
  })

  test('brings other errors home with name and text', async () => {
    const error: unknown = await pool(threads)
      .run('failPlain', null)
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'RangeError', message: 'out of reach' })
    await expect(pool(threads).run('failOdd', null)).rejects.toThrow('just text')
  })

  test('refuses unknown tasks, also names of built-in properties', async () => {
    await expect(pool(threads).run('toString', null)).rejects.toThrow(
      'the task module has no such task: found toString',
    )
  })

  test('refuses tasks after close', async () => {
    const workers = pool(threads)
    await workers.close()
    await expect(workers.run('later', 1)).rejects.toMatchObject({ code: 'KERNELS_POOL_CLOSED' })
  })

  test('does not start a task whose signal was raised before', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(pool(threads).run('later', 1, { signal })).rejects.toMatchObject({ code: 'BASE_ABORTED' })
  })

  test('removes a waiting task when its signal is raised', async () => {
    const workers = pool(threads)
    const controller = new AbortController()
    const before = Array.from({ length: Math.max(1, threads) }, () => workers.run('later', 1))
    const waiting = workers.run('later', 2, { signal: controller.signal })
    controller.abort()
    await expect(waiting).rejects.toMatchObject({ code: 'BASE_ABORTED' })
    expect(await Promise.all(before)).toEqual(before.map(() => 1))
  })
})

describe('worker threads', () => {
  test('run tasks at the same time', async () => {
    const memory = createPixelMemory({ maximumBytes: 2 ** 22 })
    const workers = pool(2, memory)
    const flagAt = memory.alloc(4)
    memory.i32(flagAt, 1)[0] = 0
    const together = [workers.run('meet', { flagAt, count: 2 }), workers.run('meet', { flagAt, count: 2 })]
    expect(await Promise.all(together)).toEqual([2, 2])
  })

  test('stop a running task when its signal is raised, and go on working', async () => {
    const memory = createPixelMemory({ maximumBytes: 2 ** 22 })
    const workers = pool(2, memory)
    const flagAt = memory.alloc(4)
    memory.i32(flagAt, 1)[0] = 0
    const controller = new AbortController()
    const running = workers.run('untilAborted', { flagAt }, { signal: controller.signal })
    await workers.run('meet', { flagAt, count: 2 })
    controller.abort()
    await expect(running).rejects.toMatchObject({ code: 'BASE_ABORTED' })
    expect(await workers.run('later', 5)).toBe(5)
  })

  test('report a thread that died, and replace it', async () => {
    const workers = pool(2)
    await expect(workers.run('die', null)).rejects.toMatchObject({ code: 'KERNELS_WORKER_LOST' })
    expect(await workers.run('later', 5)).toBe(5)
  })

  test('close refuses waiting tasks and waits for running ones', async () => {
    const workers = pool(2)
    const running = [workers.run('later', 1), workers.run('later', 2)]
    const waiting = workers.run('later', 3)
    const closed = workers.close()
    await expect(waiting).rejects.toMatchObject({ code: 'KERNELS_POOL_CLOSED' })
    expect(await Promise.all(running)).toEqual([1, 2])
    await closed
  })

  test('need shared memory', () => {
    const memory = createPixelMemory({ maximumBytes: 2 ** 20, shared: false })
    expect(() => createWorkerPool({ threads: 2, memory, taskModule })).toThrow(KernelsError)
  })

  test.for([-1, 1.5, 1000, NaN])('cannot be %d', (threads) => {
    const memory = createPixelMemory({ maximumBytes: 2 ** 20 })
    expect(() => createWorkerPool({ threads, memory, taskModule })).toThrow(/allowed 0 to 256/)
  })

  test.for(['./fixtures/no-tasks.mjs', './fixtures/missing.mjs'])(
    'report the task module %s',
    async (name) => {
      const memory = createPixelMemory({ maximumBytes: 2 ** 24 })
      const workers = createWorkerPool({
        threads: 2,
        memory,
        taskModule: new URL(name, import.meta.url),
        scratchBytes: 64,
      })
      await expect(workers.run('later', 1 as never)).rejects.toMatchObject({ code: 'KERNELS_TASK_MODULE' })
      await workers.close()
    },
  )

  test('are refused when their scratch does not fit, and take nothing then', () => {
    const memory = createPixelMemory({ maximumBytes: 3 * 2 ** 20 })
    const options = { threads: 2, memory, taskModule, scratchBytes: 2 ** 21 }
    expect(() => createWorkerPool(options)).toThrow(/KERNELS_OUT_OF_MEMORY/)
    expect(memory.usedBytes).toBe(0)
  })
})

describe('a caller that works', () => {
  test('runs what the workers do not come to, in the same memory', async () => {
    const memory = createPixelMemory({ maximumBytes: 2 ** 26 })
    const workers = createWorkerPool<Tasks>({
      threads: 3,
      memory,
      taskModule,
      scratchBytes: 4096,
      callerWorks: true,
    })
    open.push(workers)
    const threads = await Promise.all(Array.from({ length: 12 }, () => workers.run('thread', null)))
    expect(new Set(threads)).toContain(threadId)
    expect(new Set(threads).size).toBeLessThanOrEqual(3)
    const at = memory.alloc(4 * 64)
    await Promise.all(
      Array.from({ length: 8 }, (_, k) => workers.run('fill', { at: at + 32 * k, count: 8, value: k })),
    )
    expect(Array.from(memory.f32(at, 64))).toEqual(Array.from({ length: 64 }, (_, k) => k >> 3))
    await expect(Promise.all([1, 2, 3].map(() => workers.run('failPlain', null)))).rejects.toThrow(
      'out of reach',
    )
  })

  test('starts no worker for one thread, and none before the first task', async () => {
    const memory = createPixelMemory({ maximumBytes: 2 ** 26 })
    const one = createWorkerPool<Tasks>({
      threads: 1,
      memory,
      taskModule,
      scratchBytes: 64,
      callerWorks: true,
    })
    open.push(one)
    expect(await one.run('thread', null)).toBe(threadId)
  })
})
