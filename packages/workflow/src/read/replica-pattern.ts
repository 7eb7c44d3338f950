/** Longest pattern that is compiled. */
const MAX_PATTERN_CHARS = 2000

/** A compiled pattern, or why it does not compile. */
export type PatternResult =
  | { readonly ok: true; readonly regex: RegExp }
  | { readonly ok: false; readonly reason: string }

/**
 * Compiles the pattern of a replica entry. It must match the whole logical file name. Patterns are written for Java:
 * `\Q…\E`, `\A`, `\z`, `\Z`, `\h` and the POSIX classes `\p{Alpha}` … are translated, possessive quantifiers become greedy.
 */
export function compileReplicaPattern(pattern: string): PatternResult {
  if (pattern.length > MAX_PATTERN_CHARS) {
    return { ok: false, reason: `longer than ${MAX_PATTERN_CHARS} characters` }
  }
  const flags = /^\(\?([imsu]+)\)/.exec(pattern)
  const body = translate(flags === null ? pattern : pattern.slice(flags[0].length))
  try {
    return { ok: true, regex: new RegExp(`^(?:${body})$`, flags?.[1]?.replaceAll(/[^ims]/g, '') ?? '') }
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    return { ok: false, reason: text.slice(text.lastIndexOf(': ') + 2) }
  }
}

const POSIX_CLASSES = new Map([
  ['Lower', 'a-z'],
  ['Upper', 'A-Z'],
  ['Alpha', 'a-zA-Z'],
  ['Digit', '0-9'],
  ['Alnum', 'a-zA-Z0-9'],
  ['XDigit', '0-9a-fA-F'],
  ['Space', '\\s'],
  ['Blank', ' \\t'],
])

/** Java's way of writing in JavaScript's. */
function translate(pattern: string): string {
  let out = ''
  let isClass = false
  let isAfterQuantifier = false
  let at = 0
  while (at < pattern.length) {
    const rest = pattern.slice(at)
    const char = rest[0] ?? ''
    const quantifier = isClass ? undefined : /^(?:[*+?]|\{\d+,?\d*\})/.exec(rest)?.[0]
    if (quantifier !== undefined) {
      // A plus behind a quantifier makes it possessive in Java; greedy finds the same matches or more.
      if (!(isAfterQuantifier && quantifier === '+')) out += quantifier
      isAfterQuantifier = !isAfterQuantifier
      at += quantifier.length
      continue
    }
    isAfterQuantifier = false
    if (char === '\\') {
      const { text, length } = translateEscape(rest, isClass)
      out += text
      at += length
      continue
    }
    if (char === '[') isClass = true
    else if (char === ']') isClass = false
    out += char
    at++
  }
  return out
}

/** The escape at the start of `rest` for JavaScript, and how much of `rest` it takes. */
function translateEscape(rest: string, isClass: boolean): { readonly text: string; readonly length: number } {
  if (rest.startsWith('\\Q')) {
    const stop = rest.indexOf('\\E')
    const quoted = rest.slice(2, stop < 0 ? undefined : stop)
    const text = quoted.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
    return { text, length: stop < 0 ? rest.length : stop + 2 }
  }
  const posix = /^\\p\{(\w+)\}/.exec(rest)
  const range = posix?.[1] === undefined ? undefined : POSIX_CLASSES.get(posix[1])
  if (posix !== null && range !== undefined)
    return { text: isClass ? range : `[${range}]`, length: posix[0].length }
  const next = rest[1] ?? ''
  if (!isClass && next === 'A') return { text: '^', length: 2 }
  if (!isClass && (next === 'z' || next === 'Z')) return { text: '$', length: 2 }
  if (next === 'h') return { text: isClass ? ' \\t' : '[ \\t]', length: 2 }
  return { text: `\\${next}`, length: 2 }
}

/** Puts the groups of a match into a location: `[0]` is the whole name, `[1]`… the groups. */
export function fillPattern(pfn: string, match: RegExpExecArray): string {
  return pfn.replaceAll(/\[(\d+)\]/g, (whole, digits: string) => match[Number(digits)] ?? whole)
}
