import type { Properties } from '../model/properties.ts'
import { makeReplicaCatalog, type Replica, type ReplicaCatalog } from '../model/replica-catalog.ts'
import {
  makeTransformationCatalog,
  type Transformation,
  type TransformationCatalog,
} from '../model/transformation-catalog.ts'
import type { Workflow } from '../model/workflow.ts'

/** Something that the other format says and this one cannot, or the other way round. Equal things are counted. */
export interface Loss {
  /** What is lost, in words. */
  readonly what: string
  /** Where it stood first. */
  readonly where: string
  readonly count: number
}

/** A workflow that came from another format. */
export interface ImportedWorkflow {
  readonly workflow: Workflow
  /** Locations that the other format knows. */
  readonly replicaCatalog?: ReplicaCatalog | undefined
  /** Executables and containers that the other format knows. */
  readonly transformationCatalog?: TransformationCatalog | undefined
  /** Settings that belong into the properties, such as throttles. */
  readonly properties?: Properties | undefined
  /** Everything that could not be expressed; empty when the import is complete. */
  readonly losses: readonly Loss[]
}

/** The catalogs of an import; absent when they would be empty. */
export function importedCatalogs(
  replicas: readonly Replica[],
  transformations: readonly Transformation[],
): Pick<ImportedWorkflow, 'replicaCatalog' | 'transformationCatalog'> {
  return {
    ...(replicas.length === 0 ? {} : { replicaCatalog: makeReplicaCatalog(replicas) }),
    ...(transformations.length === 0
      ? {}
      : { transformationCatalog: makeTransformationCatalog(transformations) }),
  }
}

/** Counts losses. */
export class LossList {
  readonly #losses = new Map<string, { where: string; count: number }>()

  add(what: string, where: string, count = 1): void {
    const known = this.#losses.get(what)
    if (known === undefined) this.#losses.set(what, { where, count })
    else known.count += count
  }

  get list(): readonly Loss[] {
    return [...this.#losses].map(([what, { where, count }]) => ({ what, where, count }))
  }
}
