import type { ProblemCollector } from '../problem/collector.ts'

/** A word of a text format. */
export interface Word {
  readonly text: string
  readonly offset: number
  readonly isQuoted: boolean
}

/**
 * Reads one word at `start`: in double quotes with backslash escapes, or plain up to one of `stops` (blanks always
 * end it). A quote without end is reported and ends with the line.
 *
 * @returns the word and the place behind it
 */
export function readWord(
  text: string,
  start: number,
  stops: string,
  problems: ProblemCollector,
): { readonly word: Word; readonly end: number } {
  if (text[start] !== '"') {
    let end = start
    while (end < text.length && !/\s/.test(text[end] ?? '') && !stops.includes(text[end] ?? '')) end++
    return { word: { text: text.slice(start, end), offset: start, isQuoted: false }, end }
  }
  let value = ''
  let at = start + 1
  for (; at < text.length; at++) {
    const char = text[at] ?? ''
    if (char === '"') return { word: { text: value, offset: start, isQuoted: true }, end: at + 1 }
    if (char === '\n') break
    if (char === '\\' && at + 1 < text.length) value += text[++at] === 'n' ? '\n' : (text[at] ?? '')
    else value += char
  }
  problems.add('SYNTAX', 'the text in quotes has no end', {
    path: '',
    offset: start,
    found: text.slice(start, Math.min(at, start + 40)),
    allowed: 'a closing quote on the same line',
  })
  return { word: { text: value, offset: start, isQuoted: true }, end: at }
}
