import type { MemoryBudget } from '../budget.ts'
import { TableError, type TableLocation } from '../errors.ts'
import { commentNote, keywordNote } from '../model/build.ts'
import type { Table, TableNote } from '../model/table.ts'
import type { WarningList } from '../warnings.ts'
import { isTextDatatype } from './datatype.ts'
import { VOTABLE_LIMITS, type VoTableDocument } from './document.ts'
import { readField, type VoField } from './field.ts'
import { TableState } from './table-state.ts'
import { parseElement } from './tabledata-cell.ts'

/** What {@link VoTableHandler} works with. */
export interface HandlerContext {
  readonly source: string | undefined
  readonly warnings: WarningList
  readonly budget: MemoryBudget
  readonly onBadValue: 'error' | 'null'
  readonly maxColumns: number | undefined
  /** where the parser is */
  place(): TableLocation
}

/** Elements without meaning for the values of a table. */
const PASSED_ELEMENTS: ReadonlySet<string> = new Set(
  'RESOURCE DEFINITIONS COOSYS TIMESYS GROUP FIELDref PARAMref LINK OPTION DATA TABLEDATA BINARY BINARY2'.split(
    ' ',
  ),
)
/** Elements whose text is kept. */
const TEXT_ELEMENTS: ReadonlySet<string> = new Set('TD DESCRIPTION INFO STREAM'.split(' '))
const NAMESPACE =
  /^https?:\/\/(?:www\.ivoa\.net\/xml\/VOTable\/(?:v1\.\d|VOTable-1\.\d)(?:\.xsd)?|us-vo\.org\/)/i

/** A PARAM or INFO while it is read: its DESCRIPTION or text comes later. */
interface OpenParam {
  readonly note: { name: string; value: string | number | bigint | boolean }
  comment: string | undefined
}

/** Turns the events of an XML parser into tables. */
export class VoTableHandler {
  readonly #context: HandlerContext
  readonly #stack: string[] = []
  readonly #tables: Table[] = []
  readonly #infos: TableNote[] = []
  readonly #fieldsById = new Map<string, readonly VoField[]>()
  #version: string | undefined
  #table: TableState | undefined
  #tableId: string | undefined
  #fieldNames = new Set<string>()
  #field: VoField | undefined
  #param: OpenParam | undefined
  #text: string[] | undefined
  #hasRoot = false

  constructor(context: HandlerContext) {
    this.#context = context
  }

