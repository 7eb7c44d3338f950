import { WorkflowError } from '../../errors.ts'

/** A text as one word of a POSIX shell; it comes out as it is, whatever it holds. */
export function shellWord(text: string): string {
  return /^[\w%+./:=@,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** A command line from words. */
export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ')
}

/**
 * A line of a file whose lines are commands.
 *
 * @throws {WorkflowError} `WORKFLOW_BAD_VALUE` when the text has a line end: what follows it would be another command
 */
export function oneLine(text: string, job: string): string {
  if (!/[\r\n\0]/.test(text)) return text
  throw new WorkflowError(
    'WORKFLOW_BAD_VALUE',
    'a line end stands in a value that HTCondor reads as one line',
    {
      where: [job],
      found: text,
      remedy: 'remove the line end from the profile or name',
    },
  )
}

/** A text for a comment: control characters, which could end it, become blanks. */
export function commentText(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, ' ')
}
