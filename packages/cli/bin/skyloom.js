#!/usr/bin/env node
'use strict'
// CommonJS (see package.json beside it): Node starts it without loading its machinery of ES modules, a fifth of its own start.
const { readdirSync, statSync } = require('node:fs')
const nodeModule = require('node:module')
const { join } = require('node:path')

const packages = join(__dirname, '../..')
const bundle = join(__dirname, '../dist/bundle/programs.cjs')
const time = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs
const made = time(bundle)
const isCompiledLater = (name) =>
  ['dist', 'dist/node'].some((folder) => time(join(packages, name, folder, 'tsconfig.tsbuildinfo')) > made)

// The bundle loads faster; it is passed over when the files that it was made of have been compiled again since.
const isCurrent = made !== undefined && !readdirSync(packages).some(isCompiledLater)
// Node 22 and later keep compiled code between runs.
nodeModule.enableCompileCache?.()
void run()

async function run() {
  const { main } = isCurrent ? require(bundle).load('main') : await import('../dist/main.js')
  await main(process.argv)
  // The command has awaited all its work. Leaving now spares Node to take its heap apart object by object.
  await Promise.all([process.stdout, process.stderr].map(written))
  process.exit()
}

/** Waits until all that was written has left; who does not listen any more has all that he wants. */
function written(stream) {
  return new Promise((resolve) => {
    if (stream.writableLength > 0) stream.write('', resolve)
    else resolve()
  })
}
