import {
  type Container,
  makeTransformationCatalog,
  type Transformation,
  type TransformationCatalog,
} from '../../model/transformation-catalog.ts'
import type { LossList } from '../imported.ts'
import { baseName } from '../safe-names.ts'
import { containerImage, type Requirements } from './requirements.ts'
import type { ToolResult } from './tool-job.ts'

/** Where the programs of tools are. */
export interface ProgramOptions {
  /** Site on which programs are installed. Default `condorpool`. */
  readonly programSite?: string
  /** Absolute path of a program that the tools name without one. */
  readonly programPath?: (program: string) => string | undefined
}

/** Programs and containers of the tools of a workflow. */
export class CwlCatalog {
  readonly #options: ProgramOptions
  readonly #losses: LossList
  readonly #transformations = new Map<string, Transformation>()
  readonly #containers = new Map<string, Container>()

  constructor(options: ProgramOptions, losses: LossList) {
    this.#options = options
    this.#losses = losses
  }

  /** Adds program and container of a tool; gives the name of its transformation. */
  add({ job, program }: ToolResult, requirements: Requirements, where: string): string {
    const image = containerImage(requirements)
    const container = image === undefined ? undefined : this.#addContainer(image)
    const pfn = program.startsWith('/') ? program : this.#options.programPath?.(program)
    const place = where === '' ? job.id : where
    if (pfn === undefined) {
      this.#losses.add(`location of the program ${program}`, place)
      if (container !== undefined) {
        this.#losses.add(`container of the program ${program}, whose location is not known`, place)
      }
      return job.name
    }
    const name = this.#freeName(job.name, pfn, container)
    const site = {
      name: this.#options.programSite ?? 'condorpool',
      pfn,
      type: 'installed' as const,
      ...(container === undefined ? {} : { container }),
      profiles: [],
      metadata: [],
      extensions: [],
    }
    const rest = { requires: [], profiles: [], hooks: [], metadata: [], extensions: [] }
    this.#transformations.set(name, { name, sites: [site], ...rest })
    return name
  }

  /** The catalog; `undefined` when no program has a known place. */
  finish(): TransformationCatalog | undefined {
    const transformations = [...this.#transformations.values()]
    if (transformations.length === 0) return undefined
    const containers = [...this.#containers.values()]
    return makeTransformationCatalog(transformations, containers)
  }

  /** The name, with a number when a tool with another place or container has it. */
  #freeName(wanted: string, pfn: string, container: string | undefined): string {
    for (let n = 1; ; n++) {
      const name = n === 1 ? wanted : `${wanted}_${n}`
      const known = this.#transformations.get(name)?.sites[0]
      if (known === undefined || (known.pfn === pfn && known.container === container)) return name
    }
  }

  #addContainer(image: string): string {
    const known = [...this.#containers.values()].find((container) => container.image === image)
    if (known !== undefined) return known.name
    const base = baseName(image).replaceAll(/[^\w.-]/g, '_')
    let name = base
    for (let n = 2; this.#containers.has(name); n++) name = `${base}_${n}`
    const rest = { mounts: [], profiles: [], metadata: [], extensions: [] }
    this.#containers.set(name, { name, type: 'docker', image, ...rest })
    return name
  }
}
