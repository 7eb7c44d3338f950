import type { PlainValue } from '../model/plain.ts'

/**
 * Texts that are plain without a second look: they begin like a word or a path, hold no mark that YAML knows, and do
 * not end with a colon.
 */
const SAFE_PLAIN = /^[\p{L}_/][\p{L}\p{N}\p{M}_./+@=~-]*$/u

/** Texts that may be plain after the checks of {@link isPlain}. */
const MAYBE_PLAIN = /^[\p{L}\p{N}\p{M}_./+$-][\p{L}\p{N}\p{M}\p{S}_./+@%=~:,;()[\]{}!?&*'"\\ -]*$/u

/** Words that YAML 1.1 or 1.2 read as something else than text, in lower case. */
const RESERVED = new Set([
  'y',
  'n',
  'yes',
  'no',
  'on',
  'off',
  'true',
  'false',
  'null',
  '~',
  '',
  '.inf',
  '.nan',
])

/** Looks like a number, date or time of YAML 1.1 or 1.2, or is read as one by some reader (`.`, `e5`). */
const LIKE_NUMBER =
  /^(?=.*[\d_])[-+.\d][-+.,:_\dA-FxXoOeE]*$|^\d{4}-\d|^[-+]?\.(?:inf|nan)$|^[-+]?\.?(?:e[-+]?\d*)?$/i

/** True when the text can be written without quotes and is read as the same text by YAML 1.1 and 1.2. */
function isPlain(text: string): boolean {
  if (text.length <= 5 && RESERVED.has(text.toLowerCase())) return false
  if (LIKE_NUMBER.test(text)) return false
  if (SAFE_PLAIN.test(text)) return true
  if (!MAYBE_PLAIN.test(text)) return false
  if (/^[-?:](?: |$)|^---|^\.\.\.|: |:$| #| $/.test(text)) return false
  return true
}

/** Characters that only the double-quoted style can write. */
// Controls, line ends and lone surrogates; the tab is among them because readers disagree about it.
const NEEDS_ESCAPE = /[\p{Cc}\p{Cs}\u2028\u2029\ufeff\ufffe\uffff]/u

/** A text as a YAML scalar on one line. */
export function yamlScalar(text: string): string {
  if (isPlain(text)) return text
  if (!NEEDS_ESCAPE.test(text)) return `'${text.replaceAll("'", "''")}'`
  return `"${text.replaceAll(/["\\]|[\p{Cc}\p{Cs}\u2028\u2029\ufeff\ufffe\uffff]/gu, escapeChar)}"`
}

function escapeChar(char: string): string {
  if (char === '"' || char === '\\') return `\\${char}`
  if (char === '\n') return '\\n'
  if (char === '\t') return '\\t'
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** Appends a value in block style to `out`; `indent` are the blanks before its lines. */
export function appendYaml(out: string[], value: PlainValue, indent: string): void {
  if (Array.isArray(value) && value.length > 0) appendItems(out, value as readonly PlainValue[], indent)
  else if (value instanceof Map && value.size > 0) {
    appendPairs(out, value as ReadonlyMap<string, PlainValue>, indent, indent)
  } else out.push(`${indent}${emptyOrInline(value)}\n`)
}

type Inline = null | boolean | number | string

function inlineYaml(value: Inline): string {
  if (typeof value === 'string') return yamlScalar(value)
  if (typeof value !== 'number') return String(value)
  if (Number.isFinite(value)) return String(value)
  if (Number.isNaN(value)) return '.nan'
  return value > 0 ? '.inf' : '-.inf'
}

function appendItems(out: string[], items: readonly PlainValue[], indent: string): void {
  for (const item of items) {
    if (Array.isArray(item) && item.length > 0) {
      out.push(`${indent}-\n`)
      appendItems(out, item as readonly PlainValue[], `${indent}  `)
    } else if (item instanceof Map && item.size > 0) {
      appendPairs(out, item as ReadonlyMap<string, PlainValue>, `${indent}- `, `${indent}  `)
    } else out.push(`${indent}- ${emptyOrInline(item)}\n`)
  }
}

function appendPairs(
  out: string[],
  pairs: ReadonlyMap<string, PlainValue>,
  firstIndent: string,
  indent: string,
): void {
  let start = firstIndent
  for (const [key, value] of pairs) {
    const head = `${start}${yamlScalar(key)}:`
    start = indent
    if (Array.isArray(value) && value.length > 0) {
      out.push(`${head}\n`)
      appendItems(out, value as readonly PlainValue[], indent)
    } else if (value instanceof Map && value.size > 0) {
      out.push(`${head}\n`)
      appendPairs(out, value as ReadonlyMap<string, PlainValue>, `${indent}  `, `${indent}  `)
    } else out.push(`${head} ${emptyOrInline(value)}\n`)
  }
}

function emptyOrInline(value: PlainValue): string {
  if (Array.isArray(value)) return '[]'
  return value instanceof Map ? '{}' : inlineYaml(value as Inline)
}

/** Plain values as JSON text; mappings keep their order. */
export function jsonText(value: PlainValue, indent = ''): string {
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    const items = (value as readonly PlainValue[]).map((item) => `${inner}${jsonText(item, inner)}`)
    return items.length === 0 ? '[]' : `[\n${items.join(',\n')}\n${indent}]`
  }
  if (value instanceof Map) {
    const pairs = [...(value as ReadonlyMap<string, PlainValue>)].map(
      ([key, item]) => `${inner}${JSON.stringify(key)}: ${jsonText(item, inner)}`,
    )
    return pairs.length === 0 ? '{}' : `{\n${pairs.join(',\n')}\n${indent}}`
  }
  return JSON.stringify(value)
}
