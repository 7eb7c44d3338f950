/** What a library found wrong or suspicious, as text. */
export interface PrintableFinding {
  readonly severity: 'error' | 'warning'
  readonly text: string
}

/** Findings, one a line, to standard error. */
export function printFindings(findings: readonly PrintableFinding[]): void {
  for (const { severity, text } of findings) process.stderr.write(`${severity}: ${text}\n`)
}
