/** A line of a text file with the lines that continue it. */
export interface ContinuedLine {
  readonly text: string
  /** Of its first character in the file, UTF-16 units. */
  readonly offset: number
}

/** How a format writes lines that go on. */
export interface ContinuationRules {
  /** True for lines that say nothing; not asked for lines that continue another one. */
  readonly isSkipped: (line: string) => boolean
  /** True for lines whose last character, a backslash, means that the next one belongs to them. */
  readonly isContinued: (line: string) => boolean
  /** What is joined of a line: `isFirst` is false for lines that continue another one. */
  readonly part: (line: string, isFirst: boolean) => string
}

/** The lines of a text, continued ones joined. Lines may end with LF or CR LF. */
export function continuedLines(text: string, rules: ContinuationRules): readonly ContinuedLine[] {
  const lines: ContinuedLine[] = []
  let open: { text: string; offset: number } | undefined
  let offset = 0
  for (const raw of text.split('\n')) {
    const start = offset
    offset += raw.length + 1
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw
    if (open === undefined && rules.isSkipped(line)) continue
    const isContinued = rules.isContinued(line)
    const current: { text: string; offset: number } = open ?? { text: '', offset: start }
    current.text += rules.part(isContinued ? line.slice(0, -1) : line, open === undefined)
    if (isContinued) open = current
    else {
      lines.push(current)
      open = undefined
    }
  }
  if (open !== undefined) lines.push(open)
  return lines
}
