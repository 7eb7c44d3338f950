/** A value in a query. */
export type Literal =
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'text'; readonly value: string }
  | { readonly type: 'boolean'; readonly value: boolean }

/** Comparisons of a name with one value. */
export type ComparisonOperator = '=' | '!=' | '<' | '<=' | '>' | '>='

/** Where in the text of a query something stands, from 1. */
export interface QueryPlace {
  readonly line: number
  readonly column: number
}

/** A name in a query. */
export interface QueryName {
  readonly name: string
  readonly at: QueryPlace
}

/** What files must fulfil. */
export type Condition =
  | { readonly type: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly type: 'not'; readonly part: Condition }
  | {
      readonly type: 'compare'
      readonly name: QueryName
      readonly operator: ComparisonOperator
      readonly value: Literal
    }
  | {
      readonly type: 'between'
      readonly name: QueryName
      readonly low: Literal
      readonly high: Literal
    }
  | { readonly type: 'in'; readonly name: QueryName; readonly values: readonly Literal[] }
  /** `%` stands for any text, `_` for any character. */
  | { readonly type: 'like'; readonly name: QueryName; readonly pattern: string }
  | { readonly type: 'missing'; readonly name: QueryName }

/** All names of a condition. */
export function namesOf(condition: Condition): readonly QueryName[] {
  switch (condition.type) {
    case 'and':
    case 'or':
      return condition.parts.flatMap(namesOf)
    case 'not':
      return namesOf(condition.part)
    default:
      return [condition.name]
  }
}
