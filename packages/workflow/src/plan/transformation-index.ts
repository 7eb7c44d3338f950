import { transformationId } from '../model/job.ts'
import type {
  Container,
  Transformation,
  TransformationCatalog,
  TransformationSite,
} from '../model/transformation-catalog.ts'
import { nearMiss } from '../problem/near-miss.ts'
import type { PlanProblems } from './problem.ts'
import type { TransformationSelector } from './settings.ts'
import { LOCAL_SITE, type PlanSite } from './site-index.ts'

/** Transformations and containers of all catalogs of a plan. */
export class TransformationIndex {
  readonly #transformations = new Map<string, Transformation>()
  readonly #containers = new Map<string, Container>()

  /** @param catalogs by rising rank: an entry of a later catalog replaces one of the same name */
  constructor(catalogs: readonly (TransformationCatalog | undefined)[], problems: PlanProblems) {
    for (const catalog of catalogs) {
      const seen = new Set<string>()
      for (const transformation of catalog?.transformations ?? []) {
        const id = transformationId(transformation)
        const before = this.#transformations.get(id)
        this.#transformations.set(
          id,
          seen.has(id) && before !== undefined ? merged(before, transformation) : transformation,
        )
        if (seen.has(id)) {
          problems.warning(
            'DUPLICATE_TRANSFORMATION',
            'a transformation is listed twice; the sites of both entries are used',
            {
              where: `transformation ${id}`,
            },
          )
        }
        seen.add(id)
      }
      for (const container of catalog?.containers ?? []) this.#containers.set(container.name, container)
    }
  }

  get(id: string): Transformation | undefined {
    return this.#transformations.get(id)
  }

  container(name: string): Container | undefined {
    return this.#containers.get(name)
  }

  ids(): readonly string[] {
    return [...this.#transformations.keys()]
  }

  /** Adds the problem of a transformation that is in no catalog, with the nearest ones. */
  reportUnknown(id: string, where: string, problems: PlanProblems): void {
    const near = this.#nearest(id)
    problems.error('NO_TRANSFORMATION', 'the transformation is in no transformation catalog', {
      where,
      found: id,
      remedy: near === undefined ? 'add it to the transformation catalog' : `did you mean ${near}`,
    })
  }

  /** Reports `requires` and containers that do not exist, of the transformations in use. */
  check(used: Iterable<string>, problems: PlanProblems): void {
    for (const id of used) {
      const transformation = this.#transformations.get(id)
      if (transformation === undefined) continue
      for (const required of transformation.requires) {
        if (this.#transformations.has(required)) continue
        const near = this.#nearest(required)
        problems.error('UNKNOWN_REQUIREMENT', 'a required transformation is in no transformation catalog', {
          where: `transformation ${id}`,
          found: required,
          remedy: near === undefined ? 'add it to the transformation catalog' : `did you mean ${near}`,
        })
      }
      for (const { container } of transformation.sites) {
        if (container === undefined || this.#containers.has(container)) continue
        problems.unknownWord(
          'UNKNOWN_CONTAINER',
          'a container is in no transformation catalog',
          container,
          [...this.#containers.keys()],
          {
            where: `transformation ${id}`,
          },
        )
      }
    }
  }

  #nearest(id: string): string | undefined {
    const ids = this.ids()
    const { name } = splitId(id)
    return ids.find((candidate) => splitId(candidate).name === name) ?? nearMiss(id, ids)
  }
}

/** True when an executable made for `need` runs on a site that offers `offer`; what is not said matches. */
export function platformFits(need: TransformationSite, offer: PlanSite): boolean {
  const { site } = offer
  return (
    matches(normalArch(need.arch), normalArch(site.arch)) &&
    matches(need.osType, site.osType) &&
    matches(need.osRelease, site.osRelease) &&
    matches(need.osVersion, site.osVersion)
  )
}

/**
 * Ways of running a transformation on a site, best first: entries that are installed there, then stageable entries of
 * the site itself, of the submit host, of other sites. The selector narrows them: `Installed` and `Staged` to their
 * type, `Submit` to stageable entries of the submit host. `Random` keeps all: the best is taken instead of any, so
 * that plans are reproducible; the others are alternatives.
 */
export function usableEntries(
  transformation: Transformation,
  site: PlanSite,
  selector: TransformationSelector,
): readonly TransformationSite[] {
  const usable = transformation.sites.filter((entry) => {
    if (!platformFits(entry, site)) return false
    if (entry.type === 'installed')
      return entry.name === site.name && (selector === 'Random' || selector === 'Installed')
    if (selector === 'Submit') return entry.name === LOCAL_SITE
    return selector === 'Random' || selector === 'Staged'
  })
  return usable.sort((a, b) => entryRank(a, site) - entryRank(b, site))
}

function entryRank(entry: TransformationSite, site: PlanSite): number {
  if (entry.type === 'installed') return 0
  if (entry.name === site.name) return 1
  return entry.name === LOCAL_SITE ? 2 : 3
}

function matches(need: string | undefined, offer: string | undefined): boolean {
  return need === undefined || offer === undefined || need === offer
}

/** `amd64` is another name of `x86_64`. */
function normalArch(arch: string | undefined): string | undefined {
  return arch === 'amd64' ? 'x86_64' : arch
}

function merged(first: Transformation, second: Transformation): Transformation {
  return { ...first, ...second, sites: [...first.sites, ...second.sites] }
}

function splitId(id: string): { readonly name: string } {
  const afterSpace = id.includes('::') ? id.slice(id.indexOf('::') + 2) : id
  return { name: afterSpace.split(':')[0] ?? afterSpace }
}
