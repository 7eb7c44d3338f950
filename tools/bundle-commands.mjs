// Bundles what the commands load, so that a call costs little more than Node itself: each Montage module into one file with all that
// it needs and nothing else, the skyloom command into a few files. The commands use a bundle only while it is newer than the last
// compilation, so that nobody runs yesterday's code; `npm run build` makes them.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { contentSha256 } from '../packages/cli/dist/mosaic/program-identity.js'
import { MODULE_NAMES } from '../packages/montage/dist/command/registry.js'
import { bundle, entryPlugin, NATIVE, packages } from './bundle/build.mjs'
import { bundlePrograms, keepCompiledCode } from './bundle/programs.mjs'

/** A module that calls others by name finds them in the bundles beside its own. */
const siblingPlugin = {
  name: 'sibling',
  load(id) {
    if (id !== join(packages, 'montage/dist/command/registry.js')) return null
    return `export const MODULE_NAMES = ${JSON.stringify(MODULE_NAMES)}
export const loadModule = async (name) =>
  MODULE_NAMES.includes(name) ? (await import(new URL('./' + name + '.js', import.meta.url).href)).module : undefined`
  },
}

const compiled = Math.max(
  ...readdirSync(packages)
    .flatMap((name) => [join(packages, name, 'dist'), join(packages, name, 'dist/node')])
    .map((folder) => statSync(join(folder, 'tsconfig.tsbuildinfo'), { throwIfNoEntry: false })?.mtimeMs ?? 0),
)

await bundleModules()
await bundleNodeProgram()
await bundleCommand()

async function bundleModules() {
  const folder = join(packages, 'montage/dist/modules')
  mkdirSync(folder, { recursive: true })
  const entries = registryEntries()
  for (const file of readdirSync(folder)) {
    if (file.endsWith('.js') && !entries.has(file.slice(0, -3))) rmSync(join(folder, file))
  }
  const start = performance.now()
  const used = []
  let count = 0
  for (const [name, code] of entries) {
    const output = join(folder, `${name}.js`)
    if (isCurrent(output)) continue
    used.push(
      ...(await bundle([entryPlugin(code), siblingPlugin], { file: output, codeSplitting: false }, {})),
    )
    count++
  }
  if (count === entries.size) writeLicences(folder, used)
  if (count > 0)
    console.log(`${count} modules bundled in ${((performance.now() - start) / 1000).toFixed(1)} s`)
}

/** Source of the bundle of each module, by what the registry imports for it. */
function registryEntries() {
  const text = readFileSync(join(packages, 'montage/dist/command/registry.js'), 'utf8')
  const own = text.matchAll(
    /\[\s*'(\w+)',\s*async \(\) => \(await import\(["']([^"']+)["']\)\)\.(\w+),?\s*\]/g,
  )
  const path = (file) => JSON.stringify(join(packages, 'montage/dist/command', file))
  const runner = `export { runModule } from ${path('run-module.js')}\n`
  const entries = new Map(
    [...own].map(([, name, file, key]) => [
      name,
      `export { ${key} as module } from ${path(file)}\n${runner}`,
    ]),
  )
  // The writers of scripts are rows of one table.
  const table = '../plates/script-modules.js'
  if (text.includes(table)) {
    for (const name of MODULE_NAMES.filter((name) => name.endsWith('Scripts'))) {
      const imports = `import { scriptModule } from ${path(table)}\n`
      entries.set(name, `${imports}export const module = scriptModule(${JSON.stringify(name)})\n${runner}`)
    }
  }
  const missing = MODULE_NAMES.filter((name) => !entries.has(name))
  if (missing.length > 0) throw new Error(`no import of ${missing.join(', ')} found in the registry`)
  return entries
}

async function bundleCommand() {
  const folder = join(packages, 'cli/dist/bundle')
  if (isCurrent(join(folder, 'programs.cjs'))) return
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const { used, commands } = await bundlePrograms(folder)
  const options = { dir: folder, entryFileNames: '[name].js' }
  used.push(...(await bundle([], options, { input: commands, external: NATIVE })))
  writeFileSync(join(folder, 'program.sha256'), `${contentSha256(packages)}\n`)
  writeLicences(folder, used)
  keepCompiledCode(folder)
}

/** What a scheduler's worker node runs: one file that needs nothing but Node.js. */
async function bundleNodeProgram() {
  const folder = join(packages, 'runner/dist/bundle')
  const file = join(folder, 'skyloom-node.mjs')
  if (isCurrent(file)) return
  const input = join(packages, 'runner/dist/batch/node-run-main.js')
  const used = await bundle([], { file, codeSplitting: false }, { input, external: NATIVE })
  writeLicences(folder, used)
}

/** Licences of the libraries that are part of the bundles. */
function writeLicences(folder, moduleIds) {
  const roots = moduleIds.map((id) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id)?.[0])
  const texts = [...new Set(roots.filter((root) => root !== undefined))].sort().map((root) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const file = readdirSync(root).find((entry) => /^licen[cs]e/i.test(entry))
    const text = file === undefined ? '' : readFileSync(join(root, file), 'utf8').trim()
    return `${name} ${version} (${license})\n\n${text}\n`
  })
  writeFileSync(join(folder, 'LICENSES.txt'), texts.join('\n----\n\n'))
}

function isCurrent(output) {
  return existsSync(output) && statSync(output).mtimeMs >= compiled
}
