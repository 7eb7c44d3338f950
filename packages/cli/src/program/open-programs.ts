import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { keepCompiledCode, loadProgram, type ProgramHost } from './load-program.ts'

/** The programs of a folder. */
export interface Programs {
  /** Exports of a program, which is loaded once a thread. @param module name of a module that it stands for */
  readonly load: (module: string) => Readonly<Record<string, unknown>>
  /** Keeps the compiled code of all programs that were loaded: the last step of the build. */
  readonly keepCompiledCode: () => void
}

/** A folder of bundled programs. */
export interface ProgramFolder {
  readonly folder: string
  /** File of the program that stands for a module, by the name of the module without `.js`. */
  readonly files: Readonly<Record<string, string>>
  /** CommonJS libraries that programs import: they load without the machinery of ES modules, if nothing else needs it. */
  readonly libraries: readonly string[]
  /** `import()`, with paths from this folder. */
  readonly importModule: (specifier: string) => Promise<unknown>
}

/** Opens a folder of programs: what they import of each other is loaded as a program, all else as Node does it. */
export function openPrograms({ folder, files, libraries, importModule }: ProgramFolder): Programs {
  const programs = new Map(Object.entries(files))
  const require = createRequire(`${folder}/programs.cjs`)
  const home = pathToFileURL(`${folder}/`).href
  const moduleName = (specifier: string): string =>
    specifier.replace(home, './').replace(/^\.\/(.*)\.js$/, '$1')
  const load = (module: string): Readonly<Record<string, unknown>> => {
    const file = programs.get(module)
    if (file === undefined) throw new Error(`${folder} has no program for ${module}`)
    return loadProgram(home + file, host)
  }
  const host: ProgramHost = {
    importModule: async (specifier) => {
      if (libraries.includes(specifier)) return { default: require(specifier) as unknown }
      const module = moduleName(specifier)
      return programs.has(module) ? load(module) : await importModule(specifier)
    },
    resolveModule: (specifier) => pathToFileURL(require.resolve(specifier)).href,
  }
  return { load, keepCompiledCode }
}
