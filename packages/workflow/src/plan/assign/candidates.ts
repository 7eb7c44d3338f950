import { type Job, type TransformationName, transformationId } from '../../model/job.ts'
import { profileValue } from '../../model/profile.ts'
import type { Transformation, TransformationSite } from '../../model/transformation-catalog.ts'
import type { DataConfiguration } from '../options.ts'
import type { PlanProblems } from '../problem.ts'
import type { TransformationSelector } from '../settings.ts'
import type { PlanSite } from '../site-index.ts'
import { taskTitle } from '../task-table.ts'
import { platformFits, type TransformationIndex, usableEntries } from '../transformation-index.ts'

/** Where a transformation can run, and how. */
export interface Candidates {
  readonly id: string
  /** `undefined` for functions of the engine, which need no entry (data configuration `memory`). */
  readonly transformation: Transformation | undefined
  /** Sites by falling preference of the request, each with its usable entries, best first. */
  readonly sites: readonly { readonly site: PlanSite; readonly entries: readonly TransformationSite[] }[]
}

/** Finds the candidates of transformations, each once. */
export class CandidateFinder {
  readonly #byId = new Map<string, Candidates>()
  readonly #transformations: TransformationIndex
  readonly #sites: readonly PlanSite[]
  readonly #selector: TransformationSelector
  readonly #configuration: DataConfiguration

  constructor(
    transformations: TransformationIndex,
    sites: readonly PlanSite[],
    selector: TransformationSelector,
    configuration: DataConfiguration,
  ) {
    this.#transformations = transformations
    this.#sites = sites
    this.#selector = selector
    this.#configuration = configuration
  }

  /** Ids of the transformations that were asked for. */
  get used(): Iterable<string> {
    return this.#byId.keys()
  }

  of(name: TransformationName): Candidates {
    const id = transformationId(name)
    const known = this.#byId.get(id)
    if (known !== undefined) return known
    const candidates = this.#find(id)
    this.#byId.set(id, candidates)
    return candidates
  }

  #find(id: string): Candidates {
    const transformation = this.#transformations.get(id)
    if (transformation === undefined) {
      const isFunction = this.#configuration === 'memory'
      return {
        id,
        transformation,
        sites: isFunction ? this.#sites.map((site) => ({ site, entries: [] })) : [],
      }
    }
    const sites = this.#sites
      .map((site) => ({ site, entries: usableEntries(transformation, site, this.#selector) }))
      .filter(({ entries }) => entries.length > 0)
    return { id, transformation, sites }
  }
}

/** Site on which a job is pinned by a profile. */
export function pinnedSite(job: Job): string | undefined {
  return (
    profileValue(job.profiles, 'selector', 'execution.site') ??
    profileValue(job.profiles, 'hints', 'execution.site') ??
    profileValue(job.profiles, 'hints', 'executionPool')
  )
}

/** Executable that a profile of the job sets in place of those of the catalog. */
export function pinnedPfn(job: Job): string | undefined {
  return (
    profileValue(job.profiles, 'selector', 'pfn') ??
    profileValue(job.profiles, 'hints', 'pfn') ??
    profileValue(job.profiles, 'hints', 'pfnHint')
  )
}

/** Adds the problem of a job that no site can run, with what each entry of the catalog lacks. */
export function reportNoSite(
  job: Job,
  candidates: Candidates,
  sites: readonly PlanSite[],
  problems: PlanProblems,
): void {
  const names = sites.map((site) => site.name).join(', ')
  const { transformation } = candidates
  const reasons = transformation?.sites.flatMap((entry) => sites.map((site) => whyNot(entry, site))) ?? []
  problems.error(
    'NO_USABLE_SITE',
    `no entry of the transformation ${candidates.id} can be used on the sites of the plan`,
    {
      where: taskTitle(job),
      found: [...new Set(reasons)].join('; '),
      allowed: `an entry for ${names}`,
      remedy: 'add an entry for one of these sites, or choose the site of an entry',
    },
  )
}

function whyNot(entry: TransformationSite, site: PlanSite): string {
  if (entry.type === 'installed' && entry.name !== site.name) {
    return `installed on ${entry.name}, not on ${site.name}`
  }
  if (!platformFits(entry, site))
    return `${platformText(entry)} on ${entry.name}, while ${site.name} is ${platformText(site.site)}`
  return `${entry.type} on ${entry.name}, which the transformation selector leaves out`
}

function platformText(platform: {
  readonly arch?: string | undefined
  readonly osType?: string | undefined
  readonly osRelease?: string | undefined
  readonly osVersion?: string | undefined
}): string {
  return [platform.arch, platform.osType, platform.osRelease, platform.osVersion]
    .filter((part) => part !== undefined)
    .join(' ')
}
