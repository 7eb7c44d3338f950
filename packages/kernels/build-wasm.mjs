// Compiles the AssemblyScript sources. Every module gives src/generated/<output>.ts (the optimised binary as base64, so
// that it loads without files or network) and dist/debug/<output>.wasm with a source map (readable traps).
// A module is compiled only when its sources, this file or the compiler changed.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))
const common = ['--runtime', 'stub', '--enable', 'simd', '--use', 'abort=', '--initialMemory', '1']
const imported = [...common, '--importMemory', '--noExportMemory', '--maximumMemory', '65536']

/** `folder` below assembly/ holds index.ts; `output` names the files that are made; `constant` is the exported name. */
const modules = [
  {
    folder: 'pixels',
    output: 'pixels',
    constant: 'pixelsWasm',
    flags: [...imported, '--enable', 'threads', '--sharedMemory'],
  },
  { folder: 'pixels', output: 'pixels-unshared', constant: 'pixelsUnsharedWasm', flags: imported },
  { folder: 'codecs', output: 'codecs', constant: 'codecsWasm', flags: common },
]

const compilerVersion = createRequire(import.meta.url)('assemblyscript/package.json').version

for (const module of modules) {
  const digest = digestOf(module)
  const generated = join(root, 'src/generated', `${module.output}.ts`)
  if (firstLine(generated) === `// ${digest}` && firstLine(stampOf(module)) === digest) continue
  const release = await compile(module, ['-O3', '--converge', '--noAssert'], false)
  const debug = await compile(module, ['--debug'], true)
  writeWhole(join(root, 'dist/debug', `${module.output}.wasm.map`), debug.sourceMap)
  writeWhole(join(root, 'dist/debug', `${module.output}.wasm`), debug.binary)
  writeWhole(stampOf(module), `${digest}\n`)
  const base64 = Buffer.from(release.binary).toString('base64')
  writeWhole(
    generated,
    `// ${digest}\n/** The compiled module \`${module.output}\`, base64. Made by build-wasm.mjs. */\n` +
      `export const ${module.constant}: string =\n  '${base64}'\n`,
  )
  console.log(`${module.output}: ${release.binary.length} bytes`)
}

function stampOf(module) {
  return join(root, 'dist/debug', `${module.output}.digest`)
}

/** Fingerprint of everything the output depends on. */
function digestOf(module) {
  const hash = createHash('sha256').update(compilerVersion).update(JSON.stringify(module))
  hash.update(readFileSync(fileURLToPath(import.meta.url)))
  const folders = [module.folder, 'shared'].map((name) => join(root, 'assembly', name))
  for (const path of folders.flatMap(sourcesBelow)) {
    hash.update(relative(root, path)).update(readFileSync(path))
  }
  return hash.digest('hex')
}

function sourcesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      return entry.isDirectory() ? sourcesBelow(path) : entry.name.endsWith('.ts') ? [path] : []
    })
    .sort()
}

function firstLine(path) {
  try {
    return readFileSync(path, 'utf8').split('\n', 1)[0]
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}

async function compile(module, moreFlags, withMap) {
  const { default: asc } = await import('assemblyscript/asc')
  const outputs = new Map()
  const { error, stdout, stderr } = await asc.main(
    [
      `assembly/${module.folder}/index.ts`,
      '--baseDir',
      root,
      '--outFile',
      'out.wasm',
      ...(withMap ? ['--sourceMap', `./${module.output}.wasm.map`] : []),
      ...module.flags,
      ...moreFlags,
    ],
    { writeFile: (name, content) => outputs.set(name.replaceAll('\\', '/'), content) },
  )
  if (error !== null) {
    process.stderr.write(`${stdout.toString()}${stderr.toString()}`)
    throw new Error(`AssemblyScript module ${module.folder} does not compile`, { cause: error })
  }
  return { binary: outputs.get('out.wasm'), sourceMap: outputs.get(`${module.output}.wasm.map`) }
}

/** Other processes may build or read at the same time: they never see half a file. */
function writeWhole(path, content) {
  mkdirSync(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}`
  writeFileSync(temporary, content)
  renameSync(temporary, path)
}
