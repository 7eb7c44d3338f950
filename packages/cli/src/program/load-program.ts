import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { Script } from 'node:vm'

/** What a bundled program does through the module that starts it, because one file of CommonJS code cannot do it itself. */
export interface ProgramHost {
  /** `import()` of a library or file outside of the bundle. */
  readonly importModule: (specifier: string) => Promise<unknown>
  /** `import.meta.resolve`. */
  readonly resolveModule: (specifier: string) => string
}

interface LoadedProgram {
  readonly script: Script
  readonly codeFile: string
  readonly exports: Readonly<Record<string, unknown>>
}

/** Names of what the function around a program's source takes; the build uses them in the source. */
const PARAMETERS = ['exports', 'require', 'module', 'hostImport', 'hostResolve', 'hostPlace'] as const

/** The text of the file of a program: its source as a function of what is given to it. */
export function programText(source: string): string {
  return `(function(${PARAMETERS.join(',')}){${source}\n})`
}

/**
 * What V8 compiles, and when, for programs that run for a second: pixels are WebAssembly's affair, so that most JavaScript is run a few times.
 *
 * - Bytes of bytecode that a function runs before V8 optimises it, eight times the default: most of what it would optimise in the first
 *   second is never run again. A tenth of a small mosaic's CPU time.
 * - Times its own length that a function runs before V8 counts what it meets, four times the default: 2 %.
 * - Kernels are compiled with optimisation at their first call, not twice: 4 %.
 */
const V8_FLAGS = '--interrupt-budget=540672 --interrupt-budget-factor-for-feedback-allocation=32 --no-liftoff'

const loaded = new Map<string, LoadedProgram>()

/**
 * Loads a program that the build bundled into one file (CommonJS, Latin-1), with the compiled code that it kept beside it: V8 takes that
 * instead of reading 4 MB of source, and for another version or other flags it compiles as usual. A program is loaded once a thread.
 *
 * @param source address of the file; its name must change with its content, since V8 compares no more than the length
 * @returns what the program exports
 */
export function loadProgram(source: string, host: ProgramHost): Readonly<Record<string, unknown>> {
  const known = loaded.get(source)
  if (known !== undefined) return known.exports
  // The kept code is good for the flags that it was made with. Later versions have a third compiler between and are left as they are.
  if (process.versions.node.startsWith('20.')) setFlagsFromString(V8_FLAGS)
  const filename = fileURLToPath(source)
  const codeFile = filename.replace(/\.cjs$/, '.code')
  // As one large text from the file V8 leaves it where it is; put together of several it would be copied.
  const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData: readCode(codeFile) })
  const module = { exports: {} }
  loaded.set(source, { script, codeFile, exports: module.exports })
  const run = script.runInThisContext() as (...parameters: unknown[]) => void
  run(module.exports, createRequire(source), module, host.importModule, host.resolveModule, source)
  return module.exports
}

/** Keeps the compiled code of all programs that were loaded, with every function that has run by now: the last step of the build. */
export function keepCompiledCode(): void {
  for (const { script, codeFile } of loaded.values()) {
    const partial = `${dirname(codeFile)}/.${basename(codeFile)}.${process.pid}`
    writeFileSync(partial, script.createCachedData())
    renameSync(partial, codeFile)
  }
}

function readCode(file: string): Buffer | undefined {
  try {
    return readFileSync(file)
  } catch {
    // A build that was cut short keeps none; the program runs all the same.
    return undefined
  }
}
