/** Prints a value as one JSON document. NaN and infinities become null, integers beyond 2^53 text. */
export function printJson(value: unknown): void {
  const text = JSON.stringify(
    value,
    (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part),
    2,
  )
  process.stdout.write(`${text}\n`)
}

/** Rows of text in columns, the first aligned left, the others right. */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows]
  const widths = head.map((_, col) => Math.max(...all.map((row) => (row[col] ?? '').length)))
  const line = (row: readonly string[]): string =>
    widths
      .map((width, col) => (col === 0 ? (row[col] ?? '').padEnd(width) : (row[col] ?? '').padStart(width)))
      .join('  ')
  return `${all.map((row) => line(row).trimEnd()).join('\n')}\n`
}

/** A number for people: seven significant digits. */
export function shortNumber(value: number | null | undefined): string {
  return value === undefined ? '' : value === null ? '-' : String(Number(value.toPrecision(7)))
}
