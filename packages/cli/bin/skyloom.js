#!/usr/bin/env node
import { readdirSync, statSync } from 'node:fs'
import nodeModule from 'node:module'

const packages = new URL('../../', import.meta.url)
const bundle = new URL('../dist/bundle/main.js', import.meta.url)
const time = (file) => statSync(file, { throwIfNoEntry: false })?.mtimeMs
const made = time(bundle)
const isCompiledLater = (name) =>
  ['dist', 'dist/node'].some((folder) => time(new URL(`${name}/${folder}/tsconfig.tsbuildinfo`, packages)) > made)

// The bundle loads faster; it is passed over when the files that it was made of have been compiled again since.
const isCurrent = made !== undefined && !readdirSync(packages).some(isCompiledLater)
// Node 22 and later keep compiled code between runs.
nodeModule.enableCompileCache?.()
const { main } = await import(isCurrent ? bundle.href : '../dist/main.js')
await main(process.argv)
