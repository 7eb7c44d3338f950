import { transformationId } from '../../model/job.ts'
import { ARCHITECTURES, OPERATING_SYSTEMS } from '../../model/platform.ts'
import type { Replica, ReplicaLocation } from '../../model/replica-catalog.ts'
import type { Transformation, TransformationSite } from '../../model/transformation-catalog.ts'
import type { Workflow } from '../../model/workflow.ts'
import type { ProblemCollector } from '../../problem/collector.ts'
import { importedCatalogs, type LossList } from '../imported.ts'
import { DaxCommon } from './common.ts'
import type { XmlElement } from './xml-events.ts'

interface OpenEntry {
  readonly element: XmlElement
  readonly common: DaxCommon
  readonly locations: ReplicaLocation[]
  readonly requires: string[]
}

type MutableTransformation = { -readonly [K in keyof Transformation]: Transformation[K] }

/** The files and executables of a DAX file. */
export class DaxCatalogs {
  readonly #problems: ProblemCollector
  readonly #losses: LossList
  readonly #replicas: Replica[] = []
  readonly #transformations = new Map<string, MutableTransformation>()
  readonly #requires = new Map<string, readonly string[]>()
  #open: OpenEntry | undefined

  constructor(problems: ProblemCollector, losses: LossList) {
    this.#problems = problems
    this.#losses = losses
  }

  open(element: XmlElement): void {
    const name = element.attributes.get('name') ?? ''
    this.#open = { element, common: new DaxCommon(`${element.name} ${name}`), locations: [], requires: [] }
  }

  /** An element inside the open entry was closed. */
  inner(element: XmlElement, text: string): void {
    const entry = this.#open
    if (entry === undefined || entry.common.take(element, text, this.#problems)) return
    const { attributes } = element
    if (element.name === 'pfn') {
      const url = attributes.get('url')
      if (url === undefined) this.#missing(element, 'url')
      else entry.locations.push({ site: attributes.get('site') ?? 'local', pfn: url })
    } else if (element.name === 'uses') {
      const name = attributes.get('name')
      if (name === undefined) this.#missing(element, 'name')
      else entry.requires.push(transformationId(nameOf(attributes, name)))
    } else
      this.#losses.add(
        `element ${element.name} of ${entry.element.name}`,
        entry.element.attributes.get('name') ?? '',
      )
  }

  close(): void {
    const entry = this.#open
    this.#open = undefined
    if (entry === undefined) return
    const name = entry.element.attributes.get('name')
    if (name === undefined) {
      this.#missing(entry.element, 'name')
      return
    }
    if (entry.element.name === 'file') this.#file(entry, name)
    else if (entry.element.name === 'executable') this.#executable(entry, name)
    else this.#requires.set(transformationId(nameOf(entry.element.attributes, name)), entry.requires)
  }

  /** The inline catalogs; absent when they would be empty. */
  finish(): Pick<Workflow, 'replicaCatalog' | 'transformationCatalog'> {
    for (const [id, requires] of this.#requires) {
      const transformation = this.#transformations.get(id)
      if (transformation !== undefined) transformation.requires = requires
      else this.#losses.add('compound transformation without executable of its own', id)
    }
    return importedCatalogs(this.#replicas, [...this.#transformations.values()])
  }

  #file(entry: OpenEntry, lfn: string): void {
    for (const { namespace, key } of entry.common.profiles)
      this.#losses.add(`profile ${namespace}.${key} of a file`, `file ${lfn}`)
    this.#replicas.push({ lfn, isRegex: false, locations: entry.locations, metadata: entry.common.metadata })
  }

  #executable(entry: OpenEntry, name: string): void {
    const { attributes } = entry.element
    const parts = nameOf(attributes, name)
    const id = transformationId(parts)
    const arch = ARCHITECTURES.find((known) => known === attributes.get('arch'))
    const osType = OPERATING_SYSTEMS.find((known) => known === attributes.get('os')?.toLowerCase())
    if (attributes.has('arch') && arch === undefined)
      this.#losses.add('unknown architecture', `executable ${id}`)
    if (attributes.has('os') && osType === undefined)
      this.#losses.add('unknown operating system', `executable ${id}`)
    for (const key of ['glibc'])
      if (attributes.has(key)) this.#losses.add(`attribute ${key} of an executable`, id)
    const osRelease = attributes.get('osrelease')
    const osVersion = attributes.get('osversion')
    const sites = entry.locations.map(
      ({ site, pfn }): TransformationSite => ({
        name: site,
        pfn,
        type: attributes.get('installed') === 'false' ? 'stageable' : 'installed',
        ...(arch === undefined ? {} : { arch }),
        ...(osType === undefined ? {} : { osType }),
        ...(osRelease === undefined ? {} : { osRelease }),
        ...(osVersion === undefined ? {} : { osVersion }),
        profiles: entry.common.profiles,
        metadata: [],
        extensions: [],
      }),
    )
    if (sites.length === 0) {
      this.#losses.add('executable without location', id)
      return
    }
    const known = this.#transformations.get(id)
    if (known !== undefined) known.sites = [...known.sites, ...sites]
    else {
      const { hooks, metadata } = entry.common
      this.#transformations.set(id, {
        ...parts,
        sites,
        requires: [],
        profiles: [],
        hooks,
        metadata,
        extensions: [],
      })
    }
  }

  #missing(element: XmlElement, attribute: string): void {
    this.#problems.add('MISSING_KEY', `the element ${element.name} needs the attribute ${attribute}`, {
      path: element.name,
      offset: element.offset,
      found: 'nothing',
    })
  }
}

function nameOf(
  attributes: ReadonlyMap<string, string>,
  name: string,
): Pick<Transformation, 'namespace' | 'name' | 'version'> {
  const namespace = attributes.get('namespace')
  const version = attributes.get('version')
  return {
    ...(namespace === undefined || namespace === '' ? {} : { namespace }),
    name,
    ...(version === undefined || version === '' ? {} : { version }),
  }
}
