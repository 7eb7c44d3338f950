import { type TransformationName, transformationId } from '../../model/job.ts'
import { mergeProfiles, type Profile } from '../../model/profile.ts'
import type { ReplicaLocation } from '../../model/replica-catalog.ts'
import {
  type Container,
  type ContainerType,
  imageFolder,
  type Transformation,
  type TransformationSite,
} from '../../model/transformation-catalog.ts'
import type { PlanSettings } from '../settings.ts'
import type { PlanSite } from '../site-index.ts'
import { USE } from '../task-table.ts'
import { type TransformationIndex, usableEntries } from '../transformation-index.ts'
import { asUrl } from '../url.ts'

/** An executable, a data file or a container image that comes with a transformation. */
export interface CompanionFile {
  readonly lfn: string
  readonly source: ReplicaLocation
  readonly sha256: string | undefined
  /** `USE.executable` or `USE.container`, and `USE.bypass`. */
  readonly flags: number
  /** Of a container image. */
  readonly containerType: ContainerType | undefined
}

/** How a transformation runs on a site. */
export interface Executable {
  readonly index: number
  readonly transformationId: string
  readonly transformation: Transformation | undefined
  /** Chosen entry of the catalog; `undefined` for a pinned path and for functions of the engine. */
  readonly entry: TransformationSite | undefined
  /** Other usable entries, best first. */
  readonly alternatives: readonly TransformationSite[]
  /** Path set by a profile of the job. */
  readonly pinnedPfn: string | undefined
  readonly container: Container | undefined
  /** Profiles of the transformation and its entry. */
  readonly profiles: readonly Profile[]
  readonly companions: readonly CompanionFile[]
}

/** Logical name of a staged executable: name space, name and version joined with `-`. */
export function stagedName(name: TransformationName): string {
  return [name.namespace, name.name, name.version]
    .filter((part) => part !== undefined && part !== '')
    .join('-')
}

/** Makes executables, one per transformation, site and pinned path. */
export class ExecutableTable {
  readonly list: Executable[] = []
  readonly #byKey = new Map<string, Executable>()
  readonly #transformations: TransformationIndex
  readonly #settings: PlanSettings

  constructor(transformations: TransformationIndex, settings: PlanSettings) {
    this.#transformations = transformations
    this.#settings = settings
  }

  of(name: TransformationName, site: PlanSite, pinnedPfn: string | undefined): Executable {
    const id = transformationId(name)
    const key = `${site.index}\n${pinnedPfn ?? ''}\n${id}`
    const known = this.#byKey.get(key)
    if (known !== undefined) return known
    const made = this.#make(id, site, pinnedPfn)
    this.#byKey.set(key, made)
    this.list.push(made)
    return made
  }

  #make(id: string, site: PlanSite, pinnedPfn: string | undefined): Executable {
    const transformation = this.#transformations.get(id)
    const usable =
      transformation === undefined
        ? []
        : usableEntries(transformation, site, this.#settings.transformationSelector)
    const entry = pinnedPfn === undefined ? usable[0] : undefined
    const containerName = entry?.container
    const container = containerName === undefined ? undefined : this.#transformations.container(containerName)
    return {
      index: this.list.length,
      transformationId: id,
      transformation,
      entry,
      alternatives: entry === undefined ? usable : usable.slice(1),
      pinnedPfn,
      container,
      profiles: mergeProfiles(
        container?.profiles.filter((p) => p.namespace !== 'env') ?? [],
        transformation?.profiles ?? [],
        entry?.profiles ?? [],
      ),
      companions: this.#companions(transformation, entry, container, site),
    }
  }

  #companions(
    transformation: Transformation | undefined,
    entry: TransformationSite | undefined,
    container: Container | undefined,
    site: PlanSite,
  ): readonly CompanionFile[] {
    const files: CompanionFile[] = []
    if (transformation !== undefined && entry?.type === 'stageable')
      files.push(executableFile(transformation, entry))
    const seen = new Set<string>(transformation === undefined ? [] : [transformationId(transformation)])
    const pending = [...(transformation?.requires ?? [])]
    for (let id = pending.shift(); id !== undefined; id = pending.shift()) {
      if (seen.has(id)) continue
      seen.add(id)
      const required = this.#transformations.get(id)
      if (required === undefined) continue
      pending.push(...required.requires)
      const usable = usableEntries(required, site, this.#settings.transformationSelector)[0]
      if (usable?.type === 'stageable') files.push(executableFile(required, usable))
    }
    if (container !== undefined && imageFolder(container) === undefined) files.push(containerFile(container))
    return files
  }
}

function executableFile(transformation: Transformation, entry: TransformationSite): CompanionFile {
  return {
    lfn: stagedName(transformation),
    source: { site: entry.name, pfn: asUrl(entry.pfn) },
    sha256: transformation.checksum?.sha256,
    flags: USE.executable | (entry.bypass === true ? USE.bypass : 0),
    containerType: undefined,
  }
}

/** Images without a site come from a registry: the site is then called `nonlocal`. */
function containerFile(container: Container): CompanionFile {
  const image = asUrl(container.image)
  return {
    lfn: container.name,
    source: { site: container.imageSite ?? (image.startsWith('file:') ? 'local' : 'nonlocal'), pfn: image },
    sha256: container.checksum?.sha256,
    flags: USE.container | (container.bypass === true ? USE.bypass : 0),
    containerType: container.type,
  }
}
