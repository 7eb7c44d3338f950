import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { programText } from '../src/program/load-program.ts'

const dist = (file: string): string => new URL(`../dist/program/${file}`, import.meta.url).href
const tool = new URL('../../../tools/bundle/late-builtins.mjs', import.meta.url).href

/** What a module prints as JSON in a process of its own. */
function printed(code: string): unknown {
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

test('programs import each other once by the modules they stand for, libraries as CommonJS, all else as Node does', () => {
  const folder = freshFolder()
  mkdirSync(join(folder, 'node_modules/old'), { recursive: true })
  writeFileSync(join(folder, 'node_modules/old/index.js'), 'exports.isOld = true')
  writeFileSync(
    join(folder, 'first.cjs'),
    programText(`exports.all = async () => [await hostImport('./second.js'), await hostImport(new URL('./second.js', hostPlace).href),
  (await hostImport('old')).default.isOld, await hostImport('./third.js'), hostResolve('old')]`),
  )
  writeFileSync(join(folder, 'second.cjs'), programText('exports.name = "second"'))
  const made = printed(`import { openPrograms } from ${JSON.stringify(dist('open-programs.js'))}
const files = { first: 'first.cjs', second: 'second.cjs' }
const importModule = async (specifier) => ({ imported: specifier })
const { load } = openPrograms({ folder: ${JSON.stringify(folder)}, files, libraries: ['old'], importModule })
const [one, other, isOld, third, place] = await load('first').all()
let unknown = ''
try { load('third') } catch (error) { unknown = error.message }
console.log(JSON.stringify({ second: one.name, isSame: one === other, isOld, third, place, unknown }))`)
  expect(made).toEqual({
    second: 'second',
    isSame: true,
    isOld: true,
    third: { imported: './third.js' },
    place: `file://${folder}/node_modules/old/index.js`,
    unknown: `${folder} has no program for third`,
  })
})

test('modules of Node load when they are first used; names that stand for something else stay as they are', () => {
  const source = `let node_zlib=require("node:zlib");let path=require("node:path");let own=require("./own");
const pack=(text)=>node_zlib.deflateSync(text);const inner=(path)=>path.name;exports.crc=(x)=>({node_zlib:1,a:node_zlib.crc32})`
  const made = printed(`import { lateBuiltins } from ${JSON.stringify(tool)}
console.log(JSON.stringify(lateBuiltins(${JSON.stringify(source)})))`)
  expect(
    made,
  ).toBe(`let node_zlib$late;const node_zlib=()=>node_zlib$late??=require("node:zlib");let path=require("node:path");let own=require("./own");
const pack=(text)=>node_zlib().deflateSync(text);const inner=(path)=>path.name;exports.crc=(x)=>({node_zlib:1,a:node_zlib().crc32})`)
})
