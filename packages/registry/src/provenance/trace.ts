import { sql } from 'kysely'
import type { Session } from '../database/database.ts'
import { fileKeys, inPieces } from '../files/file-keys.ts'
import { fileFromRow } from '../files/file-rows.ts'
import type { FileInfo } from '../files/file-store.ts'
import type { InvocationRow, Stored } from '../runs/records.ts'
import { invocationFromRow } from '../runs/run-rows.ts'

/** How far a trace goes. */
export interface TraceOptions {
  readonly direction: 'ancestors' | 'descendants'
  /** Most steps. Default: to the end. */
  readonly maxSteps?: number | undefined
}

/** Something that was run: an invocation, or a derivation that somebody registered without one. */
export interface TraceStep {
  readonly runId: string
  readonly workflow: string
  readonly jobId: string
  readonly attempt: number
  readonly task: number
  /** Null when its record is gone or never was. */
  readonly invocation: Stored<InvocationRow> | null
  /** Ids of files. */
  readonly used: readonly string[]
  readonly generated: readonly string[]
}

/** Files and steps that belong together. */
export interface FileTrace {
  /** Ids of the files that were asked for. */
  readonly roots: readonly string[]
  readonly files: readonly FileInfo[]
  readonly steps: readonly TraceStep[]
  /** Derivations that no step explains. */
  readonly derived: readonly { readonly parentId: string; readonly childId: string }[]
  /** True when `maxSteps` cut the trace. */
  readonly isCut: boolean
}

/** Follows provenance level by level: as many queries as the history is deep, not as it is wide. */
export async function traceFiles(
  session: Session,
  fileIds: readonly string[],
  options: TraceOptions,
): Promise<FileTrace> {
  const roots = await fileKeys(session, fileIds)
  const isBack = options.direction === 'ancestors'
  const files = new Map<number, FileInfo>()
  const steps = new Map<string, StepRow>()
  const derived = new Map<string, { readonly parent: number; readonly child: number }>()
  let frontier: readonly number[] = [...roots.values()]
  let isCut = false
  for (let depth = 0; frontier.length > 0; depth++) {
    await readFiles(session, frontier, files)
    if (depth >= (options.maxSteps ?? Number.POSITIVE_INFINITY)) {
      isCut = await hasMore(session, frontier, isBack)
      break
    }
    const found = new Set<number>()
    const links = isBack ? await stepsBefore(session, frontier) : await stepsAfter(session, frontier)
    for (const { step, far } of links) {
      steps.set(stepName(step), step)
      if (far !== null) found.add(far)
    }
    for (const link of await derivations(session, frontier, isBack)) {
      derived.set(`${link.parent} ${link.child}`, link)
      found.add(isBack ? link.parent : link.child)
    }
    frontier = [...found].filter((key) => !files.has(key))
  }
  return await assemble(session, roots, files, steps, derived, isCut)
}

/** A step as its rows name it. */
interface StepRow {
  readonly run_key: number
  readonly job_id: string
  readonly attempt: number
  readonly task: number
}

function stepName({ run_key: run, job_id: job, attempt, task }: StepRow): string {
  return `${run} ${attempt} ${task} ${job}`
}

interface Link {
  readonly step: StepRow
  readonly far: number | null
}

async function readFiles(
  session: Session,
  keys: readonly number[],
  files: Map<number, FileInfo>,
): Promise<void> {
  for (const piece of inPieces(keys)) {
    const rows = await session.rows(
      session.sql
        .selectFrom('file')
        .leftJoin('run', 'run.key', 'file.run_key')
        .selectAll('file')
        .select('run.id as run_id')
        .where('file.key', 'in', piece),
    )
    for (const row of rows) files.set(row.key, fileFromRow(row))
  }
}

/** Makers of files, with each file that those used. */
async function stepsBefore(session: Session, keys: readonly number[]): Promise<readonly Link[]> {
  const links: Link[] = []
  for (const piece of inPieces(keys)) {
    const rows = await session.rows(
      session.sql
        .selectFrom('file as f')
        .leftJoin('used as u', (join) =>
          join
            .onRef('u.run_key', '=', 'f.run_key')
            .onRef('u.job_id', '=', 'f.job_id')
            .onRef('u.attempt', '=', 'f.attempt')
            .onRef('u.task', '=', 'f.task'),
        )
        .select(['f.run_key', 'f.job_id', 'f.attempt', 'f.task', 'u.file_key'])
        .where('f.key', 'in', piece)
        .where('f.run_key', 'is not', null),
    )
    for (const { run_key: run, job_id: job, attempt, task, file_key: far } of rows) {
      if (run === null || job === null) continue
      links.push({ step: { run_key: run, job_id: job, attempt: attempt ?? 1, task: task ?? 1 }, far })
    }
  }
  return links
}

/** Users of files, with each file that those made. */
async function stepsAfter(session: Session, keys: readonly number[]): Promise<readonly Link[]> {
  const links: Link[] = []
  for (const piece of inPieces(keys)) {
    const rows = await session.rows(
      session.sql
        .selectFrom('used as u')
        .leftJoin('file as f', (join) =>
          join
            .onRef('f.run_key', '=', 'u.run_key')
            .onRef('f.job_id', '=', 'u.job_id')
            .onRef('f.attempt', '=', 'u.attempt')
            .onRef('f.task', '=', 'u.task'),
        )
        .select(['u.run_key', 'u.job_id', 'u.attempt', 'u.task', 'f.key'])
        .where('u.file_key', 'in', piece),
    )
    for (const { key: far, ...step } of rows) links.push({ step, far })
  }
  return links
}

