import type { ProblemCollector } from '../problem/collector.ts'
import { LeaveToLibrary, LimitReached } from './cursor.ts'
import { parseWithLibrary } from './library-parser.ts'
import type { ItemReader, YamlLimits, YamlNode } from './node.ts'
import { parseQuickly } from './quick-parser.ts'

/** How far {@link tryQuickly} came. */
export type QuickResult =
  | { readonly isDone: true; readonly root: YamlNode | undefined }
  | { readonly isDone: false; readonly reason: string; readonly offset: number }

/**
 * Reads a YAML or JSON document with the quick reader; problems go to the collector.
 *
 * @returns not done when the document holds what only the library reads; what the item readers were given is then void
 */
export function tryQuickly(
  text: string,
  problems: ProblemCollector,
  limits: YamlLimits,
  itemReaders: ReadonlyMap<string, ItemReader>,
): QuickResult {
  try {
    const { root, doubledKeys } = parseQuickly(text, limits, itemReaders)
    for (const { key, offset } of doubledKeys) {
      problems.add('DUPLICATE_KEY', 'the key stands twice in one mapping', {
        path: '',
        offset,
        found: key,
      })
    }
    return { isDone: true, root }
  } catch (error) {
    if (error instanceof LeaveToLibrary) return { isDone: false, reason: error.message, offset: error.offset }
    reportLimit(error, problems)
    return { isDone: true, root: undefined }
  }
}

/** Reads a document that the quick reader left, with the library when the text is short enough for it. */
export function parseUnusual(
  text: string,
  problems: ProblemCollector,
  limits: YamlLimits,
  quick: { readonly reason: string; readonly offset: number },
): YamlNode | undefined {
  if (text.length <= limits.maxUnusualChars) {
    try {
      return parseWithLibrary(text, problems, limits)
    } catch (error) {
      reportLimit(error, problems)
      return undefined
    }
  }
  problems.add('SYNTAX', `not valid YAML, or not in a file of this size: ${quick.reason}`, {
    path: '',
    offset: quick.offset,
    found: `${text.length} characters`,
    allowed: `block and flow style without anchors and tags above ${limits.maxUnusualChars} characters`,
  })
  return undefined
}

function reportLimit(error: unknown, problems: ProblemCollector): void {
  if (!(error instanceof LimitReached)) throw error
  problems.add('LIMIT', error.message, { path: '', offset: error.offset, allowed: error.allowed })
}
