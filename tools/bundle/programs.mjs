// Programs of the skyloom command whose start counts: each one file, with the compiled code beside it.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseAst } from 'rolldown/parseAst'
import { bundleToText, entryPlugin, NATIVE, packages } from './build.mjs'

/** The programs, by the modules that load them, which export what is named. */
export const PROGRAMS = [
  {
    name: 'mosaic-make',
    loaders: { 'mosaic-make': ['runMosaicMake', join(packages, 'cli/dist/commands/mosaic-make.js')] },
  },
  {
    name: 'threads',
    // Those that start threads look for these two beside themselves.
    loaders: {
      worker: ['runJob', join(packages, 'kernels/dist/node/worker.js')],
      tasks: ['tasks', join(packages, 'mosaic/dist/node/tasks.js')],
    },
  },
]

/** The command loads programs of their own by the modules that stand for them. */
export const programPlugin = {
  name: 'program',
  resolveId(id, importer, { kind }) {
    if (kind !== 'dynamic-import' || importer === undefined) return null
    const path = join(importer, '..', id)
    const name = PROGRAMS.flatMap(({ loaders }) => Object.entries(loaders)).find(
      ([, [, file]]) => file === path,
    )?.[0]
    return name === undefined ? null : { id: `./${name}.js`, external: true }
  },
}

/** What only an ES module can do is done by the module that loads the program (see `load-program.ts`). */
const hostPlugin = {
  name: 'host',
  transform: (code) => ({
    code: code
      .replaceAll(/\bimport\((?=__rewriteRelativeImportExtension|'(?!@skyloom|\.))/g, 'hostImport(')
      .replaceAll('import.meta.resolve(', 'hostResolve(')
      .replaceAll('import.meta.url', 'hostPlace'),
    map: null,
  }),
}

/** A program in one CommonJS file, whose name tells its content, and the modules that load it. */
export async function bundleProgram(folder, { name, loaders }) {
  const entry = Object.values(loaders).map(
    ([key, file]) => `export { ${key} } from ${JSON.stringify(file)}\n`,
  )
  const plugins = [entryPlugin(entry.join('')), hostPlugin]
  const { code, moduleIds } = await bundleToText(
    plugins,
    { format: 'cjs', codeSplitting: false },
    { external: NATIVE },
  )
  const source = ascii(code)
  refuseImports(name, source)
  const file = `${name}-${createHash('sha256').update(source).digest('hex').slice(0, 16)}.cjs`
  writeFileSync(join(folder, file), source, 'latin1')
  for (const [loader, [key]] of Object.entries(loaders)) {
    const host =
      '{ importModule: (name) => import(name), resolveModule: (name) => import.meta.resolve(name) }'
    const text = `import { loadProgram } from './load-program.js'
export const { ${key} } = loadProgram(new URL('./${file}', import.meta.url).href, ${host})
`
    writeFileSync(join(folder, `${loader}.js`), text)
  }
  return moduleIds
}

/** Text with ASCII characters only, which is read several times faster. */
function ascii(code) {
  return code.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

function refuseImports(name, source) {
  const look = (node) => {
    if (node === null || typeof node !== 'object') return
    if (node.type === 'ImportExpression' || node.type === 'MetaProperty')
      throw new Error(
        `${name}: the program cannot do this by itself: ${source.slice(node.start, node.end + 40)}`,
      )
    for (const child of Object.values(node)) look(child)
  }
  look(parseAst(source))
}

/** Makes the demo's mosaic with the programs, so that the code of all that a mosaic needs is kept compiled. */
export function keepCompiledCode(folder) {
  const out = mkdtempSync(join(tmpdir(), 'skyloom-build-'))
  const args = ['--images', join(packages, '../demo/images'), '--out', join(out, 'mosaic'), '--jobs', '1']
  const [load, main] = ['load-program.js', 'main.js'].map((name) => pathToFileURL(join(folder, name)).href)
  const code = `const { keepCompiledCode } = await import(${JSON.stringify(load)})
const { main } = await import(${JSON.stringify(main)})
await main(['node', 'skyloom', 'mosaic', 'make', ...${JSON.stringify([...args, '--registry', join(out, 'registry.db')])}])
if (!process.exitCode) keepCompiledCode()`
  try {
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`the programs do not make the demo's mosaic: ${stderr.slice(0, 2000)}`)
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}
