import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repositoryRoot } from '../../../testing/folders.ts'
import { sharedPath, skipShared } from '../../../testing/shared-data.ts'
import { MODULE_NAMES } from '../src/command/registry.ts'

/** `mHPX*` stands for programs that the specification names elsewhere. */
const PROGRAM = /\b(?:m[A-Z]|HPX)\w+(?![\w*])/g

/** Rows of the table under a heading of docs/montage.md. */
function tableUnder(heading: string): readonly (readonly string[])[] {
  const text = readFileSync(join(repositoryRoot, 'docs/montage.md'), 'utf8')
  const section = text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? ''
  const rows = section.split('\n').filter((line) => line.startsWith('|'))
  return rows.slice(2).map((line) => line.split('|').map((cell) => cell.trim()))
}

const there = tableUnder('Which programs are there').flatMap(([, , names = '']) => names.split(', '))
const missing = tableUnder('What is not there').map(([, names = '', reason = '']) => ({
  names: [...names.matchAll(PROGRAM)].map(([name]) => name),
  reason,
}))

test('docs/montage.md lists every module once, and nothing else', () => {
  expect([...there].sort()).toEqual(MODULE_NAMES)
})

test('every program that is not there has a reason, and is not there', () => {
  expect(missing.length).toBeGreaterThan(0)
  for (const { names, reason } of missing) {
    expect(names.length).toBeGreaterThan(0)
    expect(reason.length).toBeGreaterThan(20)
    expect(MODULE_NAMES.filter((name) => names.includes(name))).toEqual([])
  }
})

test.skipIf(skipShared)('every program that the specification names is in one of the two lists', () => {
  const known = new Set([...there, ...missing.flatMap(({ names }) => names)])
  const inventory = readFileSync(sharedPath('spec/montage.md'), 'utf8').split('## Command-line')[0] ?? ''
  const hips = readFileSync(sharedPath('spec/montage/archive-wwt-hips.md'), 'utf8')
  const named = [...inventory.matchAll(PROGRAM), ...hips.matchAll(PROGRAM)].map(([name]) => name)
  expect([...new Set(named)].filter((name) => !known.has(name)).sort()).toEqual([])
})
