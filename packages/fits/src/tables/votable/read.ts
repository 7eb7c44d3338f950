import { SaxesParser } from 'saxes'
import { memoryBudget } from '../budget.ts'
import { TableError, type TableLocation, type TableWarning } from '../errors.ts'
import type { Table, TableNote } from '../model/table.ts'
import { warningList } from '../warnings.ts'
import { decodeXml } from './decode-xml.ts'
import { VOTABLE_LIMITS, type VoTableDocument, type VoTableReadOptions } from './document.ts'
import { VoTableHandler } from './handler.ts'

/** Characters given to the XML parser at a time. */
const SLICE_CHARS = 65_536

/**
 * All tables of a VOTable document, versions 1.0 to 1.5: TABLEDATA, and BINARY and BINARY2 with inline base64 streams.
 *
 * XML is parsed strictly: undeclared entities, an internal DTD subset and nesting beyond 100 levels are refused. What
 * VOTable writers commonly get wrong is read with a warning: missing namespaces, datatypes under other names, unknown
 * elements and attributes, rows that are too short or too long, arrays parted by commas.
 *
 * Empty cells are null, for text too; so are values equal to `VALUES null`, and floating-point NaN outside arrays.
 *
 * @throws TableError `TABLE_NOT_A_TABLE`, `TABLE_BAD_SYNTAX`, `TABLE_TRUNCATED`, `TABLE_BAD_VALUE`, `TABLE_UNSUPPORTED` (FITS
 *   serialization, external streams), `TABLE_TOO_LARGE`, each with line and character
 */
export function readVoTableDocument(
  input: string | Uint8Array,
  options: VoTableReadOptions = {},
): VoTableDocument {
  const source = options.name
  const text = decodeXml(input, source)
  const parser = new SaxesParser({ xmlns: false, position: true })
  const warnings = warningList()
  const place = (): TableLocation => ({ source, line: parser.line, character: parser.columnIndex + 1 })
  const handler = new VoTableHandler({
    source,
    warnings,
    place,
    budget: memoryBudget(text.length, source),
    onBadValue: options.onBadValue ?? 'error',
    maxColumns: options.maxColumns,
  })
  parser.on('error', (error) => {
    throw syntaxError(error, place())
  })
  parser.on('doctype', (doctype) => handler.doctype(doctype))
  let attributeCount = 0
  parser.on('opentagstart', () => {
    attributeCount = 0
  })
  parser.on('attribute', () => {
    if (++attributeCount > VOTABLE_LIMITS.maxAttributes) throw tooManyAttributes(place())
  })
  parser.on('opentag', (tag) => {
    handler.open(tag.name, new Map(Object.entries(tag.attributes)))
  })
  parser.on('closetag', (tag) => handler.close(tag.name))
  parser.on('text', (part) => handler.text(part))
  parser.on('cdata', (part) => handler.text(part))
  for (let from = 0; from < text.length; from += SLICE_CHARS)
    parser.write(text.slice(from, from + SLICE_CHARS))
  parser.close()
  return handler.finish()
}

/** Which table of a document is read. */
export interface VoTableSelection extends VoTableReadOptions {
  /** Index from 0, or name (or ID) of the table; default the first. */
  readonly table?: number | string
}

/** A table with what was noticed while reading it. */
export interface VoTableReading {
  readonly table: Table
  /** INFO and PARAM elements outside tables */
  readonly infos: readonly TableNote[]
  readonly warnings: readonly TableWarning[]
}

/**
 * One table of a VOTable document; see {@link readVoTableDocument}.
 *
 * @throws TableError as {@link readVoTableDocument}, and `TABLE_NOT_A_TABLE` when there is no such table; when a service
 *   answered with an error, its message is what was found
 */
export function readVoTable(input: string | Uint8Array, options: VoTableSelection = {}): VoTableReading {
  const { tables, infos, warnings } = readVoTableDocument(input, options)
  const wanted = options.table ?? 0
  const table = typeof wanted === 'number' ? tables[wanted] : tables.find((each) => each.name === wanted)
  if (table !== undefined) return { table, infos, warnings }
  throw new TableError('TABLE_NOT_A_TABLE', { source: options.name }, `the document has no table ${wanted}`, {
    found:
      serviceError(infos) ??
      `${tables.length} tables: ${tables.map((each, index) => each.name ?? index).join(' ')}`,
  })
}

/** Message of a data access service that failed (DALI 1.1, section 4.4.1). */
function serviceError(infos: readonly TableNote[]): string | undefined {
  for (const info of infos) {
    if (
      info.kind !== 'keyword' ||
      info.name !== 'QUERY_STATUS' ||
      String(info.value).toUpperCase() !== 'ERROR'
    )
      continue
    return `an error of the service: ${info.comment ?? 'without message'}`
  }
  return undefined
}

function tooManyAttributes(place: TableLocation): TableError {
  return new TableError('TABLE_TOO_LARGE', place, 'the element has too many attributes', {
    allowed: `up to ${VOTABLE_LIMITS.maxAttributes}`,
  })
}

function syntaxError(error: Error, place: TableLocation): TableError {
  const problem = error.message.replace(/^[^ ]*\d+:\d+: /, '')
  const isCut = /unclosed|unexpected end/.test(problem)
  return new TableError(isCut ? 'TABLE_TRUNCATED' : 'TABLE_BAD_SYNTAX', place, 'the XML is not well-formed', {
    found: problem,
    cause: error,
  })
}
