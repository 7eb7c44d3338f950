import type { PlainValue } from '../../model/plain.ts'
import { formatProblem } from '../../problem/problem.ts'
import { readDocument } from '../../read/document.ts'
import { plainValue } from '../../schema/plain.ts'
import { ReferenceError } from './references.ts'
import { asList, asMap, asText, type PlainMap } from './values.ts'

/** The process to import. */
export interface MainProcess {
  readonly process: PlainMap
  readonly version: PlainValue | undefined
}

/** Finds processes: in the document itself, in its `$graph`, and in other documents. */
export class CwlDocuments {
  readonly #readFile: ((path: string) => string | undefined) | undefined
  readonly #graph = new Map<string, PlainMap>()
  readonly #read = new Map<string, PlainMap | undefined>()
  /** Folder of the document from which a process comes, with `/` at its end; paths in it are relative to that. */
  readonly #folders = new WeakMap<PlainMap, string>()

  constructor(readFile: ((path: string) => string | undefined) | undefined) {
    this.#readFile = readFile
  }

  /** The main process of a document: itself, or `main` of its graph, or the only one. */
  main(root: PlainMap): MainProcess | undefined {
    const version = root.get('cwlVersion')
    if (!root.has('$graph')) return root.has('class') ? { process: root, version } : undefined
    const members = asList(root.get('$graph')).map(asMap)
    for (const member of members) this.#graph.set((asText(member.get('id')) ?? '').replace(/^#/, ''), member)
    const process = this.#graph.get('main') ?? (members.length === 1 ? members[0] : undefined)
    return process === undefined ? undefined : { process, version }
  }

  /**
   * The process that a step of `parent` runs: in place, a member of the graph, or a document of its own.
   *
   * @throws {ReferenceError} when the document cannot be read
   */
  process(run: PlainValue | undefined, parent: PlainMap): PlainMap | undefined {
    const folder = this.#folders.get(parent) ?? ''
    if (run instanceof Map) {
      const process = asMap(run)
      this.#folders.set(process, folder)
      return process
    }
    const written = asText(run)
    if (written === undefined) return undefined
    if (written.startsWith('#') || this.#graph.has(written)) return this.#graph.get(written.replace(/^#/, ''))
    const path = /^(?:\/|[A-Za-z][\w+.-]*:\/\/)/.test(written)
      ? written
      : `${folder}${written.replace(/^\.\//, '')}`
    if (!this.#read.has(path)) this.#read.set(path, this.#load(path))
    return this.#read.get(path)
  }

  #load(path: string): PlainMap | undefined {
    const [file = path, fragment] = path.split('#')
    const text = this.#readFile?.(file)
    if (text === undefined) return undefined
    const result = readDocument(text, file, {}, () => ({ read: plainValue }))
    if (!result.ok) throw new ReferenceError(result.problems.slice(0, 1).map(formatProblem).join())
    const root = asMap(result.value)
    const members = asList(root.get('$graph')).map(asMap)
    const process =
      fragment === undefined
        ? this.main(root)?.process
        : members.find((member) => asText(member.get('id'))?.replace(/^#/, '') === fragment)
    if (process !== undefined) this.#folders.set(process, file.slice(0, file.lastIndexOf('/') + 1))
    return process
  }
}
