import type { TransformationCatalog as TransformationCatalogData } from '../model/transformation-catalog.ts'
import { FORMAT_VERSION } from '../model/workflow.ts'
import { type WriteOptions, writeTransformationCatalog } from '../write/write.ts'
import type { Container } from './container.ts'
import type { Transformation } from './transformation.ts'
import { badValue, duplicate } from './values.ts'

/** Transformations and containers that are put together one by one. */
export class TransformationCatalog {
  readonly #transformations = new Map<string, Transformation>()
  readonly #containers = new Map<string, Container>()

  constructor(...transformations: readonly Transformation[]) {
    this.addTransformations(...transformations)
  }

  /** Adds transformations; name space, name and version together are unique. */
  addTransformations(...transformations: readonly Transformation[]): this {
    for (const transformation of transformations) {
      const id = transformation.transformationId
      if (this.#transformations.has(id)) throw duplicate('the transformation', id)
      this.#transformations.set(id, transformation)
    }
    return this
  }

  /** Adds containers; names are unique. */
  addContainers(...containers: readonly Container[]): this {
    for (const container of containers) {
      if (this.#containers.has(container.name)) throw duplicate('the container', container.name)
      this.#containers.set(container.name, container)
    }
    return this
  }

  /** The catalog as plain data; it needs at least one transformation. */
  build(): TransformationCatalogData {
    if (this.#transformations.size === 0) {
      throw badValue('a transformation catalog', 'no transformation', 'at least one transformation')
    }
    return {
      pegasus: FORMAT_VERSION,
      transformations: [...this.#transformations.values()].map((transformation) => transformation.build()),
      containers: [...this.#containers.values()].map((container) => container.build()),
      extensions: [],
    }
  }

  /** Text of the catalog file. */
  toText(options: WriteOptions = {}): string {
    return writeTransformationCatalog(this.build(), options)
  }
}
