import { closeSync, existsSync, mkdirSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomic } from '@skyloom/base/node'
import type { BatchFile, BatchReport, Claim } from './batch-file.ts'
import { readTextFile } from './read-text.ts'

/** File of a batch with its tasks. */
const BATCH_FILE = 'batch.json'
/** File with the scheduler's id of the batch; written after the submission. */
const ID_FILE = 'id'
/** The engine gave the batch up: elements that still start must end at once. */
const REVOKED_FILE = 'revoked'
/** What a claim says that the engine made to keep nodes away from a task. */
const ENGINE_CLAIM = 'engine'

/**
 * The folder through which engine and worker nodes speak about a batch. A task is claimed by creating a file that may not be
 * there; whoever creates it has it, be it an element that works on it or the engine that gives it up, so no task is run
 * twice and none that was given up is begun later. Reports are complete when they are there.
 *
 * ```
 * batch.json   tasks        claims/7     who works on task 7       stop/7   task 7 has to end
 * id           of the queue reports/7.json  how it went            logs/    of the elements
 * ```
 */
export class BatchFolder {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  get logs(): string {
    return join(this.path, 'logs')
  }

  /** Folder that the scheduler carries to the node and back, for one task. */
  home(task: number): string {
    return join(this.path, 'home', String(task))
  }

  async write(batch: BatchFile): Promise<void> {
    for (const name of ['claims', 'reports', 'stop', 'logs'])
      mkdirSync(join(this.path, name), { recursive: true })
    await writeFileAtomic(join(this.path, BATCH_FILE), JSON.stringify(batch))
  }

  /** @returns undefined for a folder whose batch was never complete */
  read(): BatchFile | undefined {
    const text = readTextFile(join(this.path, BATCH_FILE))
    return text === undefined ? undefined : (JSON.parse(text) as BatchFile)
  }

  async writeId(id: string): Promise<void> {
    await writeFileAtomic(join(this.path, ID_FILE), id)
  }

  readId(): string | undefined {
    return readTextFile(join(this.path, ID_FILE))
  }

  /** True when the engine gave the batch up, or removed it. */
  get isRevoked(): boolean {
    return !existsSync(join(this.path, BATCH_FILE)) || existsSync(join(this.path, REVOKED_FILE))
  }

  revoke(): void {
    writeFileSync(join(this.path, REVOKED_FILE), '')
  }

  /** Takes a task for an element. @returns false when somebody has it */
  claim(task: number, claim: Claim): boolean {
    return this.#create(task, JSON.stringify(claim))
  }

  /** Keeps all elements from a task. @returns false when one has it already */
  withhold(task: number): boolean {
    return this.#create(task, ENGINE_CLAIM)
  }

  /** Takes a task from an element whose node is lost: it may not publish what it made any more. */
  async takeAway(task: number): Promise<void> {
    await writeFileAtomic(join(this.path, 'claims', String(task)), ENGINE_CLAIM, { overwrite: true })
  }

  /** True when the engine has a task that an element had before. */
  isTakenAway(task: number): boolean {
    return readTextFile(join(this.path, 'claims', String(task))) === ENGINE_CLAIM
  }

  #create(task: number, text: string): boolean {
    let file: number
    try {
      file = openSync(join(this.path, 'claims', String(task)), 'wx')
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return false
      throw cause
    }
    writeFileSync(file, text)
    closeSync(file)
    return true
  }

  /** The claims that elements made. One that is just being written is left out. */
  claims(): ReadonlyMap<number, Claim> {
    const claims = new Map<number, Claim>()
    for (const task of this.claimed()) {
      const text = readTextFile(join(this.path, 'claims', String(task)))
      if (text === undefined || text === '' || text === ENGINE_CLAIM) continue
      claims.set(task, JSON.parse(text) as Claim)
    }
    return claims
  }

  /** Numbers of the tasks that an element or the engine has. */
  claimed(): readonly number[] {
    return numbersIn(join(this.path, 'claims'))
  }

  isClaimed(task: number): boolean {
    return existsSync(join(this.path, 'claims', String(task)))
  }

  async writeReport(task: number, report: BatchReport): Promise<void> {
    await writeFileAtomic(join(this.path, 'reports', `${task}.json`), JSON.stringify(report))
  }

  /** Numbers of the tasks with a report. */
  reported(): readonly number[] {
    return numbersIn(join(this.path, 'reports'), '.json')
  }

  report(task: number): BatchReport | undefined {
    const text = readTextFile(join(this.path, 'reports', `${task}.json`))
    return text === undefined ? undefined : (JSON.parse(text) as BatchReport)
  }

  /** Asks the node that works on a task to end it. */
  stop(task: number): void {
    writeFileSync(join(this.path, 'stop', String(task)), '')
  }

  isStopped(task: number): boolean {
    return existsSync(join(this.path, 'stop', String(task)))
  }

  /** Removes it. An element that starts just now may write into it meanwhile: what is left goes when the run is taken up again. */
  remove(): void {
    // Without its tasks it is no batch any more, whatever else stays.
    rmSync(join(this.path, BATCH_FILE), { force: true })
    try {
      rmSync(this.path, { recursive: true, force: true, maxRetries: 3, retryDelay: 50 })
    } catch (cause) {
      if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOTEMPTY')) throw cause
    }
  }
}

function numbersIn(folder: string, ending = ''): readonly number[] {
  let names: readonly string[]
  try {
    names = readdirSync(folder)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return []
    throw cause
  }
  return names
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, name.length - ending.length))
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
}
