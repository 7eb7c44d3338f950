#!/usr/bin/env node
// One program under many names: the name it is called by says which module runs; under its own name the first argument does.
import { statSync } from 'node:fs'
import nodeModule from 'node:module'
import { basename } from 'node:path'

/** Compilations after which a bundle is old; outside the repository there are none. */
const COMPILED = ['base', 'fits', 'kernels', 'wcs', 'mosaic', 'montage'].flatMap((name) =>
  ['dist', 'dist/node'].map((folder) => new URL(`../../${name}/${folder}/tsconfig.tsbuildinfo`, import.meta.url)),
)
const time = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs

/** The module and its runner: from a bundle with all that it needs, or else from the files that the bundle is made of. */
async function load(name) {
  if (!/^(?:m|HPX)\w+$/.test(name)) return undefined
  const bundle = new URL(`../dist/modules/${name}.js`, import.meta.url)
  const made = time(bundle)
  if (made !== undefined && COMPILED.every((file) => !(time(file) > made))) {
    // Node 22 and later keep compiled code between runs.
    nodeModule.enableCompileCache?.()
    return await import(bundle.href)
  }
  const { loadModule } = await import('../dist/command/registry.js')
  const module = await loadModule(name)
  return module && { module, runModule: (await import('../dist/command/run-module.js')).runModule }
}

const [, program = '', ...words] = process.argv
const called = basename(program).replace(/\.js$/, '')
const byName = await load(called)
const name = byName === undefined ? (words[0] ?? '') : called
const loaded = byName ?? (await load(name))

if (loaded === undefined) {
  const { MODULE_NAMES } = await import('../dist/command/registry.js')
  process.stderr.write(`montage-module: no module ${JSON.stringify(name)}; there are ${MODULE_NAMES.join(' ')}\n`)
  process.exitCode = 2
} else {
  process.exitCode = await loaded.runModule(loaded.module, byName === undefined ? words.slice(1) : words, {
    cwd: process.cwd(),
    program: byName === undefined ? name : program,
    write: (text) => process.stdout.write(text),
  })
}
// The module has awaited all its work. Leaving now spares Node to take its heap apart object by object.
await Promise.all([process.stdout, process.stderr].map(written))
process.exit()

/** Waits until all that was written has left. */
function written(stream) {
  return new Promise((resolve) => (stream.writableLength > 0 ? stream.write('', resolve) : resolve()))
}
