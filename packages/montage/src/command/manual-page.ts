import type { ManualRow, ManualSection } from './manual.ts'
import type { MontageModule } from './module.ts'
import type { FieldFormat } from './status-line.ts'

/** A manual page before it is set for the terminal or for the web. */
export interface ManualPage {
  readonly name: string
  readonly summary: string
  /** Whole command lines without values. */
  readonly synopsis: readonly string[]
  readonly description: readonly string[]
  readonly sections: readonly ManualSection[]
  readonly example: readonly string[]
}

/** The manual page of a module, from its definition. */
export function manualPage(module: MontageModule): ManualPage {
  const { name, summary, manual } = module
  if (manual === undefined)
    return { name, summary, synopsis: [classicSynopsis(module)], description: [], sections: [], example: [] }
  const forms = manual.synopsis ?? [callForm(manual.options, manual.operands)]
  const sections = [
    { title: 'Options', rows: manual.options },
    { title: 'Operands', rows: manual.operands },
    { title: 'Reads', rows: manual.reads ?? [] },
    { title: 'Writes', rows: manual.writes ?? [] },
    { title: 'Return structure', rows: returnRows(module) },
    { title: 'Exit code', rows: exitRows(module) },
    ...(manual.sections ?? []),
  ]
  return {
    name,
    summary,
    synopsis: forms.map((form) => `${name} ${form}`.trimEnd()),
    description: manual.description.split(/\n\s*\n/).map((text) => text.replaceAll(/\s*\n\s*/g, ' ').trim()),
    sections: sections.filter(({ rows }) => rows.length > 0),
    example: manual.example,
  }
}

function classicSynopsis({ name, usage }: MontageModule): string {
  return `${usage.startsWith('%s') || usage.startsWith(name) ? '' : `${name} `}${usage.replaceAll('%s', name)}`
}

function callForm(options: readonly ManualRow[], operands: readonly ManualRow[]): string {
  return [...options.map(([term]) => `[${term}]`), ...operands.map(([term]) => term)].join(' ')
}

function returnRows({ name, isNamed, fields, manual }: MontageModule): readonly ManualRow[] {
  const stat: ManualRow = [
    'stat',
    '`"OK"`, or `"ERROR"` with only `msg`, a sentence that names what is wrong.',
  ]
  const rows = fields.map(
    ([key, format]): ManualRow => [key, `${manual?.returns?.[key] ?? ''} ${formatWords(format)}`.trim()],
  )
  return isNamed ? [stat, ['module', `\`"${name}"\``], ...rows] : [stat, ...rows]
}

function exitRows({ errorExitCode, usageExitCode }: MontageModule): readonly ManualRow[] {
  return [
    ['0', errorExitCode === 0 ? 'Always, also for errors, as in Montage.' : 'Done.'],
    ...(errorExitCode === 0 ? [] : [[String(errorExitCode), 'Failed.'] as const]),
    ...(usageExitCode === errorExitCode || (usageExitCode === 0 && errorExitCode === 0)
      ? []
      : [[String(usageExitCode), 'Wrong arguments.'] as const]),
  ]
}

function formatWords(format: FieldFormat): string {
  switch (format) {
    case 'd':
      return '(integer)'
    case 's':
      return '(text in quotes)'
    case 'g':
      return '(six significant digits)'
    case 'time':
      return '(whole seconds with one decimal)'
    case 'seconds':
      return '(whole seconds)'
    default:
      return `(${format.startsWith('e') ? 'exponent, ' : ''}${format.slice(1)} decimals)`
  }
}
