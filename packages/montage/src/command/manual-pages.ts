import { manualPage } from './manual-page.ts'
import { manualMarkdown } from './manual-text.ts'
import { loadModule, MODULE_NAMES } from './registry.ts'

/** Manual pages of all modules as Markdown, by the names of their files; `README.md` lists them. */
export async function manualPages(): Promise<ReadonlyMap<string, string>> {
  const pages = new Map<string, string>()
  const rows: string[] = []
  for (const name of MODULE_NAMES) {
    const module = await loadModule(name)
    if (module === undefined) continue
    pages.set(`${name}.md`, manualMarkdown(manualPage(module)))
    rows.push(`| [${name}](${name}.md) | ${module.summary.replaceAll('|', '\\|')} |`)
  }
  const head =
    '# The Montage modules\n\nMade by `npm run docs:montage` from the definitions of the modules. How to start: [montage.md](../montage.md).'
  pages.set('README.md', `${head}\n\n| module | |\n| --- | --- |\n${rows.join('\n')}\n`)
  return pages
}
