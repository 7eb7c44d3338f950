import type { Properties } from '../model/properties.ts'
import { lineTable, ProblemCollector } from '../problem/collector.ts'
import type { ReadResult } from '../problem/problem.ts'
import { type ContinuationRules, type ContinuedLine, continuedLines } from './continued-lines.ts'
import type { ReadOptions } from './document.ts'

/** Longest properties file. */
const MAX_CHARS = 16 * 1024 * 1024

/**
 * Reads properties in the syntax of Java: `key = value`, `key: value` or `key value`, comments with `#` or `!`, lines
 * continued with a backslash, escapes `\t \n \r \f \\ \uXXXX`. A later value of a key replaces the earlier one, with
 * a warning. `${name}` stands for another property, or for `options.variables(name)`; an unknown one stays as it is.
 */
export function readProperties(text: string, options: ReadOptions = {}): ReadResult<Properties> {
  const problems = new ProblemCollector(options.name ?? 'pegasus.properties', lineTable(text))
  if (text.length > MAX_CHARS) {
    problems.add('TEXT_TOO_LARGE', 'the file is too large', {
      path: '',
      found: `${text.length} characters`,
      allowed: `${MAX_CHARS} characters`,
    })
    return problems.refused()
  }
  const properties = new Map<string, string>()
  for (const line of continuedLines(text, CONTINUATION)) {
    const { key, value } = splitLine(line, problems)
    if (key === '') {
      problems.add('SYNTAX', 'the line has no key', { path: '', offset: line.offset, found: line.text })
    } else if (properties.has(key) && properties.get(key) !== value) {
      problems.add('DUPLICATE', 'the property is set twice; the later value is used', {
        path: key,
        offset: line.offset,
        found: value,
        severity: 'warning',
      })
    }
    if (key !== '') properties.set(key, value)
  }
  return problems.result(expandProperties(properties, options.variables))
}

/** Rules of Java: leading blanks do not count, a backslash that is escaped itself continues nothing. */
const CONTINUATION: ContinuationRules = {
  isSkipped: (line) => /^[ \t\f]*(?:[#!]|$)/.test(line),
  isContinued: (line) => /(?:^|[^\\])(?:\\\\)*\\$/.test(line),
  part: (line) => line.replace(/^[ \t\f]+/, ''),
}

function splitLine(
  line: ContinuedLine,
  problems: ProblemCollector,
): { readonly key: string; readonly value: string } {
  const match = /^((?:\\.|[^\\=: \t\f])*)[ \t\f]*[=:]?[ \t\f]*(.*)$/s.exec(line.text)
  const unescape = (part: string): string =>
    part.replaceAll(/\\(u[\da-fA-F]{0,4}|.)/gs, (_whole, escape: string) => {
      if (!escape.startsWith('u')) return ESCAPES.get(escape) ?? escape
      if (escape.length === 5) return String.fromCharCode(Number.parseInt(escape.slice(1), 16))
      problems.add('SYNTAX', 'bad \\u escape', {
        path: '',
        offset: line.offset,
        found: `\\${escape}`,
        allowed: '\\u and four hexadecimal digits',
      })
      return ''
    })
  return { key: unescape(match?.[1] ?? ''), value: unescape(match?.[2] ?? '').trimEnd() }
}

const ESCAPES = new Map([
  ['t', '\t'],
  ['n', '\n'],
  ['r', '\r'],
  ['f', '\f'],
])

/** Longest value after expansion. */
const MAX_VALUE_CHARS = 1024 * 1024
/** Most characters that all expansions of one file make together. */
const MAX_EXPANDED_CHARS = 64 * 1024 * 1024

/** Expands every property once; a reference to itself, and what would grow beyond the limits, stays as it is. */
function expandProperties(
  properties: ReadonlyMap<string, string>,
  variables: ((name: string) => string | undefined) | undefined,
): Properties {
  const expanded = new Map<string, string>()
  const open = new Set<string>()
  let total = 0
  const expand = (key: string, value: string): string => {
    const known = expanded.get(key)
    if (known !== undefined) return known
    open.add(key)
    let length = value.length
    const filled = value.replaceAll(/\$\{([^{}]+)\}/g, (whole, name: string) => {
      const other = properties.get(name)
      const part = other === undefined ? variables?.(name) : open.has(name) ? undefined : expand(name, other)
      length += part?.length ?? 0
      return part === undefined || length > MAX_VALUE_CHARS || total + length > MAX_EXPANDED_CHARS
        ? whole
        : part
    })
    open.delete(key)
    total += filled.length
    expanded.set(key, filled)
    return filled
  }
  for (const [key, value] of properties) expand(key, value)
  return new Map([...properties.keys()].map((key) => [key, expanded.get(key) ?? '']))
}
