// Checks the borders between packages: who may import whom (the table of ARCHITECTURE.md), that imports, package
// dependencies and project references say the same, that nobody reaches behind a public surface, and that
// browser-safe code does not import Node.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const MAY_IMPORT = {
  base: [],
  kernels: ['base'],
  fits: ['base', 'kernels'],
  wcs: ['base'],
  mosaic: ['base', 'fits', 'wcs', 'kernels'],
  montage: ['base', 'fits', 'wcs', 'kernels', 'mosaic'],
  workflow: ['base'],
  registry: ['base'],
  runner: ['base', 'workflow', 'registry'],
  recipes: ['base', 'fits', 'wcs', 'mosaic', 'workflow'],
  cli: ['base', 'fits', 'wcs', 'mosaic', 'montage', 'workflow', 'registry', 'runner', 'recipes'],
}
const NODE_ONLY = new Set(['cli', 'montage', 'registry', 'runner'])

const problems = []
for (const name of readdirSync('packages')) {
  const allowed = MAY_IMPORT[name]
  if (allowed === undefined) {
    problems.push(`packages/${name}: not in the table of tools/check-borders.mjs`)
    continue
  }
  checkPackage(name, allowed)
}
for (const problem of problems) console.error(problem)
console.log(
  problems.length === 0 ? 'package borders: no violation' : `package borders: ${problems.length} violations`,
)
process.exitCode = problems.length === 0 ? 0 : 1

function checkPackage(name, allowed) {
  const root = join('packages', name)
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const declared = Object.keys(manifest.dependencies ?? {})
  for (const dependency of declared) {
    const own = /^@skyloom\/(.+)$/.exec(dependency)
    if (own && !allowed.includes(own[1]))
      problems.push(`${root}/package.json: may not depend on ${dependency}`)
  }
  const referenced = ['tsconfig.json', 'src/node/tsconfig.json']
    .map((file) => join(root, file))
    .filter((file) => existsSync(file))
    .flatMap((file) => JSON.parse(readFileSync(file, 'utf8')).references ?? [])
    .map((reference) => /(?:\.\.\/)+([a-z]+)(?:\/|$)/.exec(reference.path)?.[1])
    .filter((target) => target !== undefined && target !== name && target in MAY_IMPORT)
  for (const target of referenced) {
    if (!allowed.includes(target)) problems.push(`${root}: project reference to ${target} is not allowed`)
  }
  for (const file of sources(join(root, 'src'))) checkFile(name, root, file, declared, allowed)
}

function checkFile(name, root, file, declared, allowed) {
  const isTest = /\.test\.ts$/.test(file)
  const isNode = NODE_ONLY.has(name) || relative(join(root, 'src'), file).startsWith('node')
  const text = readFileSync(file, 'utf8')
  const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^'\n]+)'/g)].map((match) => match[1])
  for (const target of imports) {
    if (target.startsWith('.')) {
      if (!/\.(ts|js|mjs|json)$/.test(target)) problems.push(`${file}: '${target}' lacks its .ts ending`)
      continue
    }
    if (target.startsWith('node:')) {
      if (!isNode && !isTest) problems.push(`${file}: '${target}' outside src/node`)
      continue
    }
    const own = /^@skyloom\/([a-z]+)(\/.*)?$/.exec(target)
    if (own) {
      if (own[1] === name) problems.push(`${file}: imports its own package by name`)
      else if (!isTest && !allowed.includes(own[1]))
        problems.push(`${file}: ${name} may not import ${own[1]}`)
      if (/^\/(src|dist)/.test(own[2] ?? ''))
        problems.push(`${file}: '${target}' reaches behind the public surface`)
    }
    if (isTest) continue
    const packageName = target.startsWith('@')
      ? target.split('/').slice(0, 2).join('/')
      : target.split('/')[0]
    if (!declared.includes(packageName))
      problems.push(`${file}: '${packageName}' is not among the dependencies`)
  }
}

function* sources(folder) {
  if (!existsSync(folder)) return
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* sources(path)
    else if (entry.name.endsWith('.ts')) yield path
  }
}
