import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { repositoryRoot } from '../../../testing/folders.ts'
import { needsDisk } from '../src/command/needs-disk.ts'

const SOURCES = join(repositoryRoot, 'packages/montage/src')

/** What may ask the file system itself, because it reads no input and writes no output there, or tiles that go to disk. */
const MAY_ASK = new Map([
  ['image/check-room.ts', 'free space of the disk'],
  ['image/write-part.ts', 'makes folders'],
  ['image/write-parts.ts', 'tiles, which become outputs on disk'],
  ['project/project-one.ts', 'headers in a temporary folder'],
])

/** First file of each module, by its name in the registry. */
function entries(): ReadonlyMap<string, string> {
  const text = readFileSync(join(SOURCES, 'command/registry.ts'), 'utf8')
  const found = text.matchAll(/'(m\w+|HPXcvt)',\s*async \(\) => \(await import\('\.\.\/([^']+)'\)\)/g)
  return new Map([...found].map(([, name = '', file = '']) => [name, file]))
}

/** Files of the package that a file needs, itself among them, with those that import Node's file system marked. */
function reach(file: string, seen: Map<string, boolean>): void {
  if (seen.has(file)) return
  const text = readFileSync(join(SOURCES, file), 'utf8')
  seen.set(file, /from 'node:fs/.test(text))
  for (const [, path = ''] of text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g))
    reach(resolve('/', dirname(file), path).slice(1), seen)
}

test('modules whose files may be in memory ask no file system for them', () => {
  const modules = [...entries()].filter(([name]) => !needsDisk(name))
  expect(modules.length).toBeGreaterThan(70)
  const askers = new Set<string>()
  for (const [name, file] of modules) {
    const seen = new Map<string, boolean>()
    reach(file, seen)
    for (const [asker, asks] of seen) if (asks && !MAY_ASK.has(asker)) askers.add(`${name}: ${asker}`)
  }
  expect([...askers]).toEqual([])
})
