import {
  type AttemptRow,
  type InvocationRow,
  type JobRow,
  type KnownResult,
  type NewRun,
  RegistryError,
  type RunCommit,
  type RunEvent,
  type RunFilter,
  type RunRow,
  type Stored,
} from '@skyloom/registry'
import type { EngineStore } from './run-store.ts'

interface StoredRun {
  row: RunRow
  token: number
  readonly events: RunEvent[]
  readonly jobs: Map<string, Stored<JobRow>>
  readonly edges: { readonly parent: string; readonly child: string }[]
  readonly attempts: Map<string, Stored<AttemptRow>>
  readonly invocations: Map<string, Stored<InvocationRow>>
  readonly files: Map<string, { lfn: string; sizeBytes: number | null; sha256: string | null }>
  readonly replicas: Map<string, Map<string, { readonly site: string; readonly pfn: string }>>
  readonly made: Map<string, string[]>
}

/** A registry in memory, for tests and benchmarks of the engine alone: the same answers, nothing kept. */
export class MemoryStore implements EngineStore {
  readonly #runs = new Map<string, StoredRun>()
  readonly #nowMs: () => number

  constructor(nowMs: () => number = Date.now) {
    this.#nowMs = nowMs
  }

  async create(run: NewRun): Promise<RunRow> {
    if (this.#runs.has(run.id))
      throw new RegistryError('REGISTRY_EXISTS', 'the id is taken', { found: run.id })
    const row: RunRow = {
      id: run.id,
      label: run.label,
      state: 'created',
      user: run.user,
      host: run.host,
      directory: run.directory,
      parentRunId: run.parentRunId ?? null,
      createdMs: run.createdMs ?? this.#nowMs(),
      startedMs: null,
      endedMs: null,
      exitCode: null,
      reason: null,
      lastSeq: 0,
      lease: null,
      data: run.data ?? null,
    }
    this.#runs.set(run.id, {
      row,
      token: 0,
      events: [],
      jobs: new Map(),
      edges: [],
      attempts: new Map(),
      invocations: new Map(),
      files: new Map(),
      replicas: new Map(),
      made: new Map(),
    })
    return await Promise.resolve(row)
  }

  async get(runId: string): Promise<RunRow> {
    return await Promise.resolve(this.#run(runId).row)
  }

  async list(filter: RunFilter = {}): Promise<readonly RunRow[]> {
    const rows = [...this.#runs.values()].map(({ row }) => row).reverse()
    const { parentRunId } = filter
    return await Promise.resolve(
      parentRunId === undefined ? rows : rows.filter((row) => row.parentRunId === parentRunId),
    )
  }

  async acquireLease(runId: string, owner: string, ttlMs: number): ReturnType<EngineStore['acquireLease']> {
    const run = this.#run(runId)
    const { lease } = run.row
    const nowMs = this.#nowMs()
    if (lease !== null && lease.owner !== owner && lease.expiresMs > nowMs) {
      return await Promise.resolve({ isHeld: true, owner: lease.owner, expiresMs: lease.expiresMs })
    }
    const token = ++run.token
    const expiresMs = nowMs + ttlMs
    run.row = { ...run.row, lease: { owner, token, expiresMs } }
    return { isHeld: false, token, expiresMs }
  }

  async renewLease(runId: string, token: number, ttlMs: number): Promise<number> {
    const run = this.#held(runId, token)
    const expiresMs = this.#nowMs() + ttlMs
    run.row = { ...run.row, lease: { owner: run.row.lease?.owner ?? '', token, expiresMs } }
    return await Promise.resolve(expiresMs)
  }

  async releaseLease(runId: string, token: number): Promise<void> {
    const run = this.#run(runId)
    if (run.token === token) run.row = { ...run.row, lease: null }
    await Promise.resolve()
  }

  async commit(runId: string, token: number, changes: RunCommit): Promise<void> {
    const run = this.#held(runId, token)
    for (const event of changes.events ?? []) {
      if (event.seq !== run.events.length + 1)
        throw new RegistryError('REGISTRY_CONFLICT', 'events must follow each other', {
          found: String(event.seq),
        })
      run.events.push(event)
    }
    for (const job of changes.jobs ?? []) run.jobs.set(job.jobId, filled(job, JOB_DEFAULTS))
    for (const change of changes.jobChanges ?? []) {
      const job = run.jobs.get(change.jobId)
      if (job === undefined)
        throw new RegistryError('REGISTRY_NOT_FOUND', 'no such job', { found: change.jobId })
      run.jobs.set(change.jobId, { ...job, ...definedOf(change) })
    }
    run.edges.push(...(changes.edges ?? []))
    for (const row of changes.attempts ?? [])
      run.attempts.set(`${row.jobId} ${row.attempt}`, filled(row, ATTEMPT_DEFAULTS))
    for (const row of changes.invocations ?? [])
      run.invocations.set(`${row.jobId} ${row.attempt} ${row.task}`, filled(row, INVOCATION_DEFAULTS))
    for (const file of changes.files ?? [])
      run.files.set(file.id, {
        lfn: file.lfn,
        sizeBytes: file.sizeBytes ?? null,
        sha256: file.sha256 ?? null,
      })
    for (const { fileId, site, pfn } of changes.replicas ?? []) {
      const places = run.replicas.get(fileId) ?? new Map<string, { site: string; pfn: string }>()
      run.replicas.set(fileId, places.set(`${site} ${pfn}`, { site, pfn }))
    }
    for (const { site, pfn } of changes.removedPlaces ?? [])
      for (const places of run.replicas.values()) places.delete(`${site} ${pfn}`)
    for (const { jobId, attempt, fileId } of changes.generated ?? []) {
      const key = `${jobId} ${attempt}`
      run.made.set(key, [...(run.made.get(key) ?? []), fileId])
    }
    run.row = { ...run.row, ...definedOf(changes.run ?? {}), lastSeq: run.events.length }
    await Promise.resolve()
  }

  async *events(runId: string, afterSeq = 0): AsyncIterable<RunEvent> {
    await Promise.resolve()
    yield* this.#run(runId).events.slice(afterSeq)
  }

  async lastEvents(
    runId: string,
    filter: { readonly jobId?: string; readonly type?: string; readonly limit?: number },
  ): Promise<readonly RunEvent[]> {
    const events = this.#run(runId).events.filter(
      (event) =>
        (filter.jobId === undefined || event.jobId === filter.jobId) &&
        (filter.type === undefined || event.type === filter.type),
    )
    return await Promise.resolve(events.reverse().slice(0, filter.limit ?? 100))
  }

  async job(runId: string, jobId: string): Promise<Stored<JobRow>> {
    const job = this.#run(runId).jobs.get(jobId)
    if (job === undefined) throw new RegistryError('REGISTRY_NOT_FOUND', 'no such job', { found: jobId })
    return await Promise.resolve(job)
  }

  async *jobs(runId: string, filter: Parameters<EngineStore['jobs']>[1] = {}): AsyncIterable<Stored<JobRow>> {
    await Promise.resolve()
    for (const job of this.#run(runId).jobs.values()) {
      if (filter.states?.includes(job.state) === false) continue
      if (filter.kind !== undefined && filter.kind !== job.kind) continue
      if (filter.transformation !== undefined && filter.transformation !== job.transformation) continue
      if (filter.jobIds?.includes(job.jobId) === false) continue
      yield job
    }
  }

  async neighbours(runId: string, jobId: string): ReturnType<EngineStore['neighbours']> {
    const { edges } = this.#run(runId)
    return await Promise.resolve({
      parents: edges.filter(({ child }) => child === jobId).map(({ parent }) => parent),
      children: edges.filter(({ parent }) => parent === jobId).map(({ child }) => child),
    })
  }

  async *attempts(runId: string, jobId?: string): AsyncIterable<Stored<AttemptRow>> {
    await Promise.resolve()
    for (const row of this.#run(runId).attempts.values())
      if (jobId === undefined || row.jobId === jobId) yield row
  }

  async *invocations(runId: string, jobId?: string): AsyncIterable<Stored<InvocationRow>> {
    await Promise.resolve()
    for (const row of this.#run(runId).invocations.values())
      if (jobId === undefined || row.jobId === jobId) yield row
  }

  async counts(runId: string): ReturnType<EngineStore['counts']> {
    const groups = new Map<string, Awaited<ReturnType<EngineStore['counts']>>[number]>()
    for (const { kind, transformation, state } of this.#run(runId).jobs.values()) {
      const key = `${kind} ${transformation} ${state}`
      groups.set(key, { kind, transformation, state, jobs: (groups.get(key)?.jobs ?? 0) + 1 })
    }
    return await Promise.resolve([...groups.values()])
  }

  async findResults(recipeSha256: string): Promise<readonly KnownResult[]> {
    const found: KnownResult[] = []
    for (const run of this.#runs.values()) {
      for (const attempt of run.attempts.values()) {
        if (attempt.recipeSha256 !== recipeSha256 || attempt.state !== 'succeeded') continue
        const ids = run.made.get(`${attempt.jobId} ${attempt.attempt}`) ?? []
        const outputs = ids.flatMap((fileId) => {
          const file = run.files.get(fileId)
          const replicas = [...(run.replicas.get(fileId)?.values() ?? [])]
          return file === undefined ? [] : [{ fileId, ...file, replicas }]
        })
        const { jobId, endedMs } = attempt
        found.push({ runId: run.row.id, jobId, attempt: attempt.attempt, endedMs, outputs })
      }
    }
    return await Promise.resolve(found.reverse().slice(0, 10))
  }

  async knownRecipes(lfns: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
    const wanted = new Set(lfns)
    const known = new Map<string, string[]>()
    for (const run of this.#runs.values()) {
      for (const { jobId, attempt, state, recipeSha256 } of run.attempts.values()) {
        if (state !== 'succeeded' || recipeSha256 === null) continue
        for (const fileId of run.made.get(`${jobId} ${attempt}`) ?? []) {
          const lfn = run.files.get(fileId)?.lfn
          if (lfn !== undefined && wanted.has(lfn)) known.set(lfn, [recipeSha256, ...(known.get(lfn) ?? [])])
        }
      }
    }
    return await Promise.resolve(known)
  }

  async remove(runId: string): Promise<void> {
    this.#runs.delete(runId)
    await Promise.resolve()
  }

  #run(runId: string): StoredRun {
    const run = this.#runs.get(runId)
    if (run === undefined) throw new RegistryError('REGISTRY_NOT_FOUND', 'no such run', { found: runId })
    return run
  }

  #held(runId: string, token: number): StoredRun {
    const run = this.#run(runId)
    if (run.token === token) return run
    throw new RegistryError('REGISTRY_STALE_TOKEN', 'the lease went to somebody else', {
      found: String(token),
      allowed: String(run.token),
    })
  }
}

const JOB_DEFAULTS = { site: null, category: null, reason: null, data: null }
const ATTEMPT_DEFAULTS = {
  externalId: null,
  site: null,
  host: null,
  submittedMs: null,
  startedMs: null,
  endedMs: null,
  exitCode: null,
  signal: null,
  reason: null,
  workDirectory: null,
  cores: 1,
  recipeSha256: null,
  stdoutFile: null,
  stderrFile: null,
  stdout: null,
  stderr: null,
  data: null,
}
const INVOCATION_DEFAULTS = {
  taskId: null,
  programVersion: null,
  programSha256: null,
  workDirectory: null,
  site: null,
  host: null,
  ip: null,
  platform: null,
  cpuMs: null,
  maxRssBytes: null,
  readBytes: null,
  writtenBytes: null,
  signal: null,
  data: null,
}

function filled<Row extends object>(row: Row, defaults: object): Stored<Row> {
  // The defaults name every column that a row may leave out.
  return { ...defaults, ...definedOf(row) } as Stored<Row>
}

function definedOf(row: object): object {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined))
}
