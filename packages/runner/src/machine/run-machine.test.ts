import { buildDigraph, EdgeCollector, parentsOf } from '@skyloom/workflow'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AttemptResult } from './next-step.ts'
import type { RunEvent } from './run-event.ts'
import { RunMachine } from './run-machine.ts'
import { DEFAULT_POLICY, type RunPolicy, type RunSpec } from './run-spec.ts'

interface Shape {
  readonly jobs: number
  readonly edges?: readonly (readonly [number, number])[]
  readonly retries?: number
  readonly cores?: readonly number[]
  readonly memoryMb?: readonly number[]
  readonly priority?: readonly number[]
  readonly category?: readonly number[]
  readonly limits?: readonly number[]
  readonly timeoutMs?: number
  readonly memoryFactor?: number
  readonly timeFactor?: number
}

function spec(shape: Shape): RunSpec {
  const edges = new EdgeCollector()
  for (const [from, to] of shape.edges ?? []) edges.add(from, to)
  const { jobs } = shape
  const of = (list: readonly number[] | undefined, fallback: number): number[] =>
    Array.from({ length: jobs }, (_, job) => list?.[job] ?? fallback)
  return {
    graph: buildDigraph(jobs, edges),
    priority: Int32Array.from(of(shape.priority, 0)),
    category: Int32Array.from(of(shape.category, -1)),
    categories: (shape.limits ?? []).map((limit, k) => ({ name: `c${k}`, limit })),
    retries: Uint16Array.from(of(undefined, shape.retries ?? 0)),
    cores: Float32Array.from(of(shape.cores, 1)),
    memoryMb: Float64Array.from(of(shape.memoryMb, 0)),
    timeoutMs: Float64Array.from(of(undefined, shape.timeoutMs ?? 0)),
    memoryFactor: Float64Array.from(of(undefined, shape.memoryFactor ?? 0)),
    timeFactor: Float64Array.from(of(undefined, shape.timeFactor ?? 0)),
  }
}

const machineOf = (shape: Shape, policy: Partial<RunPolicy> = {}): RunMachine => {
  const machine = new RunMachine(spec(shape), { ...DEFAULT_POLICY, ...policy })
  machine.open(0, 'test', 1)
  return machine
}
const room = { cores: 2, memoryMb: 1000 }
const started = (events: readonly RunEvent[]): number[] =>
  events.flatMap((event) => (event.type === 'attempt-started' ? [event.job] : []))
const ok: AttemptResult = { outcome: 'succeeded' }
const bad: AttemptResult = {
  outcome: 'failed',
  failure: { kind: 'exit', message: 'exit code 1', exitCode: 1 },
}

describe('order', () => {
  test('children wait for all parents', () => {
    const machine = machineOf({
      jobs: 3,
      edges: [
        [0, 2],
        [1, 2],
      ],
    })
    expect(started(machine.decide(0, room))).toEqual([0, 1])
    machine.attemptEnded(1, 0, 1, ok)
    expect(started(machine.decide(1, room))).toEqual([])
    machine.attemptEnded(2, 1, 1, ok)
    expect(started(machine.decide(2, room))).toEqual([2])
    machine.attemptEnded(3, 2, 1, ok)
    expect(machine.decide(3, room)).toEqual([{ type: 'run-ended', time: 3, status: 'succeeded' }])
  })

  test('higher priority first, then the order of the plan', () => {
    const machine = machineOf({ jobs: 4, priority: [1, 5, 5, 9] })
    expect(started(machine.decide(0, { cores: 4, memoryMb: 0 }))).toEqual([3, 1, 2, 0])
  })

  test('a throttled category holds at its limit while others pass', () => {
    const machine = machineOf({ jobs: 4, category: [0, 0, 0, -1], limits: [1], priority: [9, 9, 9, 0] })
    expect(started(machine.decide(0, { cores: 9, memoryMb: 0 }))).toEqual([0, 3])
    machine.attemptEnded(1, 0, 1, ok)
    expect(started(machine.decide(1, { cores: 9, memoryMb: 0 }))).toEqual([1])
  })

  test('a job that does not fit is passed, but not for ever', () => {
    const jobs = 200
    const machine = machineOf({ jobs, cores: [1, 2], priority: [2, 1] })
    expect(started(machine.decide(0, room))).toEqual([0, 2])
    let passed = 1
    for (let job = 2; job < jobs; job++) {
      machine.attemptEnded(job, job, 1, ok)
      const next = started(machine.decide(job, room))
      if (next.length === 0) break
      passed++
    }
    expect(passed).toBe(64)
    machine.attemptEnded(999, 0, 1, ok)
    expect(started(machine.decide(999, room))[0]).toBe(1)
  })

  test('a job larger than the machine runs alone', () => {
    const machine = machineOf({ jobs: 2, cores: [8, 1] })
    expect(started(machine.decide(0, room))).toEqual([0])
  })
})

