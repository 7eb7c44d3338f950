import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { BatchFolder } from './batch-folder.ts'
import type { Standstill } from './batch-queue.ts'
import type { BatchSystem, ElementState } from './batch-system.ts'
import type { OpenBatch } from './open-batch.ts'
import { readTextFile } from './read-text.ts'

/** File of the state of a site, beside its batches. */
const STATE_FILE = 'state.json'

/** What is known of the jobs of a run at a site with a scheduler. */
export interface SiteState {
  readonly site: string
  /** `slurm` or `htcondor`. */
  readonly scheduler: string
  /** Jobs that were not submitted yet. */
  readonly unsubmitted: number
  /** Jobs in the queue that no worker has begun. */
  readonly waiting: number
  readonly running: number
  /** Why nothing is submitted: the scheduler does not answer, or workers died in a row. */
  readonly standstill?: Standstill | undefined
  readonly batches: readonly BatchState[]
}

/** A batch in the queue. */
export interface BatchState {
  readonly name: string
  /** Of the array or cluster; absent while the scheduler has not taken it. */
  readonly id?: string | undefined
  readonly waiting: number
  readonly running: number
  /** Workers that do not run, by what the scheduler says of them. */
  readonly held: readonly { readonly reason: string; readonly elements: readonly number[] }[]
  readonly pending: readonly { readonly reason: string; readonly elements: readonly number[] }[]
}

/** The state of a site, from what its executor knows. */
export function siteState(
  site: string,
  system: Pick<BatchSystem, 'name'>,
  queue: { readonly waitingCount: number; readonly standstill: Standstill | undefined },
  open: readonly OpenBatch[],
): SiteState {
  const batches = open.filter((batch) => batch.open.size > 0).map(batchState)
  return {
    site,
    scheduler: system.name,
    unsubmitted: queue.waitingCount,
    waiting: batches.reduce((sum, { waiting }) => sum + waiting, 0),
    running: batches.reduce((sum, { running }) => sum + running, 0),
    standstill: queue.standstill,
    batches,
  }
}

function batchState(batch: OpenBatch): BatchState {
  const running = batch.runningCount()
  return {
    name: batch.name,
    id: batch.id,
    waiting: batch.open.size - running,
    running,
    held: byReason(batch.states, 'held'),
    pending: byReason(batch.states, 'pending'),
  }
}

function byReason(states: ReadonlyMap<number, ElementState>, phase: 'held' | 'pending'): BatchState['held'] {
  const found = new Map<string, number[]>()
  for (const [element, state] of states) {
    if (state.phase !== phase || !('reason' in state) || state.reason === undefined) continue
    const elements = found.get(state.reason) ?? []
    elements.push(element)
    found.set(state.reason, elements)
  }
  return [...found].map(([reason, elements]) => ({ reason, elements }))
}

/** Keeps the state of a site in a file, for those who look at the run from outside. */
export class SiteStateFile {
  readonly #path: string
  #text = ''

  /** @param root folder of the site's batches */
  constructor(root: string) {
    this.#path = join(root, STATE_FILE)
  }

  /** Writes it when it changed. Whoever reads sees the former or the new one. */
  write(state: SiteState): void {
    const text = JSON.stringify(state)
    if (text === this.#text) return
    this.#text = text
    writeFileSync(`${this.#path}.new`, text)
    renameSync(`${this.#path}.new`, this.#path)
  }

  remove(): void {
    rmSync(this.#path, { force: true })
  }
}

/** The states of the sites of a run, as its engine last saw them; none where nothing is at a scheduler. */
export function readSiteStates(runDir: string): readonly SiteState[] {
  return siteFolders(runDir).flatMap((folder) => {
    const text = readTextFile(join(folder, STATE_FILE))
    return text === undefined ? [] : [JSON.parse(text) as SiteState]
  })
}

/** Where jobs of a run are at its sites, in words for people, by the names of the jobs. */
export function jobPlaces(runDir: string): ReadonlyMap<string, string> {
  const places = new Map<string, string>()
  const states = new Map(readSiteStates(runDir).map((state) => [state.site, state]))
  for (const root of siteFolders(runDir)) {
    for (const name of namesIn(root)) {
      const folder = new BatchFolder(join(root, name))
      const file = name.startsWith('skyloom-') && !name.includes('.') ? folder.read() : undefined
      if (file === undefined) continue
      const reported = new Set(folder.reported())
      const claims = folder.claims()
      const state = states.get(file.site)?.batches.find((batch) => batch.name === name)
      for (const [at, { plan }] of file.tasks.entries()) {
        if (reported.has(at)) continue
        const host = claims.get(at)?.host
        const element = file.data === 'carried' ? at : undefined
        places.set(
          plan.name,
          `${file.site}: ${host === undefined ? waitText(state, element) : `runs on ${host}`}`,
        )
      }
    }
  }
  return places
}

/** What an element waits for, or, where any element may take the task, what most wait for. */
function waitText(state: BatchState | undefined, element: number | undefined): string {
  if (state?.id === undefined) return 'is being submitted'
  const has = ({ elements }: { readonly elements: readonly number[] }): boolean =>
    element === undefined || elements.includes(element)
  const held = state.held.find(has)
  const pending = state.pending.find(has)
  // Workers that are not held take what the others would have taken.
  if (held !== undefined && (element !== undefined || pending === undefined)) return held.reason
  const id = `${state.id}${element === undefined ? '' : `.${element}`}`
  if (pending !== undefined) return `waits in the queue as ${id}: ${pending.reason}`
  return element === undefined ? `waits for a worker of ${id}` : `is in the queue as ${id}`
}

function siteFolders(runDir: string): readonly string[] {
  const root = join(runDir, 'batch')
  return namesIn(root).map((name) => join(root, name))
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR'))
      return []
    throw cause
  }
}

/** The states of sites for people, a line for each thing to know. */
export function siteStatesText(states: readonly SiteState[]): string {
  return states
    .flatMap(({ site, scheduler, unsubmitted, waiting, running, standstill, batches }) => {
      const held = batches.flatMap((batch) => batch.held)
      const pending = [...new Set(batches.flatMap((batch) => batch.pending.map(({ reason }) => reason)))]
      return [
        `${site} (${scheduler}): ${unsubmitted} not submitted, ${waiting} in the queue, ${running} running`,
        ...pending.map((reason) => `  waits: ${reason}`),
        ...held.map(({ reason, elements }) => `  ${elements.length} workers held: ${reason}`),
        ...(standstill === undefined ? [] : [`  ${standstillText(standstill)}`]),
      ]
    })
    .map((line) => `${line}\n`)
    .join('')
}

function standstillText({ text, sinceMs, untilMs }: Standstill): string {
  const at = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
  return `nothing is submitted since ${at(sinceMs)}: ${text}; tried again at ${at(untilMs)}`
}
