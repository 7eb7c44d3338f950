import { Cursor } from './cursor.ts'
import { type DoubledKey, MappingBuilder } from './mapping-builder.ts'
import type { ItemReader, ListNode, MappingNode, ScalarNode, YamlLimits, YamlNode } from './node.ts'
import { type FlowContext, readFlow } from './quick-flow.ts'
import { resolvePlain } from './resolve.ts'

const NEWLINE = 10
const SPACE = 32
const QUOTE = 34
const HASH = 35
const APOSTROPHE = 39
const DASH = 45
const COLON = 58
const QUESTION = 63
const OPEN_LIST = 91
const OPEN_MAP = 123

/** Longest key, as in YAML. */
const MAX_KEY_CHARS = 1024

/** What {@link parseQuickly} gives. */
export interface QuickDocument {
  /** `undefined` for an empty document. */
  readonly root: YamlNode | undefined
  readonly doubledKeys: readonly DoubledKey[]
}

/**
 * Reads the part of YAML that programs and people write in these files: block and flow collections, plain and quoted
 * texts, comments, JSON. One pass, no intermediate tokens.
 *
 * @param itemReaders readers for lists under keys of the root; these lists come back as `streamed` nodes
 * @throws {LeaveToLibrary} for everything else, valid or not
 * @throws {LimitReached} when a bound is passed
 */
export function parseQuickly(
  text: string,
  limits: YamlLimits,
  itemReaders: ReadonlyMap<string, ItemReader>,
): QuickDocument {
  const reader = new BlockReader(new Cursor(text, limits), itemReaders)
  const root = reader.document()
  return { root, doubledKeys: reader.doubled }
}

class BlockReader {
  readonly doubled: DoubledKey[] = []
  readonly #cursor: Cursor
  readonly #itemReaders: ReadonlyMap<string, ItemReader>
  readonly #flow: FlowContext

  constructor(cursor: Cursor, itemReaders: ReadonlyMap<string, ItemReader>) {
    this.#cursor = cursor
    this.#itemReaders = itemReaders
    this.#flow = { cursor, doubled: this.doubled, itemReaders }
  }

  document(): YamlNode | undefined {
    const cursor = this.#cursor
    if (cursor.text.charCodeAt(0) === 0xfeff) cursor.leave('a byte order mark')
    this.#firstLine()
    if (cursor.indent < 0) return undefined
    const root = this.#block(-1)
    if (cursor.indent >= 0) cursor.leave('text behind the document')
    return root
  }