describe('failures', () => {
  test('retries wait longer each time, then the job fails and the rest goes on', () => {
    const machine = machineOf({ jobs: 3, edges: [[0, 1]], retries: 2 }, { backoffMs: 100 })
    machine.decide(0, room)
    expect(machine.attemptEnded(10, 0, 1, bad)).toMatchObject([{ next: 'retry', retryAt: 110 }])
    expect(machine.nextTime()).toBe(110)
    expect(started(machine.decide(109, room))).toEqual([])
    expect(started(machine.decide(110, room))).toEqual([0])
    expect(machine.attemptEnded(120, 0, 2, bad)).toMatchObject([{ next: 'retry', retryAt: 320 }])
    machine.decide(320, room)
    expect(machine.attemptEnded(330, 0, 3, bad)).toMatchObject([{ next: 'failed' }])
    expect(machine.decide(331, room)).toEqual([])
    machine.attemptEnded(400, 2, 1, ok)
    expect(machine.decide(400, room)).toEqual([{ type: 'run-ended', time: 400, status: 'failed' }])
    expect(machine.state(1)).toBe('unready')
  })

  test('a loss costs no retry, but losses without end are a failure', () => {
    const machine = machineOf({ jobs: 1 }, { maxLosses: 2, backoffMs: 10 })
    const lost: AttemptResult = {
      outcome: 'lost',
      failure: { kind: 'start', message: 'the machine went away' },
    }
    machine.decide(0, room)
    expect(machine.attemptEnded(5, 0, 1, lost)).toMatchObject([{ next: 'retry', retryAt: 5 }])
    machine.decide(5, room)
    expect(machine.attemptEnded(6, 0, 2, lost)).toMatchObject([{ next: 'retry', retryAt: 16 }])
    machine.decide(16, room)
    expect(machine.attemptEnded(17, 0, 3, lost)).toMatchObject([{ next: 'failed' }])
  })

  test('who ran out of memory gets more', () => {
    const machine = machineOf({ jobs: 1, memoryMb: [200], retries: 1 })
    machine.decide(0, room)
    machine.attemptEnded(1, 0, 1, { outcome: 'failed', failure: { kind: 'memory', message: 'too much' } })
    expect(machine.decide(5000, room)).toMatchObject([{ type: 'attempt-started', memoryMb: 300 }])
  })

  test('who ran out of time gets more only where the policy says so', () => {
    const late = { outcome: 'failed' as const, failure: { kind: 'timeout' as const, message: 'too long' } }
    const machine = machineOf({ jobs: 1, timeoutMs: 1000, retries: 2 }, { timeFactor: 2 })
    machine.decide(0, room)
    machine.attemptEnded(1000, 0, 1, late)
    expect(machine.decide(5000, room)).toMatchObject([{ type: 'attempt-started', timeoutMs: 2000 }])
    expect(machine.dueKills(6500)).toEqual([])
    expect(machine.dueKills(7000)).toMatchObject([{ type: 'kill', reason: 'timeout' }])
    machine.attemptEnded(7000, 0, 2, late)
    expect(machine.decide(90_000, room)).toMatchObject([{ timeoutMs: 4000 }])
    const same = machineOf({ jobs: 1, timeoutMs: 1000, retries: 1 })
    same.decide(0, room)
    same.attemptEnded(1000, 0, 1, late)
    const [again] = same.decide(5000, room)
    expect(again).not.toHaveProperty('timeoutMs')
    expect(same.dueKills(6000)).not.toHaveLength(0)
  })

  test('a job has factors of its own in place of those of the policy', () => {
    const shape = { jobs: 1, memoryMb: [200], timeoutMs: 1000, retries: 2, memoryFactor: 2.5, timeFactor: 4 }
    const machine = machineOf(shape, { timeFactor: 2 })
    const over = (kind: 'memory' | 'timeout'): AttemptResult => ({
      outcome: 'failed',
      failure: { kind, message: 'too much' },
    })
    machine.decide(0, room)
    machine.attemptEnded(1, 0, 1, over('memory'))
    const [second] = machine.decide(5000, room)
    expect(second).toMatchObject({ memoryMb: 500 })
    expect(second).not.toHaveProperty('timeoutMs')
    machine.attemptEnded(6000, 0, 2, over('timeout'))
    expect(machine.decide(90_000, room)).toMatchObject([{ memoryMb: 500, timeoutMs: 4000 }])
  })

  test('with the policy stop nothing more starts', () => {
    const machine = machineOf({ jobs: 5 }, { onFailure: 'stop' })
    machine.decide(0, room)
    machine.attemptEnded(1, 0, 1, bad)
    expect(machine.decide(1, room)).toEqual([])
    machine.attemptEnded(2, 1, 1, ok)
    expect(machine.decide(2, room)).toMatchObject([{ type: 'run-ended', status: 'failed' }])
  })

  test('attempts past their time are ended, also after a recovery', () => {
    const shape = { jobs: 1, timeoutMs: 50 }
    const machine = machineOf(shape)
    const events = machine.decide(10, room)
    const recovered = new RunMachine(spec(shape))
    for (const event of events) recovered.apply(event)
    expect(recovered.dueKills(59)).toEqual([])
    expect(recovered.dueKills(60)).toEqual([{ type: 'kill', job: 0, attempt: 1, reason: 'timeout' }])
  })
})

