/** Keyword and value of one line of a header template. */
export interface TemplateLine {
  readonly keyword: string
  readonly value: string
}

/**
 * Takes a line of a header template apart as the classic programs do: blanks, keyword up to a blank or `=`, any mixture of `=`, blanks
 * and quotes, value up to the next blank or quote.
 */
export function parseTemplateLine(line: string): TemplateLine {
  const match = /^[ \t]*([^ \t=]*)[= \t']*([^ \t']*)/.exec(line)
  return { keyword: match?.[1] ?? '', value: match?.[2] ?? '' }
}

/** The lines of a template up to and without END; carriage returns are dropped. */
export function templateLines(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''))
  const end = lines.findIndex((line) => parseTemplateLine(line).keyword === 'END')
  const kept = end < 0 ? lines : lines.slice(0, end)
  return kept.filter((line) => line.trim() !== '')
}
