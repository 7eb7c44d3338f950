import type { TableWarning } from '../errors.ts'
import type { Table, TableNote } from '../model/table.ts'

/** How a VOTable is read. */
export interface VoTableReadOptions {
  /** shown in messages: a path or URL */
  readonly name?: string
  /** What becomes of a value that is not of its field's type; default `error`, `null` gives a warning. */
  readonly onBadValue?: 'error' | 'null'
  /** Most fields allowed in a table; default 10,000. */
  readonly maxColumns?: number
}

/** Everything of a VOTable document that is kept. */
export interface VoTableDocument {
  /** as written: `1.4` */
  readonly version: string | undefined
  /** in the order of the document, whatever RESOURCE they are in */
  readonly tables: readonly Table[]
  /** INFO and PARAM elements outside tables: what a service says of its answer */
  readonly infos: readonly TableNote[]
  readonly warnings: readonly TableWarning[]
}

/** Serializations of rows that are written. */
export type VoSerialization = 'tabledata' | 'binary' | 'binary2'

/** Limits of a document. */
export const VOTABLE_LIMITS: {
  readonly maxDepth: number
  readonly maxColumns: number
  readonly maxTables: number
  readonly maxAttributes: number
} = { maxDepth: 100, maxColumns: 10_000, maxTables: 10_000, maxAttributes: 100 }