async function derivations(
  session: Session,
  keys: readonly number[],
  isBack: boolean,
): Promise<readonly { readonly parent: number; readonly child: number }[]> {
  const links = []
  for (const piece of inPieces(keys)) {
    const rows = await session.rows(
      session.sql
        .selectFrom('derived')
        .select(['parent_key as parent', 'child_key as child'])
        .where(isBack ? 'child_key' : 'parent_key', 'in', piece),
    )
    links.push(...rows)
  }
  return links
}

async function hasMore(session: Session, keys: readonly number[], isBack: boolean): Promise<boolean> {
  const links = isBack ? await stepsBefore(session, keys) : await stepsAfter(session, keys)
  return links.length > 0 || (await derivations(session, keys, isBack)).length > 0
}

/** Puts the steps together, each with all files that it used and made, also those off the way. */
async function assemble(
  session: Session,
  roots: ReadonlyMap<string, number>,
  files: Map<number, FileInfo>,
  steps: ReadonlyMap<string, StepRow>,
  derived: ReadonlyMap<string, { readonly parent: number; readonly child: number }>,
  isCut: boolean,
): Promise<FileTrace> {
  const rows = [...steps.values()]
  const used = await filesOfSteps(session, 'used', rows)
  const generated = await filesOfSteps(session, 'generated', rows)
  const invocations = await invocationsOf(session, rows)
  const runs = await runsOf(session, rows)
  const missing = [...used.values(), ...generated.values()].flat().filter((key) => !files.has(key))
  await readFiles(session, [...new Set(missing)], files)
  const idOf = (key: number): string => files.get(key)?.id ?? ''
  const explained = new Set<string>()
  const list = rows.map((row): TraceStep => {
    const name = stepName(row)
    const inputs = used.get(name) ?? []
    const outputs = generated.get(name) ?? []
    for (const parent of inputs) for (const child of outputs) explained.add(`${parent} ${child}`)
    const run = runs.get(row.run_key)
    return {
      runId: run?.id ?? '',
      workflow: run?.label ?? '',
      jobId: row.job_id,
      attempt: row.attempt,
      task: row.task,
      invocation: invocations.get(name) ?? null,
      used: inputs.map(idOf).sort(),
      generated: outputs.map(idOf).sort(),
    }
  })
  return {
    roots: [...roots.keys()],
    files: [...files.values()].sort((a, b) => (a.id < b.id ? -1 : 1)),
    steps: list.sort((a, b) => (keyOfStep(a) < keyOfStep(b) ? -1 : 1)),
    derived: [...derived]
      .filter(([name]) => !explained.has(name))
      .map(([, { parent, child }]) => ({ parentId: idOf(parent), childId: idOf(child) })),
    isCut,
  }
}

function keyOfStep({ runId, jobId, attempt, task }: TraceStep): string {
  return `${runId}\n${jobId}\n${attempt}\n${task}`
}

/** Steps as one text that both databases take apart. */
function stepsText(rows: readonly StepRow[]): string {
  return JSON.stringify(rows.map(({ run_key: run, job_id: job, attempt, task }) => [run, job, attempt, task]))
}

function stepsTable(session: Session, rows: readonly StepRow[]) {
  const text = stepsText(rows)
  return session.dialect === 'sqlite'
    ? sql`(select value ->> 0 as run_key, value ->> 1 as job_id, value ->> 2 as attempt, value ->> 3 as task from json_each(${text}))`
    : sql`(select (value ->> 0)::bigint as run_key, value ->> 1 as job_id, (value ->> 2)::bigint as attempt, (value ->> 3)::bigint as task from json_array_elements(${text}::json))`
}

async function filesOfSteps(
  session: Session,
  relation: 'used' | 'generated',
  steps: readonly StepRow[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  const byStep = new Map<string, number[]>()
  for (const piece of inPieces(steps)) {
    const table = relation === 'used' ? sql`used` : sql`file`
    const column = relation === 'used' ? sql`t.file_key` : sql`t.key`
    const query = sql<StepRow & { readonly file_key: number }>`
      select t.run_key, t.job_id, t.attempt, t.task, ${column} as file_key
      from ${stepsTable(session, piece)} as s join ${table} as t
      on t.run_key = s.run_key and t.job_id = s.job_id and t.attempt = s.attempt and t.task = s.task`
    for (const row of await session.run(query)) {
      const name = stepName(row)
      const list = byStep.get(name)
      if (list === undefined) byStep.set(name, [row.file_key])
      else list.push(row.file_key)
    }
  }
  return byStep
}

async function invocationsOf(
  session: Session,
  steps: readonly StepRow[],
): Promise<ReadonlyMap<string, Stored<InvocationRow>>> {
  const found = new Map<string, Stored<InvocationRow>>()
  for (const piece of inPieces(steps)) {
    const query = sql<Parameters<typeof invocationFromRow>[0]>`
      select t.* from ${stepsTable(session, piece)} as s join invocation as t
      on t.run_key = s.run_key and t.job_id = s.job_id and t.attempt = s.attempt and t.task = s.task`
    for (const row of await session.run(query)) found.set(stepName(row), invocationFromRow(row))
  }
  return found
}

async function runsOf(
  session: Session,
  steps: readonly StepRow[],
): Promise<ReadonlyMap<number, { readonly id: string; readonly label: string }>> {
  const keys = [...new Set(steps.map(({ run_key: key }) => key))]
  const found = new Map<number, { readonly id: string; readonly label: string }>()
  for (const piece of inPieces(keys)) {
    const rows = await session.rows(
      session.sql.selectFrom('run').select(['key', 'id', 'label']).where('key', 'in', piece),
    )
    for (const { key, ...run } of rows) found.set(key, run)
  }
  return found
}
