import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AttemptReport, Product } from '../executor/executor.ts'
import type { Invocation } from '../invocation/invocation.ts'
import { productPath } from '../memory/product-path.ts'
import { kickstartHost } from '../pegasus/kickstart-host.ts'
import { type KickstartContext, writeKickstart } from '../pegasus/write-kickstart.ts'
import type { PlanFile } from '../plan/plan-file.ts'

/** Folder of the records in the directory of a run. */
const KICKSTART_FOLDER = 'kickstart'
/**
 * Which attempts get a record as a file: `programs` leaves out those of functions, which may end thousands a second; a file for
 * each would take longer than they do.
 */
export type KickstartChoice = 'all' | 'programs' | 'none'

/** Jobs of one folder. */
const JOBS_PER_FOLDER = 1000

/** Attempts whose records wait for a disk that has room. */
const MAX_WAITING = 1000

/**
 * Writes the invocation records of attempts in the form of pegasus-kickstart: one file for each attempt,
 * `kickstart/0/JOB.out.000`, the number being that of the attempt from 0. They repeat what the registry holds, so they are
 * written before the attempt is stored and are not synced; when the disk is full they wait, and the run does not.
 */
export class KickstartRecords {
  readonly #folder: string
  readonly #plan: PlanFile
  readonly #context: KickstartContext
  readonly #made = new Set<string>()
  readonly #onNotice: (text: string) => void
  #waiting: AttemptReport[] = []
  readonly #isForAll: boolean
  #isTold = false

  constructor(
    runDir: string,
    plan: PlanFile,
    choice: Exclude<KickstartChoice, 'none'>,
    onNotice: (text: string) => void,
  ) {
    this.#isForAll = choice === 'all'
    this.#folder = join(runDir, KICKSTART_FOLDER)
    this.#plan = plan
    this.#onNotice = onNotice
    const plannedMs = statSync(plan.path).mtimeMs
    this.#context = { workflow: plan.head.workflow, plannedMs, host: kickstartHost() }
  }

  write(reports: readonly AttemptReport[]): void {
    const due = this.#waiting.length === 0 ? reports : [...this.#waiting, ...reports]
    for (const [at, report] of due.entries()) {
      try {
        if (report.invocations.length > 0 && this.#isWanted(report)) this.#write(report)
      } catch (cause) {
        this.#waiting = due.slice(at, at + MAX_WAITING)
        const reason = cause instanceof Error ? cause.message : String(cause)
        if (!this.#isTold) this.#onNotice(`records of invocations cannot be written: ${reason}`)
        this.#isTold = true
        return
      }
    }
    if (this.#waiting.length > 0) this.#waiting = []
  }

  #isWanted({ executor, memory }: AttemptReport): boolean {
    return this.#isForAll || (executor !== 'worker' && memory === undefined)
  }

  #write({ invocations, job, attempt, products }: AttemptReport): void {
    const folder = `${this.#folder}/${Math.floor(job / JOBS_PER_FOLDER)}`
    if (!this.#made.has(folder)) {
      mkdirSync(folder, { recursive: true })
      this.#made.add(folder)
    }
    const text = invocations
      .map((invocation) => writeKickstart(withOutputs(invocation, products), this.#context))
      .join('')
    const name = this.#plan.name(job).replaceAll('/', '_')
    writeFileSync(`${folder}/${name}.out.${String(attempt - 1).padStart(3, '0')}`, text)
  }
}

/** What a task made: its outputs get their names, sizes and hashes after it has ended. */
function withOutputs(invocation: Invocation, products: readonly Product[]): Invocation {
  const own = products.filter(({ task }) => task === invocation.task)
  if (own.length === 0) return invocation
  const outputs = own.map(({ lfn, url, sizeBytes, sha256 }) => ({
    lfn,
    path: productPath(lfn, url),
    sizeBytes,
    sha256,
  }))
  return { ...invocation, outputs }
}
