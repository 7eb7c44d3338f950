// How files of the compiled packages become one.
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

/** Folder of the packages. */
export const packages = fileURLToPath(new URL('../../packages/', import.meta.url))
/** Loaded by Node itself when they are needed: they start threads from files of their own, or hold native code. */
export const NATIVE = [/^piscina$/, /^better-sqlite3$/, /^sharp$/, /^node:/]
const EXTERNAL = [/^@skyloom\/kernels\/node$/, ...NATIVE]
/** Files that look for others beside the bundle. */
const BESIDE_BUNDLE = [
  join(packages, 'cli/dist/mosaic/program-identity.js'),
  join(packages, 'kernels/dist/node/worker-pool.js'),
  join(packages, 'mosaic/dist/node/open-run.js'),
]

/**
 * Files find their neighbours (the programs of threads) by their own place, which in a bundle is that of the package.
 *
 * @param together files whose neighbours are part of the same bundle, so that they stay as they are
 */
function placePlugin(together) {
  return {
    name: 'place',
    transform(code, id) {
      if (!id.startsWith(packages) || !code.includes('import.meta.url')) return null
      if (id.endsWith('command/registry.js') || together.includes(id)) return null
      const [name = ''] = relative(packages, id).split(/[\\/]/)
      const path = relative(join(packages, name, 'dist'), id).replaceAll('\\', '/')
      const place = `new URL(${JSON.stringify(`./${path}`)}, import.meta.resolve('@skyloom/${name}')).href`
      return { code: code.replaceAll('import.meta.url', place), map: null }
    },
  }
}

/** The source of the entry, where no file has it. */
export function entryPlugin(code) {
  return {
    name: 'entry',
    resolveId: (id) => (id === 'entry' ? '\0entry' : null),
    load: (id) => (id === '\0entry' ? code : null),
  }
}

/** Writes a bundle. @returns the files that went into it */
export async function bundle(plugins, output, input) {
  return build(plugins, output, input, async (made, options) => {
    const { output: chunks } = await made.write(options)
    return chunks.flatMap((chunk) => chunk.moduleIds ?? [])
  })
}

/** The bundle's only file as text. */
export async function bundleToText(plugins, output, input) {
  return build(plugins, output, input, async (made, options) => (await made.generate(options)).output[0])
}

async function build(plugins, output, { input = 'entry', external = EXTERNAL }, finish) {
  const made = await rolldown({
    input,
    platform: 'node',
    external,
    treeshake: { moduleSideEffects: [{ test: /packages[\\/]\w+[\\/]dist[\\/]/, sideEffects: false }] },
    plugins: [placePlugin(external === EXTERNAL ? [] : BESIDE_BUNDLE), ...plugins],
    // How long it took is no fault: on a busy machine it would fail the build.
    checks: { bundlerTimings: false },
    onLog(level, log) {
      throw new Error(`${level}: ${log.message}`)
    },
  })
  const result = await finish(made, {
    format: 'esm',
    minify: { compress: false, mangle: false, codegen: true },
    ...output,
  })
  await made.close()
  return result
}
