import type { Cursor } from './cursor.ts'
import { type DoubledKey, MappingBuilder } from './mapping-builder.ts'
import type { ItemReader, ListNode, MappingNode, ScalarNode, YamlNode } from './node.ts'
import { resolvePlain } from './resolve.ts'

const NEWLINE = 10
const SPACE = 32
const QUOTE = 34
const HASH = 35
const APOSTROPHE = 39
const COMMA = 44
const COLON = 58
const OPEN_LIST = 91
const CLOSE_LIST = 93
const OPEN_MAP = 123
const CLOSE_MAP = 125

/** What goes along through a flow collection. */
export interface FlowContext {
  readonly cursor: Cursor
  readonly doubled: DoubledKey[]
  /** Readers for lists under keys of the root, when the root is in flow style (JSON). */
  readonly itemReaders: ReadonlyMap<string, ItemReader>
}

/** Reads `[…]` or `{…}` at the cursor, also over several lines that are indented by more than `parentIndent`. */
export function readFlow(flow: FlowContext, parentIndent: number): ListNode | MappingNode {
  const { cursor } = flow
  cursor.enter()
  const isList = cursor.text.charCodeAt(cursor.pos) === OPEN_LIST
  const node = isList ? readList(flow, parentIndent) : readMap(flow, parentIndent)
  cursor.depth--
  return node
}

function readList(flow: FlowContext, parentIndent: number): ListNode {
  const offset = flow.cursor.pos
  const items: YamlNode[] = []
  readItems(flow, parentIndent, (item) => items.push(item))
  return { kind: 'list', items, offset }
}

function readItems(flow: FlowContext, parentIndent: number, take: ItemReader): number {
  const { cursor } = flow
  cursor.pos++
  let count = 0
  for (;;) {
    const char = skipBlanks(cursor, parentIndent)
    if (char === CLOSE_LIST) break
    take(readValue(flow, char, parentIndent), count++)
    const mark = skipBlanks(cursor, parentIndent)
    if (mark === CLOSE_LIST) break
    if (mark !== COMMA) cursor.leave('a list item without comma')
    cursor.pos++
  }
  cursor.pos++
  return count
}

function readMap(flow: FlowContext, parentIndent: number): MappingNode {
  const { cursor } = flow
  const offset = cursor.pos++
  const builder = new MappingBuilder(flow.doubled)
  for (;;) {
    const char = skipBlanks(cursor, parentIndent)
    if (char === CLOSE_MAP) break
    const keyOffset = cursor.pos
    const isQuoted = char === QUOTE || char === APOSTROPHE
    const key = isQuoted ? cursor.quoted(parentIndent) : readPlain(cursor).text
    if (key === '<<') cursor.leave('a merge key')
    if (skipBlanks(cursor, parentIndent) !== COLON) cursor.leave('a key without value')
    cursor.pos++
    const first = skipBlanks(cursor, parentIndent)
    if (first === COMMA || first === CLOSE_MAP) cursor.leave('a key without value')
    builder.add(key, keyOffset, readPairValue(flow, key, first, parentIndent))
    const mark = skipBlanks(cursor, parentIndent)
    if (mark === CLOSE_MAP) break
    if (mark !== COMMA) cursor.leave('a pair without comma')
    cursor.pos++
  }
  cursor.pos++
  return builder.finish(offset)
}

function readPairValue(flow: FlowContext, key: string, char: number, parentIndent: number): YamlNode {
  const { cursor, itemReaders } = flow
  const itemReader = cursor.depth === 1 && char === OPEN_LIST ? itemReaders.get(key) : undefined
  if (itemReader === undefined) return readValue(flow, char, parentIndent)
  const offset = cursor.pos
  // An empty list is a list: it is judged as a whole.
  if (/^\[\s*\]/.test(cursor.text.slice(offset, offset + 100))) return readFlow(flow, parentIndent)
  cursor.enter()
  const itemCount = readItems(flow, parentIndent, itemReader)
  cursor.depth--
  return { kind: 'streamed', itemCount, offset }
}

