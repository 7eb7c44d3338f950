import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { repositoryRoot } from '../../../testing/folders.ts'
import { flagOf, takesValue } from '../src/command/manual.ts'
import { manualPage } from '../src/command/manual-page.ts'
import { manualPages } from '../src/command/manual-pages.ts'
import { manualText } from '../src/command/manual-text.ts'
import type { MontageModule } from '../src/command/module.ts'
import { readGetopt, readLeading } from '../src/command/read-arguments.ts'
import { loadModule, MODULE_NAMES } from '../src/command/registry.ts'

async function moduleOf(name: string): Promise<MontageModule> {
  const module = await loadModule(name)
  if (module === undefined) throw new Error(`no module ${name}`)
  return module
}

/** Options of the argument reader as flags, a colon behind those with a value or several, sorted. */
function readerOptions({ options }: MontageModule): string[] {
  const names = typeof options === 'string' ? (options.match(/[^:]:?/g) ?? []) : options
  return names.map((name) => `-${name.replace(/:\d+$/, ':')}`).sort()
}

/** Flags of the options, and of directives in lists of their own. */
function toldFlags({ manual }: MontageModule): ReadonlySet<string> {
  const rows = [manual?.options ?? [], ...(manual?.sections ?? []).map((section) => section.rows)].flat()
  return new Set(rows.map(([term]) => flagOf(term)).filter((flag) => flag.startsWith('-')))
}

/** Flags that a synopsis shows: `-p cdelt`, bundles (`-rcCa`) and remarks (`-n(o-areas)`) taken apart. */
function synopsisFlags(module: MontageModule, synopsis: string): string[] {
  const scansItself = module.style === 'words'
  const known = scansItself
    ? toldFlags(module)
    : new Set(readerOptions(module).map((option) => option.replace(':', '')))
  return [...synopsis.matchAll(/(?<![\w.>)\]-])-([A-Za-z]\w*)/g)].flatMap(([flag, letters = '']) =>
    scansItself || known.has(flag) ? [flag] : letters.split('').map((letter) => `-${letter}`),
  )
}

describe.each(MODULE_NAMES)('the manual of %s', (name) => {
  test('tells every option that the argument reader knows, and no other', async () => {
    const module = await moduleOf(name)
    const rows = module.manual?.options ?? []
    const told = rows.map(([term]) => `${flagOf(term)}${takesValue(term) ? ':' : ''}`)
    // A module that scans its words itself has no list of options to hold them against.
    expect(told.sort()).toEqual(module.style === 'words' ? told : readerOptions(module))
  })

  test('tells the flags of its synopsis', async () => {
    const module = await moduleOf(name)
    const told = toldFlags(module)
    const shown = [module.usage, ...(module.manual?.synopsis ?? [])].flatMap((text) =>
      synopsisFlags(module, text),
    )
    expect(shown.filter((flag) => !told.has(flag))).toEqual([])
  })

  test('tells what the values of the status line mean', async () => {
    const { manual, fields } = await moduleOf(name)
    expect(Object.keys(manual?.returns ?? {}).sort()).toEqual(fields.map(([key]) => key).sort())
  })

  test('has an example that calls it with arguments that it takes', async () => {
    const module = await moduleOf(name)
    const calls = (module.manual?.example ?? []).filter((line) => line.startsWith(`${name} `))
    expect(calls.length).toBeGreaterThan(0)
    for (const line of module.style === 'words' ? [] : calls) {
      const words = (line.match(/"[^"]*"|'[^']*'|[^\s"']+/g) ?? []).map((word) =>
        word.replaceAll(/["']/g, ''),
      )
      const { options } = module
      const read =
        typeof options === 'string'
          ? readGetopt(words.slice(1), options)
          : readLeading(words.slice(1), options)
      const [least, most] = module.operands
      expect(read.badOption, line).toBeUndefined()
      expect(read.operands.length >= least && read.operands.length <= most, line).toBe(true)
    }
  })
})

test('the pages in docs/montage are those of the definitions (npm run docs:montage)', async () => {
  const folder = join(repositoryRoot, 'docs/montage')
  const pages = await manualPages()
  expect(readdirSync(folder).sort()).toEqual([...pages.keys()].sort())
  for (const [file, text] of pages) expect(readFileSync(join(folder, file), 'utf8'), file).toBe(text)
})

test('the commands of package.json are the modules of the registry (npm run docs:montage)', () => {
  const { bin } = JSON.parse(readFileSync(join(repositoryRoot, 'packages/montage/package.json'), 'utf8')) as {
    bin: Record<string, string>
  }
  expect(bin).toEqual(Object.fromEntries(MODULE_NAMES.map((name) => [name, './bin/montage-module.js'])))
})

test('a page on the terminal keeps to its width', async () => {
  const text = manualText(manualPage(await moduleOf('mPix2Coord')), 72)
  expect(text.split('\n').filter((line) => line.length > 72)).toEqual([])
  expect(text).toContain('\nOptions\n  -d\n      Debug mode; changes no result.\n  -h hdu\n')
})
