import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { freshFolder } from '../../../../testing/folders.ts'
import { codeSha256, scriptBehind } from './code-hash.ts'
import { FileHasher } from './file-hasher.ts'

const FILES = {
  'main.mjs': `import { a } from './lib/a.mjs'\nimport big from 'big'\nimport fs from 'node:fs'\nimport * as mine from '@me/mine/sub'\n`,
  'lib/a.mjs': `export * from "./b.mjs"\nexport const table = new URL('./table.bin', import.meta.url)\nimport('./late.mjs')\nimport './none.mjs'\n`,
  'lib/b.mjs': `import '../main.mjs'\n`,
  'lib/late.mjs': '',
  'lib/table.bin': '1',
  'unused.mjs': '',
  'run0001/results.txt': '',
  'node_modules/big/package.json': '{"name":"big","version":"1.0.0","dependencies":{"small":"1"}}',
  'node_modules/big/index.js': '',
  'node_modules/small/package.json': '{"name":"small","version":"1.0.0"}',
  'packages/mine/package.json': '{"name":"@me/mine","version":"0.1.0","files":["dist"]}',
  'packages/mine/dist/sub.js': '',
  'packages/mine/dist/worker.js': '',
  'packages/mine/src/sub.ts': '',
}

function folderOf(changes: Readonly<Record<string, string>> = {}): string {
  const folder = freshFolder()
  for (const [name, text] of Object.entries({ ...FILES, ...changes })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  mkdirSync(join(folder, 'node_modules/@me'))
  symlinkSync('../../packages/mine', join(folder, 'node_modules/@me/mine'))
  return folder
}

async function hashOf(folder: string, name = 'main.mjs'): Promise<string> {
  return await codeSha256(join(folder, name), new FileHasher())
}

test.each([
  ['main.mjs', '// another\n'],
  ['lib/b.mjs', '// another\n'],
  ['lib/late.mjs', '// another\n'],
  ['lib/table.bin', '2'],
  ['packages/mine/dist/worker.js', '// another\n'],
  ['node_modules/small/package.json', '{"name":"small","version":"1.0.1"}'],
])('a change of %s is another program', async (name, text) => {
  expect(await hashOf(folderOf({ [name]: text }))).not.toBe(await hashOf(folderOf()))
})

test.each([
  ['unused.mjs', '1'],
  ['run0001/results.txt', '1'],
  ['packages/mine/src/sub.ts', '// another\n'],
])('a change of %s is none', async (name, text) => {
  expect(await hashOf(folderOf({ [name]: text }))).toBe(await hashOf(folderOf()))
})

test('the place does not count; the entry of a package does', async () => {
  const folder = folderOf()
  cpSync(folder, join(folder, '../moved'.concat(String(process.pid))), {
    recursive: true,
    verbatimSymlinks: true,
  })
  expect(await hashOf(`${dirname(folder)}/moved${process.pid}`)).toBe(await hashOf(folder))
  const [sub, worker] = ['packages/mine/dist/sub.js', 'packages/mine/dist/worker.js']
  expect(await hashOf(folder, sub)).not.toBe(await hashOf(folder, worker))
})

test('a link to a script of a package is the script by another name', async () => {
  const folder = folderOf()
  const links = freshFolder()
  const hasher = new FileHasher()
  for (const name of ['mAdd', 'mShrink'])
    symlinkSync(join(folder, 'packages/mine/dist/sub.js'), join(links, name))
  expect(scriptBehind(join(links, 'mAdd'))).toBe(join(folder, 'packages/mine/dist/sub.js'))
  expect(scriptBehind('/bin/sh')).toBeUndefined()
  const hash = await codeSha256(join(links, 'mAdd'), hasher)
  expect(hash).not.toBe(await codeSha256(join(links, 'mShrink'), hasher))
  writeFileSync(join(folder, 'packages/mine/dist/worker.js'), '// another')
  expect(hash).not.toBe(await codeSha256(join(links, 'mAdd'), hasher))
})
