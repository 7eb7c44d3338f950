/** A text as one word of a POSIX shell; it comes out as it is, whatever it holds. */
export function shellWord(text: string): string {
  return /^[\w%+./:=@,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}

/** A command line from words. */
export function shellLine(words: readonly string[]): string {
  return words.map(shellWord).join(' ')
}
