import type { ProblemCollector } from '../../problem/collector.ts'
import { type ContinuationRules, continuedLines } from '../../read/continued-lines.ts'

/** A statement of a DAGMan file. */
export interface DagStatement {
  /** In capitals. */
  readonly keyword: string
  readonly words: readonly string[]
  /** The statement without its keyword, as it was written. */
  readonly rest: string
  /** Submit description between braces, for `JOB` and `SUBMIT-DESCRIPTION`. */
  readonly inline?: string | undefined
  readonly offset: number
}

/** Longest DAGMan file, UTF-16 units. */
const MAX_CHARS = 512 * 1024 * 1024

/** The statements of a DAGMan file: comments left out, continued lines joined. */
export function readStatements(text: string, problems: ProblemCollector): readonly DagStatement[] {
  if (text.length > MAX_CHARS) {
    const found = `${text.length} characters`
    problems.add('TEXT_TOO_LARGE', 'the file is too large', {
      path: '',
      found,
      allowed: `${MAX_CHARS} characters`,
    })
    return []
  }
  const statements: DagStatement[] = []
  const lines = continuedLines(text, CONTINUATION)
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]
    if (line === undefined) continue
    const words = line.text.trim().split(/\s+/)
    const keyword = (words[0] ?? '').toUpperCase()
    const opened = /\{\s*$/.test(line.text) && (keyword === 'JOB' || keyword === 'SUBMIT-DESCRIPTION')
    let inline: string | undefined
    if (opened) {
      const end = lines.findIndex((other, k) => k > i && other.text.trim() === '}')
      if (end < 0) {
        problems.add('SYNTAX', 'the submit description has no end', {
          path: '',
          offset: line.offset,
          allowed: '}',
        })
        return statements
      }
      inline = lines
        .slice(i + 1, end)
        .map((inner) => inner.text)
        .join('\n')
      i = end
      words.pop()
    }
    const rest = line.text
      .trim()
      .slice(words[0]?.length ?? 0)
      .trim()
    statements.push({ keyword, words: words.slice(1), rest, inline, offset: line.offset })
  }
  return statements
}

/** Comments and empty lines say nothing; joined parts are kept apart by a blank. */
const CONTINUATION: ContinuationRules = {
  isSkipped: (line) => /^\s*(?:#|$)/.test(line),
  isContinued: (line) => line.endsWith('\\'),
  part: (line, isFirst) => (isFirst ? line : ` ${line.trim()}`),
}

/** Names of commands do not differ by case; those of attributes (`+Name`) are kept as they are. */
export function commandName(name: string): string {
  return name.startsWith('+') ? name : name.toLowerCase()
}

/** Macros of a `VARS` statement: `name="value"` with backslash escapes. */
export function readMacros(text: string): ReadonlyMap<string, string> {
  const macros = new Map<string, string>()
  for (const match of text.matchAll(/([+\w.]+)\s*=\s*"((?:[^"\\]|\\.)*)"/g)) {
    macros.set(commandName(match[1] ?? ''), (match[2] ?? '').replaceAll(/\\(.)/g, '$1'))
  }
  return macros
}
