import type { PlainValue } from '../../model/plain.ts'
import { asList, asMap, asText } from './values.ts'

/** What of a CWL type matters here. */
export interface CwlType {
  readonly isOptional: boolean
  /** `File`, `Directory`, `stdout`, `stderr`, `stdin`, `record`, or a simple type. */
  readonly name: string
  /** Number of `[]` around it. */
  readonly depth: number
}

/** Reads a type in any of its forms: `File?`, `string[]`, `[null, File]`, `{ type: array, items: File }`. */
export function readType(value: PlainValue | undefined): CwlType {
  if (typeof value === 'string') return readShort(value)
  if (Array.isArray(value)) {
    const members = asList(value)
    const isOptional = members.includes('null')
    const first = members.find((member) => member !== 'null')
    return first === undefined
      ? { isOptional: true, name: 'null', depth: 0 }
      : { ...readType(first), isOptional }
  }
  const map = asMap(value)
  const name = asText(map.get('type'))
  if (name === 'array') {
    const items = readType(map.get('items'))
    return { isOptional: false, name: items.name, depth: items.depth + 1 }
  }
  return name === undefined ? { isOptional: false, name: 'Any', depth: 0 } : readShort(name)
}

function readShort(text: string): CwlType {
  if (text.endsWith('?')) return { ...readShort(text.slice(0, -1)), isOptional: true }
  if (text.endsWith('[]')) {
    const items = readShort(text.slice(0, -2))
    return { ...items, depth: items.depth + 1 }
  }
  return { isOptional: false, name: text, depth: 0 }
}
