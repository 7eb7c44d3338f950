import type { PlanJobLine } from '@skyloom/workflow'
import { filePathOf } from '../files/file-url.ts'

/** Who makes and who reads the logical files of a plan with the data configuration `memory`. */
export interface MemoryUses {
  /** True for a file that only jobs of the run read: it need not be a file of any disk. */
  isInternal(lfn: string): boolean
  /** Number of the job that makes it. */
  maker(lfn: string): number | undefined
  /** Numbers of the jobs that read it. */
  readers(lfn: string): readonly number[]
  /** Files that only jobs of the run read, among the inputs of a job. */
  readBy(job: number): readonly string[]
  /** Distance of a job from the roots of the plan: what is read later is needed less. */
  level(job: number): number
  /** Where a job would leave the file on disk. */
  diskPath(lfn: string): string | undefined
  /** Scratch directory of the run; `undefined` when no job writes a file. */
  readonly scratch: string | undefined
}

interface Made {
  readonly job: number
  readonly path: string | undefined
}

/** Gathers {@link MemoryUses} from the lines of a plan. */
export class MemoryUsesBuilder implements MemoryUses {
  scratch: string | undefined
  readonly #made = new Map<string, Made>()
  readonly #readers = new Map<string, number[]>()
  readonly #reads = new Map<number, readonly string[]>()
  readonly #levels = new Map<number, number>()
  /** Files that somebody wants from a disk. */
  readonly #onDisk = new Set<string>()

  add(job: PlanJobLine): void {
    this.#levels.set(job.number, job.level)
    for (const { lfn } of [...job.transfers, ...job.registrations]) this.#onDisk.add(lfn)
    for (const { lfn } of job.removals) if (lfn !== undefined) this.#onDisk.add(lfn)
    if (job.inputs.length > 0)
      this.#reads.set(
        job.number,
        job.inputs.map(({ lfn }) => lfn),
      )
    for (const { lfn } of job.inputs) {
      const readers = this.#readers.get(lfn)
      if (readers === undefined) this.#readers.set(lfn, [job.number])
      else readers.push(job.number)
      // The engine of a sub-workflow looks for it where the plan says.
      if (job.kind !== 'compute') this.#onDisk.add(lfn)
    }
    for (const { lfn, target, path, isStagedOut, isCheckpoint, deliverTo } of job.outputs) {
      const place = filePathOf(target.url)
      this.#made.set(lfn, { job: job.number, path: place })
      if (place?.endsWith(`/${path}`) === true) this.scratch ??= place.slice(0, -path.length - 1)
      const isOwn = job.kind === 'compute' && place !== undefined && deliverTo.length === 0
      if (isStagedOut || isCheckpoint || !isOwn) this.#onDisk.add(lfn)
    }
  }

  isInternal(lfn: string): boolean {
    return this.#made.has(lfn) && !this.#onDisk.has(lfn)
  }

  maker(lfn: string): number | undefined {
    return this.#made.get(lfn)?.job
  }

  readers(lfn: string): readonly number[] {
    return this.#readers.get(lfn) ?? []
  }

  readBy(job: number): readonly string[] {
    return (this.#reads.get(job) ?? []).filter((lfn) => this.isInternal(lfn))
  }

  level(job: number): number {
    return this.#levels.get(job) ?? 0
  }

  diskPath(lfn: string): string | undefined {
    return this.#made.get(lfn)?.path
  }
}

/**
 * Jobs that have to run again when the memory of their engine is gone: those whose files a job reads that has not succeeded, or that
 * runs again itself.
 *
 * @param isThere whether the file is on disk, because its maker left it there
 */
export function jobsToRepeat(
  uses: MemoryUses,
  jobCount: number,
  hasSucceeded: (job: number) => boolean,
  isThere: (lfn: string) => boolean,
): readonly number[] {
  const again = new Set<number>()
  const open = Array.from({ length: jobCount }, (_, job) => job).filter((job) => !hasSucceeded(job))
  for (let job = open.pop(); job !== undefined; job = open.pop()) {
    for (const lfn of uses.readBy(job)) {
      const maker = uses.maker(lfn)
      if (maker === undefined || again.has(maker) || !hasSucceeded(maker) || isThere(lfn)) continue
      again.add(maker)
      open.push(maker)
    }
  }
  return [...again].sort((a, b) => a - b)
}