describe('wishes', () => {
  test('a paused run lets running jobs end and starts none', () => {
    const machine = machineOf({ jobs: 3 })
    machine.decide(0, room)
    machine.pause(1, 'asked')
    machine.attemptEnded(2, 0, 1, ok)
    expect(machine.decide(2, room)).toEqual([])
    expect(machine.isIdle).toBe(false)
    machine.attemptEnded(3, 1, 1, ok)
    expect(machine.isIdle).toBe(true)
    machine.open(4, 'next', 2)
    expect(started(machine.decide(4, room))).toEqual([2])
  })

  test('a canceled run ends its jobs; taken up again it goes on', () => {
    const machine = machineOf({ jobs: 3 })
    machine.decide(0, room)
    machine.cancel(1, 'asked')
    expect(machine.dueKills(1).map((kill) => kill.type === 'kill' && kill.job)).toEqual([0, 1])
    for (const job of [0, 1]) machine.attemptEnded(2, job, 1, { outcome: 'canceled' })
    expect(machine.decide(3, room)).toMatchObject([{ type: 'run-ended', status: 'canceled' }])
    machine.open(4, 'next', 2)
    expect(started(machine.decide(4, room))).toEqual([0, 1])
  })

  test('held jobs wait for their release', () => {
    const machine = machineOf({ jobs: 2, edges: [[0, 1]] })
    machine.hold(0, 1, 'look first')
    machine.decide(0, room)
    machine.attemptEnded(1, 0, 1, ok)
    expect(machine.decide(1, room)).toEqual([])
    expect(machine.isIdle).toBe(true)
    machine.release(2, 1, 'fine')
    expect(started(machine.decide(2, room))).toEqual([1])
  })

  test('a job whose outputs are gone runs again before its readers', () => {
    const machine = machineOf({ jobs: 2, edges: [[0, 1]] })
    machine.decide(0, { cores: 0, memoryMb: 0 })
    machine.attemptEnded(1, 0, 1, ok)
    machine.reset(1, 0, 'memory is gone')
    expect(started(machine.decide(2, room))).toEqual([0])
    machine.attemptEnded(3, 0, 2, ok)
    expect(started(machine.decide(3, room))).toEqual([1])
  })
})

test('a late report of an earlier attempt changes nothing', () => {
  const machine = machineOf({ jobs: 1, retries: 1 }, { backoffMs: 0 })
  machine.decide(0, room)
  machine.attemptEnded(1, 0, 1, bad)
  machine.decide(2, room)
  expect(machine.attemptEnded(3, 0, 1, ok)).toEqual([])
  expect(machine.state(0)).toBe('running')
})

test('a history that cannot be is refused', () => {
  const machine = new RunMachine(spec({ jobs: 2, edges: [[0, 1]] }))
  expect(() => machine.apply({ type: 'attempt-started', time: 0, job: 1, attempt: 1 })).toThrow(
    /job 1: the history of the run cannot go on with attempt-started: .*the job is unready.*\[RUNNER_BAD_EVENT\]/,
  )
  expect(() => machine.apply({ type: 'attempt-started', time: 0, job: 7, attempt: 1 })).toThrow(
    'RUNNER_BAD_EVENT',
  )
})

/** That the time of a retry has come is seen by looking at the clock, not by an event. */
const settled = (state: string): string => (state === 'waiting' ? 'ready' : state)

/** A random run: a graph without cycles, limits, and a source of outcomes. */
const arbitraryRun = fc.record({
  jobs: fc.integer({ min: 1, max: 25 }),
  edges: fc.array(fc.tuple(fc.nat(24), fc.nat(24)), { maxLength: 60 }),
  cores: fc.array(fc.constantFrom(0.5, 1, 2, 5), { minLength: 25, maxLength: 25 }),
  memoryMb: fc.array(fc.constantFrom(0, 100, 900), { minLength: 25, maxLength: 25 }),
  priority: fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 25, maxLength: 25 }),
  category: fc.array(fc.constantFrom(-1, 0, 1), { minLength: 25, maxLength: 25 }),
  retries: fc.nat(2),
  onFailure: fc.constantFrom('stop', 'continue'),
  whenExhausted: fc.constantFrom('fail', 'hold'),
  choices: fc.infiniteStream(fc.nat(999)),
} as const)

