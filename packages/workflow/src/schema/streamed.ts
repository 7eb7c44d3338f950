import { describeNode, type ItemReader, type YamlNode } from '../yaml/node.ts'
import type { ReadContext } from './context.ts'
import type { Schema } from './schema.ts'

/** A list under a key of the root that is read item by item while the document is parsed. */
export interface Streamed<T> {
  /** The whole list, also when it was not streamed. */
  readonly schema: Schema<readonly T[]>
  readonly itemReader: ItemReader
}

/** What {@link streamed} is told. */
export interface StreamedOptions<T> {
  /** Key of the root. */
  readonly key: string
  readonly item: Schema<T>
  /** Least number of items. */
  readonly least: number
  /** Called for every item that could be read, with its node and its place in the file. */
  readonly onRead?: (value: T, node: YamlNode, index: number) => void
}

/** Streams a list of the root; for one document. */
export function streamed<T>(options: StreamedOptions<T>, context: ReadContext): Streamed<T> {
  const { key, item, least, onRead } = options
  const values: T[] = []
  const readItem = (node: YamlNode, index: number): void => {
    context.enter(index)
    const value = item.read(node, context)
    context.leave()
    if (value === undefined) return
    values.push(value)
    onRead?.(value, node, index)
  }
  return {
    schema: {
      read: (node) => {
        if (node.kind === 'streamed') return values
        if (node.kind !== 'list') {
          context.report('WRONG_TYPE', 'a list is expected', node, {
            found: describeNode(node),
            allowed: 'a list',
          })
          return undefined
        }
        if (node.items.length < least) {
          const found = `${node.items.length} items`
          context.report('TOO_FEW', 'the list is too short', node, { found, allowed: `at least ${least}` })
          return undefined
        }
        node.items.forEach(readItem)
        return values
      },
      json: { type: 'array', items: item.json, ...(least > 0 ? { minItems: least } : {}) },
    },
    itemReader: (node, index) => {
      context.enter(key)
      readItem(node, index)
      context.leave()
    },
  }
}
