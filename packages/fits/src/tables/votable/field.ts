import type { MemoryBudget } from '../budget.ts'
import { TableError, type TableLocation } from '../errors.ts'
import { ColumnBuilder } from '../model/column-builder.ts'
import type { ColumnInfo } from '../model/table.ts'
import type { WarningList } from '../warnings.ts'
import {
  type ArraySize,
  type CellLayout,
  COLUMN_TYPES,
  cellLayout,
  parseArraySize,
  parseDatatype,
  type VoDatatype,
} from './datatype.ts'

/** A FIELD element while its table is read. */
export interface VoField {
  readonly name: string
  readonly datatype: VoDatatype
  /** false when the datatype's word is none of the standard; binary data cannot be read then */
  readonly isExactDatatype: boolean
  readonly size: ArraySize
  readonly layout: CellLayout
  readonly unit: string | undefined
  readonly attributes: Map<string, string>
  /** set by child elements */
  description: string | undefined
  nullText: string | undefined
}

/** Attributes that have a place of their own in the model. */
const OWN_ATTRIBUTES: ReadonlySet<string> = new Set(['name', 'datatype', 'arraysize', 'unit'])
const KNOWN_ATTRIBUTES: ReadonlySet<string> = new Set(
  'ID name datatype arraysize unit precision width ref ucd utype xtype type value'.split(' '),
)

/**
 * A field from the attributes of FIELD (or PARAM).
 *
 * @throws TableError `TABLE_UNSUPPORTED` for a datatype or arraysize that cannot be understood
 */
export function readField(
  attributes: ReadonlyMap<string, string>,
  index: number,
  place: TableLocation,
  warnings: WarningList,
): VoField {
  const given = attributes.get('name') ?? attributes.get('ID')
  const name = given ?? `column${index + 1}`
  const location = { ...place, column: name }
  if (given === undefined) warnings.add('TABLE_UNNAMED_COLUMN', location, 'the field has no name')
  const word = attributes.get('datatype')
  if (word === undefined)
    warnings.add('TABLE_UNKNOWN_TYPE', location, 'the field has no datatype; read as text')
  const known = parseDatatype(word?.trim() ?? 'string')
  if (known === undefined) {
    throw new TableError('TABLE_UNSUPPORTED', location, 'the datatype is unknown', {
      found: word ?? '',
      allowed: Object.keys(COLUMN_TYPES).join(' '),
    })
  }
  if (!known.isExact && word !== undefined) {
    warnings.add(
      'TABLE_UNKNOWN_TYPE',
      location,
      `the datatype is not of the standard; read as ${known.datatype}`,
      word,
    )
  }
  const sizeText =
    attributes.get('arraysize') ?? (known.isExact ? undefined : known.datatype === 'char' ? '*' : undefined)
  const size = parseArraySize(sizeText)
  if (size === undefined) {
    throw new TableError('TABLE_UNSUPPORTED', location, 'the arraysize is not understood', {
      found: sizeText ?? '',
      allowed: 'sizes such as 10, 10*, *, 3x4 or 3x4x*, up to 2^30 elements',
    })
  }
  const rest = new Map<string, string>()
  for (const [key, value] of attributes) {
    if (!KNOWN_ATTRIBUTES.has(key))
      warnings.add('TABLE_UNKNOWN_ATTRIBUTE', location, `the attribute ${key} is unknown`)
    else if (!OWN_ATTRIBUTES.has(key)) rest.set(key, value)
  }
  return {
    name,
    datatype: known.datatype,
    isExactDatatype: known.isExact,
    size,
    layout: cellLayout(known.datatype, size),
    unit: attributes.get('unit'),
    attributes: rest,
    description: undefined,
    nullText: undefined,
  }
}

/** An empty builder for the values of a field. */
export function fieldBuilder(field: VoField, budget: MemoryBudget): ColumnBuilder {
  const type = COLUMN_TYPES[field.datatype]
  const parts = type === 'complex64' || type === 'complex128' ? 2 : 1
  return new ColumnBuilder(
    type,
    field.layout.isVariable ? undefined : field.layout.fixedCount * parts,
    budget,
  )
}

/** What the column of a field says besides its values. */
export function fieldInfo(field: VoField): ColumnInfo {
  const { layout } = field
  return {
    name: field.name,
    ...(field.unit === undefined ? {} : { unit: field.unit }),
    ...(field.description === undefined ? {} : { description: field.description }),
    ...(field.nullText === undefined ? {} : { nullText: field.nullText }),
    ...(layout.shape === undefined ? {} : { cellShape: layout.shape }),
    ...(layout.textWidth === undefined ? {} : { textWidth: layout.textWidth }),
    ...(field.attributes.size === 0 ? {} : { attributes: field.attributes }),
  }
}
