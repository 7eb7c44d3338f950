import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { programText } from '../src/program/load-program.ts'

const SOURCE = `const late = (x) => x + 1
exports.add = late
exports.place = hostPlace
exports.path = require('node:path').basename('a/b')
exports.load = () => hostImport('node:os')
exports.find = (name) => hostResolve(name)
`
const LOADER = new URL('../dist/program/load-program.js', import.meta.url).href

/** Runs the program in a process of its own and prints what it did, with whether V8 took the code that was kept. */
function run(file: string, then = ''): Record<string, unknown> {
  const code = `import vm from 'node:vm'
import { syncBuiltinESMExports } from 'node:module'
let rejected
const Script = vm.Script
vm.Script = class extends Script { constructor(...given) { super(...given); rejected = this.cachedDataRejected } }
syncBuiltinESMExports()
const { loadProgram, keepCompiledCode } = await import(${JSON.stringify(LOADER)})
const host = { importModule: (name) => import(name), resolveModule: (name) => 'at ' + name }
const program = loadProgram(${JSON.stringify(pathToFileURL(file).href)}, host)
const again = loadProgram(${JSON.stringify(pathToFileURL(file).href)}, host)
const answer = { sum: program.add(1), path: program.path, found: program.find('x'), place: program.place }
const { EOL } = await program.load()
${then}
console.log(JSON.stringify({ ...answer, eol: EOL.length, isSame: program === again, rejected }))`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  return JSON.parse(stdout) as Record<string, unknown>
}

test('a program runs the same from its source, from code that was kept, and beside code that is damaged', () => {
  const folder = freshFolder()
  const file = join(folder, 'program.cjs')
  writeFileSync(file, programText(SOURCE))
  const expected = { sum: 2, path: 'b', found: 'at x', place: pathToFileURL(file).href, eol: 1, isSame: true }
  expect(run(file)).toEqual(expected)
  expect(run(file, 'keepCompiledCode()')).toEqual(expected)
  expect(run(file)).toEqual({ ...expected, rejected: false })
  const codeFile = join(folder, 'program.code')
  const code = readFileSync(codeFile)
  for (const damaged of [code.subarray(0, code.length >> 1), Buffer.alloc(100, 7), Buffer.alloc(0)]) {
    writeFileSync(codeFile, damaged)
    expect(run(file)).toEqual({ ...expected, rejected: true })
  }
})
