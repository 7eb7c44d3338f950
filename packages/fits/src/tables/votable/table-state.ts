import type { MemoryBudget } from '../budget.ts'
import { TableError, type TableLocation } from '../errors.ts'
import { makeTable } from '../model/build.ts'
import type { ColumnBuilder } from '../model/column-builder.ts'
import type { Table, TableNote } from '../model/table.ts'
import type { WarningList } from '../warnings.ts'
import { decodeBase64 } from './base64.ts'
import { readBinaryRows } from './binary-read.ts'
import { fieldBuilder, fieldInfo, type VoField } from './field.ts'
import { addTextCell } from './tabledata-cell.ts'

/** A TABLE element while it is read. */
export class TableState {
  readonly fields: VoField[]
  readonly notes: TableNote[] = []
  readonly #attributes: ReadonlyMap<string, string>
  readonly #context: TableContext
  #builders: ColumnBuilder[] | undefined
  #cell = 0
  #row = 0

  constructor(attributes: ReadonlyMap<string, string>, fields: readonly VoField[], context: TableContext) {
    this.#attributes = attributes
    this.fields = [...fields]
    this.#context = context
  }

  startRow(): void {
    this.#cell = 0
    this.#builders ??= this.#makeBuilders()
  }

  /** Adds the next cell of the row. */
  addCell(text: string): void {
    const builder = this.#builders?.[this.#cell]
    const field = this.fields[this.#cell]
    this.#cell++
    if (builder === undefined || field === undefined) {
      this.#context.warn(
        'TABLE_ROW_LENGTH',
        { row: this.#row + 1 },
        'the row has more cells than there are fields',
      )
      return
    }
    const allowed = addTextCell(builder, field, text)
    if (allowed === undefined) return
    const location = { ...this.#context.place(), column: field.name, row: this.#row + 1 }
    if (this.#context.onBadValue === 'error') throw badValue(location, text, allowed)
    this.#context.warn(
      'TABLE_VALUE_REPLACED',
      location,
      `the value is not ${allowed}; read as no value`,
      text,
    )
    builder.endNullCell()
  }

  endRow(): void {
    if (this.#cell < this.fields.length) {
      const problem = `the row has ${this.#cell} of ${this.fields.length} cells; the others have no value`
      this.#context.warn('TABLE_ROW_LENGTH', { row: this.#row + 1 }, problem)
    }
    for (; this.#cell < this.fields.length; this.#cell++) this.#builders?.[this.#cell]?.endNullCell()
    this.#row++
  }

  /** Reads the rows of an inline base64 stream. */
  addStream(text: string, hasNullFlags: boolean): void {
    const place = this.#context.place()
    const inexact = this.fields.find((field) => !field.isExactDatatype)
    if (inexact !== undefined) {
      throw new TableError(
        'TABLE_UNSUPPORTED',
        { ...place, column: inexact.name },
        'binary data need datatypes of the standard',
      )
    }
    const bytes = decodeBase64(text)
    if (!(bytes instanceof Uint8Array)) {
      throw new TableError('TABLE_BAD_SYNTAX', place, 'the stream is not base64', {
        found: `"${bytes.found}" at character ${bytes.at + 1} of the stream`,
        allowed: 'A-Z a-z 0-9 + / and = at the end',
      })
    }
    const { fields } = this
    const makeBuilders = (): ColumnBuilder[] => this.#makeBuilders()
    this.#builders = readBinaryRows({ bytes, fields, hasNullFlags, place, makeBuilders })
    this.#row = this.#builders[0]?.rowCount ?? 0
  }

  #makeBuilders(): ColumnBuilder[] {
    return this.fields.map((field) => fieldBuilder(field, this.#context.budget))
  }

  finish(): Table {
    const promised = this.#attributes.get('nrows')
    if (promised !== undefined && Number(promised) !== this.#row) {
      this.#context.warn('TABLE_ROW_COUNT', {}, `the table has ${this.#row} rows, nrows says`, promised)
    }
    const builders = this.#builders ?? this.#makeBuilders()
    const columns = this.fields.flatMap((field, index) => builders[index]?.finish(fieldInfo(field)) ?? [])
    return makeTable(columns, {
      name: this.#attributes.get('name') ?? this.#attributes.get('ID'),
      source: this.#context.source,
      notes: this.notes,
      rowCount: this.#row,
    })
  }
}

/** What the tables of a document share while they are read. */
export interface TableContext {
  readonly source: string | undefined
  readonly budget: MemoryBudget
  readonly onBadValue: 'error' | 'null'
  /** where the parser is */
  place(): TableLocation
  warn(
    code: Parameters<WarningList['add']>[0],
    location: TableLocation,
    problem: string,
    found?: string,
  ): void
}

function badValue(location: TableLocation, found: string, allowed: string): TableError {
  return new TableError('TABLE_BAD_VALUE', location, 'the value is not of the type of its field', {
    found,
    allowed: `${allowed}, or an empty cell`,
    remedy: "correct the value or read with onBadValue: 'null'",
  })
}
