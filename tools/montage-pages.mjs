// Writes what follows from the registry of Montage modules: the manual pages in docs/montage/ and the commands (`bin`) of
// packages/montage/package.json. A test of the package checks that both are current.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { manualPages } from '../packages/montage/dist/command/manual-pages.js'
import { MODULE_NAMES } from '../packages/montage/dist/command/registry.js'

const folder = new URL('../docs/montage/', import.meta.url)
const pages = await manualPages()
for (const file of readdirSync(folder)) {
  if (!pages.has(file)) rmSync(new URL(file, folder))
}
for (const [file, text] of pages) writeFileSync(new URL(file, folder), text)

const manifest = new URL('../packages/montage/package.json', import.meta.url)
const content = JSON.parse(readFileSync(manifest, 'utf8'))
content.bin = Object.fromEntries(MODULE_NAMES.map((name) => [name, './bin/montage-module.js']))
writeFileSync(
  manifest,
  `${JSON.stringify(content, null, 2).replace(/\[\n([^\]]*)\n {2}\]/g, (_, items) => `[${items.trim().replaceAll(/,\n\s*/g, ', ')}]`)}\n`,
)
console.log(`${pages.size - 1} manual pages and ${MODULE_NAMES.length} commands`)
