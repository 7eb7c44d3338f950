import { lineTable, ProblemCollector } from '../problem/collector.ts'
import type { ReadResult } from '../problem/problem.ts'
import { ReadContext } from '../schema/context.ts'
import { DEFAULT_YAML_LIMITS, type YamlLimits, type YamlNode } from '../yaml/node.ts'
import { parseYaml } from '../yaml/parse.ts'

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

/**
 * Reads a YAML document with `read`, which gives `undefined` after it reported problems. An empty document gives
 * `whenEmpty` with a warning, or is refused when that is absent.
 */
export function readDocument<T>(
  text: string,
  name: string,
  options: ReadOptions,
  read: (root: YamlNode, context: ReadContext) => T | undefined,
  whenEmpty?: T,
): ReadResult<T> {
  const problems = new ProblemCollector(name, lineTable(text))
  const root = parseYaml(text, problems, { ...DEFAULT_YAML_LIMITS, ...options.limits })
  const isEmpty = root === undefined || (root.kind === 'scalar' && root.value === null)
  if (isEmpty) {
    if (problems.errorCount === 0) {
      const severity = whenEmpty === undefined ? 'error' : 'warning'
      problems.add('EMPTY_DOCUMENT', 'the document is empty', {
        path: '',
        offset: 0,
        found: 'nothing',
        severity,
      })
      if (whenEmpty !== undefined) return problems.result(whenEmpty)
    }
    return problems.refused()
  }
  const value = read(root, new ReadContext(problems))
  return value === undefined ? problems.refused() : problems.result(value)
}
