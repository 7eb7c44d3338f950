import { describeNode } from '../yaml/node.ts'
import type { Schema } from './schema.ts'

const EMPTY: readonly never[] = Object.freeze([])

/** A list of equal things, at least `least` of them. Items that cannot be read are left out after the report. */
export function list<T>(item: Schema<T>, least = 0): Schema<readonly T[]> {
  return {
    read(node, context) {
      if (node.kind !== 'list') {
        context.report('WRONG_TYPE', 'a list is expected', node, {
          found: describeNode(node),
          allowed: 'a list',
        })
        return undefined
      }
      if (node.items.length < least) {
        context.report('TOO_FEW', 'the list is too short', node, {
          found: `${node.items.length} items`,
          allowed: `at least ${least}`,
        })
        return undefined
      }
      if (node.items.length === 0) return EMPTY
      const values: T[] = []
      for (let i = 0; i < node.items.length; i++) {
        const child = node.items[i]
        if (child === undefined) continue
        context.enter(i)
        const value = item.read(child, context)
        context.leave()
        if (value !== undefined) values.push(value)
      }
      return values
    },
    json: { type: 'array', items: item.json, ...(least > 0 ? { minItems: least } : {}) },
  }
}
