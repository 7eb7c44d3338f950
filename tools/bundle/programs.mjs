// Programs of the skyloom command whose start counts: each one CommonJS file, with the compiled code beside it.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { parseAst } from 'rolldown/parseAst'
import { programText } from '../../packages/cli/dist/program/load-program.js'
import { planSchemaText } from '../../packages/workflow/dist/executable/plan-schema.js'
import { bundle, bundleToText, entryPlugin, NATIVE, packages } from './build.mjs'
import { lateBuiltins } from './late-builtins.mjs'

/** The programs, by the modules that stand for them, which export what is named. */
export const PROGRAMS = [
  // The command itself: its tree of commands and options, not what they run.
  { name: 'command', loaders: { main: ['main', join(packages, 'cli/dist/main.js')] } },
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

/** Libraries that only few runs need: loaded when they are first used, as modules of Node are (see `late-builtins.mjs`). */
const LATE = [/^fflate\b/]

/** CommonJS libraries that a small mosaic needs. */
const LIBRARIES = ['better-sqlite3']

/** What only the module that opens the programs can do is done by it (see `load-program.ts`). */
const hostPlugin = {
  name: 'host',
  transform: (code) => ({
    code: code
      .replaceAll(
        /\bimport\((?=__rewriteRelativeImportExtension|'(?!@skyloom|\.)|'@skyloom\/montage\/)/g,
        'hostImport(',
      )
      .replaceAll('import.meta.resolve(', 'hostResolve(')
      .replaceAll('import.meta.url', 'hostPlace'),
    map: null,
  }),
}

/** What is the same in every run is worked out here. */
const constantPlugin = {
  name: 'constant',
  transform(code, id) {
    if (id !== join(packages, 'workflow/dist/executable/plan-schema.js')) return null
    const call = 'JSON.stringify(planJsonSchema(), undefined, 2)'
    if (!code.includes(call)) throw new Error(`${id} makes no text of the schema`)
    return { code: code.replace(call, JSON.stringify(planSchemaText().trimEnd())), map: null }
  },
}

/** What the command's tree imports when a command runs becomes a file of its own, unless a program stands for it. */
function commandPlugin(entries) {
  return {
    name: 'command',
    async transform(code, id) {
      if (!id.startsWith(packages)) return null
      let rest = code
      for (const [text, specifier] of code.matchAll(/\bimport\(["'](@skyloom[^"']*|\.[^"']*)["']\)/g)) {
        const { id: path } = await this.resolve(specifier, id)
        const name =
          moduleOf(path) ??
          relative(packages, path)
            .replace(/\.js$/, '')
            .replaceAll(/[\\/](?:dist[\\/])?/g, '-')
        entries[name] = path
        rest = rest.replace(text, `hostImport('./${name}.js')`)
      }
      return { code: rest, map: null }
    },
  }
}

/** Name of the module that stands for a file in the folder of the programs. */
function moduleOf(path) {
  const modules = PROGRAMS.flatMap(({ loaders }) => Object.entries(loaders))
  return modules.find(([, [, file]]) => file === path)?.[0]
}

/**
 * All programs, the module that opens them, and for who looks for files beside himself (threads) modules that stand for them.
 *
 * @returns the files that went into them, and the files of other commands that the command's tree imports, by the names that it uses
 */
export async function bundlePrograms(folder) {
  const commands = {}
  const files = {}
  const used = []
  for (const { name, loaders } of PROGRAMS) {
    const program = await bundleProgram(folder, name, loaders, commandPlugin(commands))
    used.push(...program.moduleIds)
    for (const module of Object.keys(loaders)) files[module] = program.file
  }
  await bundle(
    [],
    { file: join(folder, 'open-programs.cjs'), format: 'cjs' },
    {
      input: join(packages, 'cli/dist/program/open-programs.js'),
      external: NATIVE,
    },
  )
  const place = `{ folder: __dirname, files: ${JSON.stringify(files)}, libraries: ${JSON.stringify(LIBRARIES)}, importModule: (name) => import(name) }`
  writeFileSync(
    join(folder, 'programs.cjs'),
    `module.exports = require('./open-programs.cjs').openPrograms(${place})\n`,
  )
  for (const { loaders } of PROGRAMS) {
    for (const [module, [key]] of Object.entries(loaders)) {
      delete commands[module]
      const text = `import programs from './programs.cjs'\nexport const { ${key} } = programs.load('${module}')\n`
      writeFileSync(join(folder, `${module}.js`), text)
    }
  }
  return { used, commands }
}

/** A program in one CommonJS file, whose name tells its content. */
async function bundleProgram(folder, name, loaders, commands) {
  const entry = Object.values(loaders).map(
    ([key, file]) => `export { ${key} } from ${JSON.stringify(file)}\n`,
  )
  const plugins = [
    entryPlugin(entry.join('')),
    constantPlugin,
    ...(name === 'command' ? [commands] : []),
    hostPlugin,
  ]
  const { code, moduleIds } = await bundleToText(
    plugins,
    { format: 'cjs', codeSplitting: false },
    { external: [...NATIVE, ...LATE] },
  )
  const inner = lateBuiltins(ascii(code))
  refuseImports(name, inner)
  const source = programText(inner)
  const file = `${name}-${createHash('sha256').update(source).digest('hex').slice(0, 16)}.cjs`
  writeFileSync(join(folder, file), source, 'latin1')
  return { file, moduleIds }
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
  const code = `const { load, keepCompiledCode } = require(${JSON.stringify(join(folder, 'programs.cjs'))})
load('main').main(['node', 'skyloom', 'mosaic', 'make', ...${JSON.stringify([...args, '--registry', join(out, 'registry.db')])}]).then(() => {
  if (!process.exitCode) keepCompiledCode()
})`
  try {
    const { status, stderr } = spawnSync(process.execPath, ['--eval', code], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`the programs do not make the demo's mosaic: ${stderr.slice(0, 2000)}`)
  } finally {
    rmSync(out, { recursive: true, force: true })
  }
}
