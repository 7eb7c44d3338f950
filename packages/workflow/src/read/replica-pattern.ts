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
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] ?? ''
    if (char === '\\') {
      const quoted = pattern.startsWith('\\Q', i)
      if (quoted) {
        const stop = pattern.indexOf('\\E', i + 2)
        const text = pattern.slice(i + 2, stop < 0 ? undefined : stop)
        out += text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
        i = stop < 0 ? pattern.length : stop + 1
        continue
      }
      const posix = /^\\p\{(\w+)\}/.exec(pattern.slice(i))
      const range = posix?.[1] === undefined ? undefined : POSIX_CLASSES.get(posix[1])
      if (posix !== null && range !== undefined) {
        out += isClass ? range : `[${range}]`
        i += posix[0].length - 1
        continue
      }
      const next = pattern[i + 1] ?? ''
      if (!isClass && next === 'A') out += '^'
      else if (!isClass && (next === 'z' || next === 'Z')) out += '$'
      else if (next === 'h') out += isClass ? ' \\t' : '[ \\t]'
      else out += char + next
      i++
      continue
    }
    if (char === '[') isClass = true
    else if (char === ']') isClass = false
    // A quantifier followed by + is possessive in Java; greedy finds the same matches or more.
    if (!isClass && char === '+' && /[*+?}]/.test(pattern[i - 1] ?? '') && pattern[i - 2] !== '\\') continue
    out += char
  }
  return out
}

/** Puts the groups of a match into a location: `[0]` is the whole name, `[1]`… the groups. */
export function fillPattern(pfn: string, match: RegExpExecArray): string {
  return pfn.replaceAll(/\[(\d+)\]/g, (whole, digits: string) => match[Number(digits)] ?? whole)
}
