import { escapeMarkup } from '../escape-markup.ts'

/** A table row; cells are HTML already. */
export function tableRow(cells: readonly string[], cell: 'td' | 'th' = 'td'): string {
  return `<tr>${cells.map((html) => `<${cell}>${html}</${cell}>`).join('')}</tr>`
}

/** A table that scrolls sideways on narrow screens. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  return `<div class="scroll"><table><caption>${escapeMarkup(caption)}</caption><thead>${tableRow(head, 'th')}</thead>
<tbody>${rows.map((cells) => tableRow(cells)).join('\n')}</tbody></table></div>`
}

/** Five significant digits, without needless zeros or exponents for everyday sizes. */
export function formatNumber(value: number, digits: number = 5): string {
  if (!Number.isFinite(value)) return '–'
  if (value === 0) return '0'
  const size = Math.abs(value)
  return size >= 1e7 || size < 1e-4 ? value.toExponential(3) : String(Number(value.toPrecision(digits)))
}

/** `1.2 MB`: decimal units, as disks and archives count. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  const units = ['kB', 'MB', 'GB', 'TB'] as const
  const power = Math.min(units.length, Math.floor(Math.log10(bytes) / 3))
  return `${(bytes / 1000 ** power).toPrecision(3)} ${units[power - 1] ?? 'B'}`
}
