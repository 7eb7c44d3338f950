import type { ManualRow } from './manual.ts'
import type { ManualPage } from './manual-page.ts'

const COLUMN_TITLES: ReadonlyMap<string, string> = new Map([
  ['Options', 'option'],
  ['Operands', 'operand'],
  ['Reads', 'file'],
  ['Writes', 'file'],
  ['Return structure', 'key'],
  ['Exit code', 'code'],
])

/** A manual page as Markdown, ending with a line feed. */
export function manualMarkdown(page: ManualPage): string {
  const code = (lines: readonly string[]): string => `\`\`\`\n${lines.join('\n')}\n\`\`\``
  const table = (title: string, rows: readonly ManualRow[]): string =>
    [
      `| ${title} | |`,
      '| --- | --- |',
      ...rows.map(([term, text]) => `| \`${cell(term)}\` | ${cell(text)} |`),
    ].join('\n')
  const parts = [
    `# ${page.name}`,
    page.summary,
    code(page.synopsis),
    ...page.description,
    ...page.sections.flatMap(({ title, rows }) => [
      `## ${title}`,
      table(COLUMN_TITLES.get(title) ?? title, rows),
    ]),
    ...(page.example.length === 0 ? [] : ['## Example', code(page.example)]),
  ]
  return `${parts.join('\n\n')}\n`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

/**
 * A manual page as plain text for a terminal.
 *
 * @param width columns
 */
export function manualText(page: ManualPage, width: number): string {
  const block = (lines: readonly string[]): string => lines.map((line) => `  ${line}`).join('\n')
  const list = (rows: readonly ManualRow[]): string =>
    rows.map(([term, text]) => `  ${term}\n${wrapped(text, 6, width)}`).join('\n')
  const parts = [
    `${page.name} - ${page.summary}`,
    page.synopsis.map((line) => wrapped(line, 2, width, 6)).join('\n'),
    ...page.description.map((text) => wrapped(text, 0, width)),
    ...page.sections.map(({ title, rows }) => `${title}\n${list(rows)}`),
    ...(page.example.length === 0 ? [] : [`Example\n${block(page.example)}`]),
  ]
  return `${parts.join('\n\n')}\n`
}

function wrapped(text: string, indent: number, width: number, further: number = indent): string {
  const lines: string[] = []
  let line = ' '.repeat(indent)
  let isEmpty = true
  // An option stays with its value.
  for (const word of text.replaceAll('`', '').match(/\[[^\][]*\]|\S+/g) ?? []) {
    if (!isEmpty && line.length + 1 + word.length > width) {
      lines.push(line)
      line = ' '.repeat(further)
      isEmpty = true
    }
    line += isEmpty ? word : ` ${word}`
    isEmpty = false
  }
  return [...lines, line].join('\n')
}
