import { commandName } from './statements.ts'

/** A submit description: commands by their names in small letters. */
export type SubmitDescription = ReadonlyMap<string, string>

/** Reads a submit description: `name = value` per line, `#` comments, continued lines; what follows `queue` is left. */
export function readSubmitDescription(text: string): SubmitDescription {
  const commands = new Map<string, string>()
  const joined = text.replaceAll(/\\\r?\n/g, ' ')
  for (const raw of joined.split(/\r?\n/)) {
    const line = raw.trim()
    if (/^queue\b/i.test(line)) break
    const match = /^([+\w.]+)\s*=\s*(.*)$/.exec(line)
    if (match !== null) commands.set(commandName(match[1] ?? ''), match[2] ?? '')
  }
  return commands
}

/** Deepest chain of macros. */
const MAX_MACRO_DEPTH = 16
/** Longest value after replacing macros. */
const MAX_VALUE_CHARS = 1024 * 1024

/**
 * Replaces `$(name)` and `$(name:default)` by macros of the node and commands of the description. Names that nobody
 * knows stay and go to `unknown`.
 */
export function expandMacros(
  value: string,
  lookUp: (name: string) => string | undefined,
  unknown: (name: string) => void,
  depth = 0,
): string {
  if (!value.includes('$(') || depth > MAX_MACRO_DEPTH || value.length > MAX_VALUE_CHARS) return value
  return value.replaceAll(
    /\$\(([\w.+]+)(?::([^()]*))?\)/g,
    (whole, name: string, fallback: string | undefined) => {
      const found = lookUp(name.toLowerCase()) ?? fallback
      if (found !== undefined) return expandMacros(found, lookUp, unknown, depth + 1)
      unknown(name)
      return whole
    },
  )
}

/** Words of an `arguments` or `environment` command: in double quotes with single quotes inside, or plain. */
export function splitQuoted(value: string): readonly string[] {
  const trimmed = value.trim()
  if (!(trimmed.startsWith('"') && trimmed.endsWith('"') && trimmed.length >= 2)) {
    return trimmed === '' ? [] : trimmed.split(/\s+/)
  }
  const text = trimmed.slice(1, -1).replaceAll('""', '"')
  const words: string[] = []
  let word = ''
  let isWord = false
  let isQuoted = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? ''
    if (char === "'") {
      if (isQuoted && text[i + 1] === "'") word += text[++i] ?? ''
      else isQuoted = !isQuoted
      isWord = true
    } else if (!isQuoted && /\s/.test(char)) {
      if (isWord) words.push(word)
      word = ''
      isWord = false
    } else {
      word += char
      isWord = true
    }
  }
  if (isWord) words.push(word)
  return words
}

/** Variables of an `environment` command in both of its forms. */
export function readEnvironment(value: string): ReadonlyMap<string, string> {
  const isNew = value.trim().startsWith('"')
  const words = isNew ? splitQuoted(value) : value.split(';').map((word) => word.trim())
  const variables = new Map<string, string>()
  for (const word of words) {
    const cut = word.indexOf('=')
    if (cut > 0) variables.set(word.slice(0, cut), word.slice(cut + 1))
  }
  return variables
}

/** Names of a comma list. */
export function splitList(value: string | undefined): readonly string[] {
  return (value ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}
