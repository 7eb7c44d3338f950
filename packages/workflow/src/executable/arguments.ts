import { WorkflowError } from '../errors.ts'

/**
 * The argument vector of a task. Workflow files give arguments as a list that Pegasus joins with blanks and that the
 * program launcher splits again; so one entry may hold several arguments, and quotes group. Here: words are separated
 * by blanks, tabs and line ends; single quotes keep everything, double quotes all but `\"` and `\\`; outside of
 * quotes a backslash keeps the next character.
 *
 * @throws {WorkflowError} `WORKFLOW_BAD_VALUE` when a quote is not closed
 */
export function splitArguments(list: readonly string[]): readonly string[] {
  if (list.every((entry) => /^[^\s'"\\]+$/.test(entry))) return list
  const text = list.join(' ')
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? ''
    const next = text[i + 1]
    if (quote !== '') {
      if (char === quote) quote = ''
      else if (quote === '"' && char === '\\' && (next === '"' || next === '\\')) {
        word = `${word ?? ''}${next}`
        i++
      } else word = `${word ?? ''}${char}`
    } else if (char === "'" || char === '"') {
      quote = char
      word ??= ''
    } else if (char === '\\' && next !== undefined) {
      word = `${word ?? ''}${next}`
      i++
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = `${word ?? ''}${char}`
  }
  if (quote !== '') {
    throw new WorkflowError('WORKFLOW_BAD_VALUE', 'a quote in the arguments of a job is not closed', {
      found: text,
      remedy: `add the closing ${quote}, or put a backslash in front of the quote`,
    })
  }
  if (word !== undefined) words.push(word)
  return words
}
