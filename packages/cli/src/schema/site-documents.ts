import { flag, list, type Part, record, text, withOptional, word } from './parts.ts'

const site = withOptional({ name: text, scheduler: word('none', 'slurm', 'htcondor') }, { scratch: text })

/** What `skyloom site ... --json` prints, by the name of its schema. */
export const SITE_DOCUMENTS: Readonly<Record<string, Part>> = {
  'site-list': list(site),
  'site-add': record({
    file: text,
    name: text,
    change: word('created', 'added', 'extended', 'replaced', 'unchanged'),
  }),
  'site-check': record({
    site: text,
    works: flag,
    findings: list(record({ what: text, ok: flag, text })),
  }),
}
