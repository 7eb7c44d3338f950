import { type RawBuilder, type SqlBool, sql } from 'kysely'
import type { Session } from '../database/database.ts'
import { timeMs } from '../files/metadata-value.ts'
import type { ComparisonOperator, Condition, Literal, QueryName } from './condition.ts'
import { FILE_FIELDS, type FileField } from './file-fields.ts'
import { checkNames } from './known-names.ts'
import { queryError } from './query-error.ts'

type Test = RawBuilder<SqlBool>

const OPERATORS: Readonly<Record<ComparisonOperator, Test>> = {
  '=': sql`=`,
  '!=': sql`<>`,
  '<': sql`<`,
  '<=': sql`<=`,
  '>': sql`>`,
  '>=': sql`>=`,
}

/**
 * A condition on the file `f`, made by the run `r`, as an expression with bound values; no text of the query becomes part of the statement.
 *
 * A comparison is true for files that have the value: `band != "J"` needs a band, `not band = "J"` does not.
 *
 * @throws {RegistryError} `REGISTRY_BAD_QUERY` for names that no file has, and for values of a kind that the name never has
 */
export async function conditionSql(session: Session, condition: Condition): Promise<Test> {
  await checkNames(session, condition)
  return build(condition)
}

function build(condition: Condition): Test {
  switch (condition.type) {
    case 'and':
    case 'or': {
      const parts = condition.parts.map((part) => sql`(${build(part)})`)
      return sql`${sql.join(parts, condition.type === 'and' ? sql` and ` : sql` or `)}`
    }
    case 'not':
      return sql`not (${build(condition.part)})`
    case 'missing':
      return sql`not (${holds(condition.name, () => sql`1 = 1`)})`
    case 'compare':
      return compare(condition.name, condition.operator, condition.value)
    case 'between':
      return sql`(${compare(condition.name, '>=', condition.low)}) and (${compare(condition.name, '<=', condition.high)})`
    case 'in': {
      const parts = condition.values.map((value) => sql`(${compare(condition.name, '=', value)})`)
      return sql`${sql.join(parts, sql` or `)}`
    }
    case 'like':
      return holds(condition.name, ({ text }) => sql`${text} like ${condition.pattern} escape '\\'`)
  }
}

/** Columns of a value. */
interface ValueColumns {
  readonly number: RawBuilder<unknown>
  readonly text: RawBuilder<unknown>
}

function compare(name: QueryName, operator: ComparisonOperator, value: Literal): Test {
  const bound = boundValue(name, value, FILE_FIELDS.get(name.name))
  const sign = OPERATORS[operator]
  return holds(name, ({ number, text }) => sql`${typeof bound === 'number' ? number : text} ${sign} ${bound}`)
}

/** The value in the column that it is compared with: times as numbers. */
function boundValue(name: QueryName, value: Literal, field: FileField | undefined): number | string {
  if (value.type === 'boolean') return value.value ? 1 : 0
  const time = value.type === 'text' ? timeMs(value.value) : undefined
  if (field === undefined) return time ?? value.value
  if (field.kind === 'text') {
    if (value.type === 'text') return value.value
    throw queryError(name.at, `${name.name} is a text`, {
      found: String(value.value),
      allowed: 'a quoted text',
    })
  }
  const number = value.type === 'number' ? value.value : time
  if (number !== undefined && (field.kind === 'number' || value.type === 'text')) return number
  throw queryError(name.at, `${name.name} is ${field.kind === 'time' ? 'a time' : 'a number'}`, {
    found: String(value.value),
    allowed: field.kind === 'time' ? 'a time such as "2026-01-31T12:00"' : 'a number',
  })
}

/** True for files with a value of this name that passes the test. */
function holds(name: QueryName, test: (columns: ValueColumns) => Test): Test {
  const field = FILE_FIELDS.get(name.name)
  if (field === undefined) {
    const passes = test({ number: sql`m.number_value`, text: sql`m.text_value` })
    return sql`f.key in (select m.file_key from metadata as m where m.name = ${name.name} and ${passes})`
  }
  const column = sql.ref(field.column)
  const passes = test({ number: column, text: column })
  if (field.via === undefined) return sql`${column} is not null and ${passes}`
  return sql`f.key in (select file_key from ${sql.table(field.via)} where ${passes})`
}
