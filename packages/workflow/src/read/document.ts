import { lineTable, ProblemCollector } from '../problem/collector.ts'
import type { ReadResult } from '../problem/problem.ts'
import { ReadContext } from '../schema/context.ts'
import { DEFAULT_YAML_LIMITS, type ItemReader, type YamlLimits, type YamlNode } from '../yaml/node.ts'
import { parseUnusual, tryQuickly } from '../yaml/parse.ts'

/** Options of the readers. */
export interface ReadOptions {
  /** Name of the file, for messages. Default the usual name of such a file. */
  readonly name?: string
  /** Bounds on the document. */
  readonly limits?: Partial<YamlLimits>
  /**
   * Gives the value of `${NAME}` in texts of catalogs, `undefined` when there is none. Without it such texts stay as
   * they are.
   */
  readonly variables?: (name: string) => string | undefined
}

/** Reads one document; made anew for every attempt. */
export interface DocumentReader<T> {
  /** Readers for long lists under keys of the root. */
  readonly itemReaders?: ReadonlyMap<string, ItemReader>
  /** The value of the document, or `undefined` after problems were reported. */
  read(root: YamlNode): T | undefined
  /** Value of an empty document; absent when it is refused. */
  readonly whenEmpty?: T
}

const NO_ITEM_READERS: ReadonlyMap<string, ItemReader> = new Map()

/** Reads a YAML or JSON document. */
export function readDocument<T>(
  source: string,
  name: string,
  options: ReadOptions,
  makeReader: (context: ReadContext) => DocumentReader<T>,
): ReadResult<T> {
  const limits: YamlLimits = { ...DEFAULT_YAML_LIMITS, ...options.limits }
  const text = normalizeText(source)
  const problems = new ProblemCollector(name, lineTable(text))
  if (source.length > limits.maxChars) {
    problems.add('TEXT_TOO_LARGE', 'the file is too large', {
      path: '',
      found: `${source.length} characters`,
      allowed: `${limits.maxChars} characters`,
    })
    return problems.refused()
  }
  const reader = makeReader(new ReadContext(problems, options.variables))
  const quick = tryQuickly(text, problems, limits, reader.itemReaders ?? NO_ITEM_READERS)
  if (quick.isDone) return finish(quick.root, reader, problems)
  const again = new ProblemCollector(name, lineTable(text))
  const root = parseUnusual(text, again, limits, quick)
  return finish(root, makeReader(new ReadContext(again, options.variables)), again)
}

/** Text without byte order mark and with line ends of one kind; lines and columns stay what they are. */
function normalizeText(source: string): string {
  const text = source.charCodeAt(0) === 0xfeff ? source.slice(1) : source
  return text.includes('\r') ? text.replaceAll('\r\n', '\n') : text
}

function finish<T>(
  root: YamlNode | undefined,
  reader: DocumentReader<T>,
  problems: ProblemCollector,
): ReadResult<T> {
  const isEmpty = root === undefined || (root.kind === 'scalar' && root.value === null)
  if (!isEmpty) {
    const value = reader.read(root)
    return value === undefined ? problems.refused() : problems.result(value)
  }
  if (problems.errorCount > 0) return problems.refused()
  const { whenEmpty } = reader
  const severity = whenEmpty === undefined ? 'error' : 'warning'
  problems.add('EMPTY_DOCUMENT', 'the document is empty', { path: '', offset: 0, found: 'nothing', severity })
  return whenEmpty === undefined ? problems.refused() : problems.result(whenEmpty)
}