  #firstLine(): void {
    const cursor = this.#cursor
    // The text before the first line is an empty line.
    cursor.pos = -1
    cursor.indent = 0
    this.#lineAfter()
    if (cursor.indent === 0 && cursor.isDocumentMark()) {
      if (cursor.text.charCodeAt(cursor.pos) !== DASH) cursor.leave('the end of a document')
      cursor.pos += 3
      if (!cursor.isLineEnd() && cursor.text.charCodeAt(cursor.pos) !== SPACE) cursor.leave('a plain text')
      cursor.nextLine()
    }
  }

  #lineAfter(): void {
    const cursor = this.#cursor
    const { text } = cursor
    for (;;) {
      const start = ++cursor.pos
      while (text.charCodeAt(cursor.pos) === SPACE) cursor.pos++
      const char = text.charCodeAt(cursor.pos)
      if (char === HASH) {
        const end = text.indexOf('\n', cursor.pos)
        cursor.pos = end < 0 ? text.length : end
      }
      if (cursor.pos >= text.length) {
        cursor.indent = -1
        return
      }
      if (text.charCodeAt(cursor.pos) !== NEWLINE) {
        cursor.indent = cursor.pos - start
        return
      }
    }
  }

  /** A node at the start of a line, or behind a dash; its own column is `cursor.indent`. */
  #block(parentIndent: number): YamlNode {
    const cursor = this.#cursor
    const { text } = cursor
    const column = cursor.indent
    const first = text.charCodeAt(cursor.pos)
    if (first === DASH && isEnd(text.charCodeAt(cursor.pos + 1))) return this.#list(column)
    if (first === OPEN_LIST || first === OPEN_MAP) {
      const node = readFlow(this.#flow, parentIndent)
      cursor.nextLine()
      return node
    }
    const offset = cursor.pos
    const isQuoted = first === QUOTE || first === APOSTROPHE
    const key = isQuoted ? cursor.quoted(parentIndent) : this.#plainLine()
    if (this.#isKey(offset)) return this.#mapping(column, key, offset)
    if (!isQuoted) return this.#plain(key, offset, parentIndent)
    cursor.nextLine()
    return { kind: 'scalar', value: key, text: key, offset }
  }

  /** True when the text that was read from `offset` is a key: a colon follows on the same line. */
  #isKey(offset: number): boolean {
    const cursor = this.#cursor
    const { text } = cursor
    let at = cursor.pos
    while (text.charCodeAt(at) === SPACE) at++
    if (text.charCodeAt(at) !== COLON || !isEnd(text.charCodeAt(at + 1))) return false
    if (at - offset > MAX_KEY_CHARS || text.slice(offset, at).includes('\n')) cursor.leave('a long key')
    cursor.pos = at + 1
    return true
  }

  /** The pairs at `column`; the first key was read and the cursor is behind its colon. */
  #mapping(column: number, firstKey: string, offset: number): MappingNode {
    const cursor = this.#cursor
    const { text } = cursor
    cursor.enter()
    const builder = new MappingBuilder(this.doubled)
    let key = firstKey
    let keyOffset = offset
    for (;;) {
      if (key === '<<') cursor.leave('a merge key')
      builder.add(key, keyOffset, this.#pairValue(column, key))
      if (cursor.indent < column) break
      if (cursor.indent > column) cursor.leave('a line that is indented too far')
      keyOffset = cursor.pos
      const first = text.charCodeAt(keyOffset)
      if (first === OPEN_LIST || first === OPEN_MAP) cursor.leave('a list or mapping as key')
      key = first === QUOTE || first === APOSTROPHE ? cursor.quoted(column) : this.#plainLine()
      if (!this.#isKey(keyOffset)) cursor.leave('a line without key')
    }
    cursor.depth--
    return builder.finish(offset)
  }

  #pairValue(column: number, key: string): YamlNode {
    const cursor = this.#cursor
    const end = cursor.pos
    cursor.skipSpaces()
    if (!cursor.isLineEnd()) return this.#inline(column)
    cursor.nextLine()
    const isDash =
      cursor.text.charCodeAt(cursor.pos) === DASH && isEnd(cursor.text.charCodeAt(cursor.pos + 1))
    if (isDash && cursor.indent >= column) {
      const itemReader = cursor.depth === 1 ? this.#itemReaders.get(key) : undefined
      return itemReader === undefined
        ? this.#list(cursor.indent)
        : this.#streamedList(cursor.indent, itemReader)
    }
    if (cursor.indent > column) return this.#block(column)
    return { kind: 'scalar', value: null, text: '', offset: end }
  }

  /** A value on the line of its key. */
  #inline(parentIndent: number): YamlNode {
    const cursor = this.#cursor
    const first = cursor.text.charCodeAt(cursor.pos)
    const offset = cursor.pos
    if (first === OPEN_LIST || first === OPEN_MAP) {
      const node = readFlow(this.#flow, parentIndent)
      cursor.nextLine()
      return node
    }
    if (first === QUOTE || first === APOSTROPHE) {
      const text = cursor.quoted(parentIndent)
      cursor.nextLine()
      return { kind: 'scalar', value: text, text, offset }
    }
    const start = this.#plainLine()
    if (cursor.text.charCodeAt(cursor.pos) === COLON) cursor.leave('a mapping on the line of a key')
    return this.#plain(start, offset, parentIndent)
  }

  #list(column: number): ListNode {
    const offset = this.#cursor.pos
    const items: YamlNode[] = []
    this.#items(column, (item) => items.push(item))
    return { kind: 'list', items, offset }
  }

  #streamedList(column: number, itemReader: ItemReader): YamlNode {
    const offset = this.#cursor.pos
    const itemCount = this.#items(column, itemReader)
    return { kind: 'streamed', itemCount, offset }
  }

  #items(column: number, take: (item: YamlNode, index: number) => void): number {
    const cursor = this.#cursor
    const { text } = cursor
    cursor.enter()
    let count = 0
    for (;;) {
      take(this.#item(column), count++)
      if (cursor.indent < column) break
      if (cursor.indent > column) cursor.leave('a line that is indented too far')
      if (text.charCodeAt(cursor.pos) !== DASH || !isEnd(text.charCodeAt(cursor.pos + 1))) break
    }
    cursor.depth--
    return count
  }

  #item(column: number): YamlNode {
    const cursor = this.#cursor
    const start = cursor.pos++
    cursor.skipSpaces()
    if (cursor.isLineEnd()) {
      cursor.nextLine()
      if (cursor.indent > column) return this.#block(column)
      return { kind: 'scalar', value: null, text: '', offset: start + 1 }
    }
    cursor.indent = column + cursor.pos - start
    return this.#block(column)
  }

  /** The part of a plain text on this line, without blanks at its end; stops before `: ` and ` #`. */
  #plainLine(): string {
    const cursor = this.#cursor
    const { text } = cursor
    const offset = cursor.pos
    this.#checkFirst()
    let at = offset
    for (; ; at++) {
      const char = text.charCodeAt(at)
      if (char === COLON) {
        if (isEnd(text.charCodeAt(at + 1))) break
      } else if (char === HASH) {
        if (text.charCodeAt(at - 1) === SPACE) break
      } else if (char === NEWLINE || Number.isNaN(char)) break
      else if (char < SPACE || char === 127) cursor.leave('a control character')
    }
    while (at > offset && text.charCodeAt(at - 1) === SPACE) at--
    cursor.pos = at
    return cursor.part(offset, at)
  }

  #checkFirst(): void {
    const cursor = this.#cursor
    const first = cursor.text[cursor.pos] ?? ''
    if ('&*!|>%@`,]}#'.includes(first))
      cursor.leave('an anchor, alias, tag, block text or reserved character')
    const code = cursor.text.charCodeAt(cursor.pos)
    if (
      (code === DASH || code === QUESTION || code === COLON) &&
      isEnd(cursor.text.charCodeAt(cursor.pos + 1))
    ) {
      cursor.leave('a mark without its use')
    }
  }

  /** A plain text whose first line was read; more lines follow when they are indented by more than `parentIndent`. */
  #plain(firstLine: string, offset: number, parentIndent: number): ScalarNode {
    const cursor = this.#cursor
    cursor.nextLine()
    if (cursor.indent <= parentIndent) {
      cursor.checkLength(firstLine.length)
      return { kind: 'scalar', value: resolvePlain(firstLine), text: firstLine, offset }
    }
    let text = firstLine
    while (cursor.indent > parentIndent) {
      if (cursor.hasSkippedComment) cursor.leave('a comment inside a text')
      text += cursor.skippedLines === 0 ? ' ' : '\n'.repeat(cursor.skippedLines)
      text += this.#continuedLine()
      cursor.checkLength(text.length)
      if (cursor.text.charCodeAt(cursor.pos) === COLON) cursor.leave('a key inside a text')
      cursor.nextLine()
    }
    return { kind: 'scalar', value: resolvePlain(text), text, offset }
  }

  /** Like a first line, but any character may begin it except a comment. */
  #continuedLine(): string {
    const cursor = this.#cursor
    const { text } = cursor
    const offset = cursor.pos
    let at = offset
    for (; ; at++) {
      const char = text.charCodeAt(at)
      if (char === COLON && isEnd(text.charCodeAt(at + 1))) break
      if (char === HASH && text.charCodeAt(at - 1) === SPACE) break
      if (char === NEWLINE || Number.isNaN(char)) break
      if (char < SPACE || char === 127) cursor.leave('a control character')
    }
    while (at > offset && text.charCodeAt(at - 1) === SPACE) at--
    cursor.pos = at
    return cursor.part(offset, at)
  }
}

/** True for what ends a mark such as `-` or `:`: blank, line end, end of the text. Tabs are left to the library. */
function isEnd(char: number): boolean {
  return char === SPACE || char === NEWLINE || Number.isNaN(char) || char === 9
}
