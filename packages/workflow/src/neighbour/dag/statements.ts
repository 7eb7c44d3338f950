import type { ProblemCollector } from '../../problem/collector.ts'

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
  const lines = logicalLines(text)
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

interface Line {
  readonly text: string
  readonly offset: number
}

function logicalLines(text: string): readonly Line[] {
  const lines: Line[] = []
  let open: { text: string; offset: number } | undefined
  let offset = 0
  for (const raw of text.split('\n')) {
    const start = offset
    offset += raw.length + 1
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
    if (open === undefined && /^\s*(?:#|$)/.test(line)) continue
    const isContinued = line.endsWith('\\')
    const part = isContinued ? line.slice(0, -1) : line
    const current: { text: string; offset: number } = open ?? { text: '', offset: start }
    current.text += open === undefined ? part : ` ${part.trim()}`
    if (isContinued) open = current
    else {
      lines.push(current)
      open = undefined
    }
  }
  if (open !== undefined) lines.push(open)
  return lines
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