function readValue(flow: FlowContext, char: number, parentIndent: number): YamlNode {
  const { cursor } = flow
  if (char === OPEN_LIST || char === OPEN_MAP) return readFlow(flow, parentIndent)
  if (char === QUOTE || char === APOSTROPHE) {
    const offset = cursor.pos
    const text = cursor.quoted(parentIndent)
    return { kind: 'scalar', value: text, text, offset }
  }
  return readPlain(cursor)
}

/** A plain scalar on one line. */
function readPlain(cursor: Cursor): ScalarNode {
  const { text } = cursor
  const offset = cursor.pos
  checkFirst(cursor)
  let at = offset
  for (; ; at++) {
    const char = text.charCodeAt(at)
    if (
      char === COMMA ||
      char === OPEN_LIST ||
      char === CLOSE_LIST ||
      char === OPEN_MAP ||
      char === CLOSE_MAP
    )
      break
    if (char === COLON && isKeyEnd(text.charCodeAt(at + 1))) break
    if (char === HASH && text.charCodeAt(at - 1) === SPACE) break
    if (char === NEWLINE) {
      if (isContinued(text, at)) cursor.leave('a plain text over several lines')
      break
    }
    if (char < SPACE || Number.isNaN(char)) cursor.leave('a control character or the end of the text')
  }
  while (at > offset && text.charCodeAt(at - 1) === SPACE) at--
  if (at === offset) cursor.leave('an empty item')
  cursor.pos = at
  cursor.checkLength(at - offset)
  const value = cursor.part(offset, at)
  return { kind: 'scalar', value: resolvePlain(value), text: value, offset }
}

/** True when the text goes on behind the line end at `newline`; false before a comma or bracket. */
function isContinued(text: string, newline: number): boolean {
  let at = newline
  while (text.charCodeAt(at) === NEWLINE || text.charCodeAt(at) === SPACE) at++
  const char = text.charCodeAt(at)
  return char !== COMMA && char !== CLOSE_LIST && char !== CLOSE_MAP
}

function isKeyEnd(char: number): boolean {
  return (
    char <= SPACE ||
    char === COMMA ||
    char === CLOSE_LIST ||
    char === CLOSE_MAP ||
    char === OPEN_LIST ||
    char === OPEN_MAP
  )
}

/** Leaves everything that begins like an anchor, tag, alias or block scalar to the library. */
function checkFirst(cursor: Cursor): void {
  const first = cursor.text[cursor.pos] ?? ''
  if ('&*!|>%@`#'.includes(first)) cursor.leave('an anchor, alias, tag or reserved character')
  const next = cursor.text.charCodeAt(cursor.pos + 1)
  if ('-?:'.includes(first) && isKeyEnd(next)) cursor.leave('a mark of block style')
}

/** Skips blanks, line ends and comments; gives the next character. */
function skipBlanks(cursor: Cursor, parentIndent: number): number {
  const { text } = cursor
  for (;;) {
    const char = text.charCodeAt(cursor.pos)
    if (char === SPACE) cursor.pos++
    else if (char === NEWLINE) skipLineEnd(cursor, parentIndent)
    else if (char === HASH && text.charCodeAt(cursor.pos - 1) <= SPACE) {
      const end = text.indexOf('\n', cursor.pos)
      cursor.pos = end < 0 ? text.length : end
    } else if (char > SPACE) return char
    else cursor.leave('a tab, a control character or the end of the text')
  }
}

function skipLineEnd(cursor: Cursor, parentIndent: number): void {
  const { text } = cursor
  const start = ++cursor.pos
  while (text.charCodeAt(cursor.pos) === SPACE) cursor.pos++
  if (text.charCodeAt(cursor.pos) === NEWLINE) return
  const indent = cursor.pos - start
  if (indent <= parentIndent) cursor.leave('a line that is not indented')
  if (indent === 0 && cursor.isDocumentMark()) cursor.leave('a document mark')
}
