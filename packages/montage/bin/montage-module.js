#!/usr/bin/env node
// One program under many names: the name it is called by says which module runs; under its own name the first argument does.
import { basename } from 'node:path'
// Not the index, which loads every module.
import { loadModule, MODULE_NAMES } from '../dist/command/registry.js'
import { runModule } from '../dist/command/run-module.js'

const [, program = '', ...words] = process.argv
const called = basename(program).replace(/\.js$/, '')
const byName = await loadModule(called)
const name = byName === undefined ? (words[0] ?? '') : called
const module = byName ?? (await loadModule(name))
const args = byName === undefined ? words.slice(1) : words

if (module === undefined) {
  process.stderr.write(`montage-module: no module ${JSON.stringify(name)}; there are ${MODULE_NAMES.join(' ')}\n`)
  process.exitCode = 2
} else {
  process.exitCode = await runModule(module, args, {
    cwd: process.cwd(),
    program: byName === undefined ? name : program,
    write: (text) => process.stdout.write(text),
  })
}