  doctype(doctype: string): void {
    if (!doctype.includes('[')) return
    throw new TableError('TABLE_UNSUPPORTED', this.#context.place(), 'an internal DTD subset is refused', {
      allowed: 'documents without entity and element declarations',
    })
  }

  open(qualified: string, attributes: ReadonlyMap<string, string>): void {
    const name = localName(qualified)
    if (!this.#hasRoot) this.#openRoot(name, qualified, attributes)
    const parent = this.#stack.at(-1)
    this.#stack.push(name)
    if (this.#stack.length > VOTABLE_LIMITS.maxDepth) {
      throw new TableError('TABLE_TOO_LARGE', this.#context.place(), 'the elements are nested too deeply', {
        allowed: `up to ${VOTABLE_LIMITS.maxDepth} levels`,
      })
    }
    if (TEXT_ELEMENTS.has(name)) this.#text = []
    this.#openElement(name, parent, attributes)
  }

  #openRoot(name: string, qualified: string, attributes: ReadonlyMap<string, string>): void {
    if (name !== 'VOTABLE') {
      throw new TableError('TABLE_NOT_A_TABLE', this.#context.place(), 'the document is not a VOTable', {
        found: `the element ${qualified}`,
        allowed: 'VOTABLE',
      })
    }
    this.#hasRoot = true
    this.#version = attributes.get('version')
    const prefix = qualified.includes(':') ? qualified.slice(0, qualified.indexOf(':')) : undefined
    const namespace = attributes.get(prefix === undefined ? 'xmlns' : `xmlns:${prefix}`)
    if (namespace === undefined)
      this.#warn('TABLE_WRONG_NAMESPACE', 'the document names no VOTable namespace')
    else if (!NAMESPACE.test(namespace)) {
      this.#warn('TABLE_WRONG_NAMESPACE', 'the namespace is none of VOTable 1.0 to 1.5', namespace)
    }
  }

  #openElement(name: string, parent: string | undefined, attributes: ReadonlyMap<string, string>): void {
    switch (name) {
      case 'TABLE':
        this.#openTable(attributes)
        break
      case 'FIELD':
        this.#openField(attributes)
        break
      case 'PARAM':
        this.#param = { note: this.#paramNote(attributes), comment: undefined }
        break
      case 'INFO':
        this.#param = { note: infoNote(attributes), comment: undefined }
        break
      case 'VALUES':
        this.#setNull(parent, attributes)
        break
      case 'MIN':
      case 'MAX':
        this.#setRange(name.toLowerCase(), attributes)
        break
      case 'TR':
        this.#table?.startRow()
        break
      case 'TD':
        this.#checkCell(parent, attributes)
        break
      case 'STREAM':
        this.#checkStream(attributes)
        break
      case 'FITS':
        throw this.#unsupported(
          'tables in FITS serialization are not read',
          'FITS',
          'read the FITS file with @skyloom/fits',
        )
      case 'VOTABLE':
      case 'DESCRIPTION':
        break
      default:
        if (!PASSED_ELEMENTS.has(name))
          this.#warn('TABLE_UNKNOWN_ELEMENT', 'the element is unknown and skipped', name)
    }
  }

  #openTable(attributes: ReadonlyMap<string, string>): void {
    if (this.#table !== undefined) throw this.#misplaced('TABLE', 'within another TABLE')
    if (this.#tables.length >= VOTABLE_LIMITS.maxTables) {
      throw new TableError('TABLE_TOO_LARGE', this.#context.place(), 'the document has too many tables', {
        allowed: `up to ${VOTABLE_LIMITS.maxTables}`,
      })
    }
    const { source, budget, onBadValue, warnings } = this.#context
    const place = (): TableLocation => this.#context.place()
    const ref = attributes.get('ref')
    const fields = ref === undefined ? undefined : this.#fieldsById.get(ref)
    this.#tableId = attributes.get('ID')
    this.#fieldNames = new Set(fields?.map((field) => field.name))
    this.#table = new TableState(attributes, fields ?? [], {
      source,
      budget,
      onBadValue,
      place,
      warn: (code, location, problem, found) =>
        warnings.add(code, { ...place(), ...location }, problem, found),
    })
  }

  #openField(attributes: ReadonlyMap<string, string>): void {
    if (this.#table === undefined) {
      this.#warn('TABLE_UNKNOWN_ELEMENT', 'a FIELD outside a TABLE is skipped', attributes.get('name') ?? '')
      return
    }
    const { fields } = this.#table
    const max = this.#context.maxColumns ?? VOTABLE_LIMITS.maxColumns
    if (fields.length >= max) {
      throw new TableError('TABLE_TOO_LARGE', this.#context.place(), 'the table has too many fields', {
        allowed: `up to ${max}`,
      })
    }
    this.#field = readField(attributes, fields.length, this.#context.place(), this.#context.warnings)
    const { name } = this.#field
    if (this.#fieldNames.has(name)) {
      this.#context.warnings.add(
        'TABLE_DUPLICATE_COLUMN',
        { ...this.#context.place(), column: name },
        'a second field of this name',
      )
    }
    this.#fieldNames.add(name)
    fields.push(this.#field)
  }

  #paramNote(attributes: ReadonlyMap<string, string>): OpenParam['note'] {
    const field = readField(attributes, 0, this.#context.place(), this.#context.warnings)
    const text = attributes.get('value') ?? ''
    const isScalar = !isTextDatatype(field.datatype) && field.layout.shape === undefined
    const value = isScalar ? parseElement(field.datatype, text.trim()) : undefined
    return { name: field.name, value: value ?? text }
  }

  #setNull(parent: string | undefined, attributes: ReadonlyMap<string, string>): void {
    const text = attributes.get('null')
    if (parent === 'FIELD' && this.#field !== undefined && text !== undefined) this.#field.nullText = text
  }

  #setRange(key: string, attributes: ReadonlyMap<string, string>): void {
    const value = attributes.get('value')
    const isOfField = this.#stack.includes('FIELD') && this.#stack.at(-2) === 'VALUES'
    if (isOfField && value !== undefined) this.#field?.attributes.set(key, value)
  }

  #checkCell(parent: string | undefined, attributes: ReadonlyMap<string, string>): void {
    if (parent !== 'TR' || this.#table === undefined)
      throw this.#misplaced('TD', `within ${parent ?? 'nothing'}`)
    const encoding = attributes.get('encoding')
    if (encoding !== undefined && encoding !== 'none') {
      throw this.#unsupported('encoded cells are not read', encoding, 'write the table with plain cells')
    }
  }

  #checkStream(attributes: ReadonlyMap<string, string>): void {
    if (this.#table === undefined) throw this.#misplaced('STREAM', 'outside a TABLE')
    const href = attributes.get('href')
    if (href !== undefined && href !== '') {
      throw this.#unsupported('external streams are not fetched', href, 'ask for inline data or TABLEDATA')
    }
    const encoding = attributes.get('encoding') ?? 'base64'
    if (encoding !== 'base64') {
      throw this.#unsupported('the encoding of the stream is not read', encoding, 'base64 is')
    }
  }

  text(part: string): void {
    this.#text?.push(part)
  }

  close(qualified: string): void {
    const name = localName(qualified)
    this.#stack.pop()
    const parent = this.#stack.at(-1)
    const text = this.#text?.join('') ?? ''
    if (TEXT_ELEMENTS.has(name)) this.#text = undefined
    switch (name) {
      case 'TD':
        this.#table?.addCell(text)
        break
      case 'TR':
        this.#table?.endRow()
        break
      case 'STREAM':
        this.#table?.addStream(text, parent === 'BINARY2')
        break
      case 'DESCRIPTION':
        this.#describe(parent, text.trim())
        break
      case 'FIELD':
        this.#field = undefined
        break
      case 'PARAM':
      case 'INFO':
        this.#closeParam(name === 'INFO' ? text.trim() : undefined)
        break
      case 'TABLE':
        this.#closeTable()
        break
    }
  }

  #describe(parent: string | undefined, text: string): void {
    if (text === '') return
    if (parent === 'FIELD' && this.#field !== undefined) this.#field.description = text
    else if (parent === 'PARAM' && this.#param !== undefined) this.#param.comment = text
    else if (parent === 'TABLE')
      for (const line of text.split('\n')) this.#table?.notes.push(commentNote(line.trim()))
  }

  #closeParam(text: string | undefined): void {
    if (this.#param === undefined) return
    const { note, comment } = this.#param
    const said = comment ?? (text === '' ? undefined : text)
    const target = this.#table?.notes ?? this.#infos
    target.push(keywordNote(note.name, note.value, said))
    this.#param = undefined
  }

  #closeTable(): void {
    if (this.#table === undefined) return
    this.#tables.push(this.#table.finish())
    if (this.#tableId !== undefined) this.#fieldsById.set(this.#tableId, this.#table.fields)
    this.#table = undefined
  }

  finish(): VoTableDocument {
    if (!this.#hasRoot) {
      throw new TableError('TABLE_NOT_A_TABLE', this.#context.place(), 'the document is empty', {
        allowed: 'VOTABLE',
      })
    }
    return {
      version: this.#version,
      tables: this.#tables,
      infos: this.#infos,
      warnings: this.#context.warnings.list(),
    }
  }

  #warn(code: Parameters<WarningList['add']>[0], problem: string, found?: string): void {
    this.#context.warnings.add(code, this.#context.place(), problem, found)
  }

  #misplaced(element: string, where: string): TableError {
    return new TableError(
      'TABLE_BAD_SYNTAX',
      this.#context.place(),
      `the element ${element} stands in the wrong place`,
      {
        found: where,
      },
    )
  }

  #unsupported(problem: string, found: string, remedy: string): TableError {
    return new TableError('TABLE_UNSUPPORTED', this.#context.place(), problem, { found, remedy })
  }
}

function localName(qualified: string): string {
  const colon = qualified.indexOf(':')
  return colon < 0 ? qualified : qualified.slice(colon + 1)
}

function infoNote(attributes: ReadonlyMap<string, string>): OpenParam['note'] {
  return {
    name: attributes.get('name') ?? attributes.get('ID') ?? 'INFO',
    value: attributes.get('value') ?? '',
  }
}