test('any order of outcomes, wishes and crashes keeps what always holds, and every run ends', () => {
  fc.assert(
    fc.property(arbitraryRun, (run) => {
      const { jobs, choices } = run
      const choose = (below: number): number => Number(choices.next().value) % below
      const edges = run.edges
        .map(([a, b]) => [a % jobs, b % jobs] as const)
        .filter(([a, b]) => a !== b)
        .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
      const shape: Shape = { ...run, edges, limits: [1, 2], timeoutMs: 40 }
      const policy: RunPolicy = {
        ...DEFAULT_POLICY,
        onFailure: run.onFailure,
        whenExhausted: run.whenExhausted,
        backoffMs: 5,
        maxLosses: 3,
      }
      const { graph, cores, category } = spec(shape)
      let machine = new RunMachine(spec(shape), policy)
      const log: RunEvent[] = [...machine.open(0, 'a', 1)]
      const succeeded = new Set<number>()
      const active = new Map<number, { attempt: number; memoryMb: number }>()
      let time = 0
      for (let step = 0; machine.status === undefined; step++) {
        expect(step).toBeLessThan(3000)
        const events = [...machine.decide(time, room)]
        for (const event of events) {
          if (event.type !== 'attempt-started') continue
          expect(active.has(event.job)).toBe(false)
          expect(succeeded.has(event.job)).toBe(false)
          for (const parent of parentsOf(graph, event.job)) expect(succeeded.has(parent)).toBe(true)
          active.set(event.job, { attempt: event.attempt, memoryMb: event.memoryMb ?? 0 })
          const sum = (of: (job: number) => number): number =>
            [...active.keys()].reduce((total, job) => total + of(job), 0)
          if (active.size > 1) {
            expect(sum((job) => cores[job] ?? 0)).toBeLessThanOrEqual(room.cores)
            expect(sum((job) => active.get(job)?.memoryMb ?? 0)).toBeLessThanOrEqual(room.memoryMb)
          }
          for (const [k, limit] of [1, 2].entries())
            expect(sum((job) => (category[job] === k ? 1 : 0))).toBeLessThanOrEqual(limit)
        }
        log.push(...events)
        time++
        for (const kill of machine.dueKills(time)) {
          if (kill.type !== 'kill') continue
          active.delete(kill.job)
          const failure = { kind: 'timeout', message: 'too long' } as const
          const outcome = kill.reason === 'timeout' ? 'failed' : 'canceled'
          log.push(...machine.attemptEnded(time, kill.job, kill.attempt, { outcome, failure }))
        }
        const running = [...active.keys()]
        const job = running[choose(Math.max(1, running.length))]
        if (job !== undefined) {
          const outcome = (['succeeded', 'succeeded', 'failed', 'lost', 'none'] as const)[choose(5)] ?? 'none'
          if (outcome !== 'none') {
            const attempt = active.get(job)?.attempt ?? 0
            active.delete(job)
            if (outcome === 'succeeded') succeeded.add(job)
            const kind = choose(2) === 0 ? 'memory' : 'exit'
            log.push(...machine.attemptEnded(time, job, attempt, { outcome, failure: { kind, message: '' } }))
          }
        }
        const wish = choose(40)
        if (wish === 0) log.push(...machine.hold(time, choose(jobs), 'wish'))
        if (wish === 1) log.push(...machine.pause(time, 'wish'))
        if (wish === 2) log.push(...machine.cancelJob(time, choose(jobs), 'wish'))
        if (wish === 3) log.push(...machine.cancel(time, 'wish'))
        if (wish === 4 || machine.isIdle) {
          // The engine dies; the next one has only the history.
          const next = new RunMachine(spec(shape), policy)
          for (const event of log) next.apply(event)
          expect(new Set(next.running)).toEqual(new Set(active.keys()))
          for (let k = 0; k < jobs; k++) expect(settled(next.state(k))).toBe(settled(machine.state(k)))
          machine = next
          log.push(...machine.open(time, 'b', step))
          for (let k = 0; k < jobs; k++) log.push(...machine.release(time, k, 'wish'))
        }
      }
      expect(active.size).toBe(0)
      expect(machine.count('succeeded')).toBe(succeeded.size)
      expect(machine.status === 'succeeded').toBe(succeeded.size === jobs)
    }),
    { numRuns: 300 },
  )
})
