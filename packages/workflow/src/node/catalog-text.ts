import { type Document, isMap, isSeq, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml'
import { WorkflowError } from '../errors.ts'
import type { PlainMap } from '../write/catalog-parts.ts'

/** Longest catalog that is edited in place. */
const MAX_CHARS = 64 * 1024 * 1024

/** How an entry changes. */
export interface EntryChange {
  /** Key of a list in the entry. */
  readonly list: string
  /** What is added to the list. */
  readonly items: readonly PlainMap[]
  /** True for an item that an added one replaces. */
  readonly isSame?: (item: YAMLMap, added: PlainMap) => boolean
  /** Keys that are set. */
  readonly values?: PlainMap
}

/** The YAML text of a catalog while entries are added: comments, order and spelling of everything else stay. */
export class CatalogText {
  readonly #document: Document.Parsed
  readonly #indentsLists: boolean

  /** @param text a catalog that was read without errors */
  constructor(text: string, path: string) {
    if (text.length > MAX_CHARS) {
      throw new WorkflowError('WORKFLOW_TOO_LARGE', 'the catalog is too large to be edited', {
        where: [path],
        found: `${text.length} characters`,
        allowed: `${MAX_CHARS}`,
        remedy: 'write it with a program, or keep replicas in a text file (rc.txt), where lines are appended',
      })
    }
    this.#document = parseDocument(text, { keepSourceTokens: false })
    this.#indentsLists = !/^- /m.test(text)
  }

  /** Entries under a key of the root. */
  #list(key: string): YAMLSeq {
    const found = this.#document.get(key)
    if (isSeq(found)) {
      if (found.items.length === 0) found.flow = false
      return found
    }
    const made = this.#document.createNode([])
    this.#document.set(key, made)
    return made
  }

  #entry(key: string, matches: (entry: YAMLMap) => boolean): { list: YAMLSeq; index: number } {
    const list = this.#list(key)
    return { list, index: list.items.findIndex((item) => isMap(item) && matches(item)) }
  }

  /** Adds an entry, or puts it in the place of the first that matches. */
  put(key: string, entry: PlainMap, matches: (entry: YAMLMap) => boolean): void {
    const { list, index } = this.#entry(key, matches)
    if (index < 0) list.add(this.#document.createNode(entry))
    else list.set(index, this.#document.createNode(entry))
  }

  /** Changes the first entry that matches: adds items to a list in it, or replaces them; sets other keys. */
  extend(key: string, matches: (entry: YAMLMap) => boolean, change: EntryChange): void {
    const { list, index } = this.#entry(key, matches)
    const entry = list.items[index]
    if (!isMap(entry)) return
    const inner = entry.get(change.list)
    if (isSeq(inner)) for (const item of change.items) this.#putItem(inner, item, change.isSame)
    else if (change.items.length > 0) entry.set(change.list, this.#document.createNode(change.items))
    for (const [name, value] of change.values ?? []) entry.set(name, this.#document.createNode(value))
  }

  #putItem(list: YAMLSeq, added: PlainMap, isSame: EntryChange['isSame']): void {
    const at = isSame === undefined ? -1 : list.items.findIndex((item) => isMap(item) && isSame(item, added))
    if (list.items.length === 0) list.flow = false
    if (at < 0) list.add(this.#document.createNode(added))
    else list.set(at, this.#document.createNode(added))
  }

  /** The text, without line breaks in long values. */
  toString(): string {
    return this.#document.toString({ lineWidth: 0, indentSeq: this.#indentsLists })
  }
}
