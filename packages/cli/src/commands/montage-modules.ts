import { resolve } from 'node:path'
import { installModules, loadModule, MODULE_NAMES, manualPage, manualText } from '@skyloom/montage/command'
import { EXIT } from '../terminal/exit-code.ts'
import { printJson } from '../terminal/output.ts'

/** Options of `skyloom montage list`. */
export interface ListFlags {
  readonly json?: boolean
}

/** Options of `skyloom montage install`. */
export interface InstallFlags {
  readonly overwrite?: boolean
  readonly dryRun?: boolean
  readonly json?: boolean
}

/** Columns of a manual page where the terminal tells none. */
const DEFAULT_WIDTH = 80
/** Longer lines are hard to read. */
const MAX_WIDTH = 100

/** `skyloom montage list` */
export async function montageList(flags: ListFlags): Promise<void> {
  const modules = await Promise.all(
    MODULE_NAMES.map(async (name) => {
      const module = await loadModule(name)
      return {
        name,
        summary: module?.summary ?? '',
        synopsis: module === undefined ? [] : manualPage(module).synopsis,
      }
    }),
  )
  if (flags.json === true) {
    printJson({ modules })
    return
  }
  const width = Math.max(...MODULE_NAMES.map((name) => name.length))
  for (const { name, summary } of modules) process.stdout.write(`${name.padEnd(width)}  ${summary}\n`)
}

/** `skyloom montage help`: exit 2 for a name that is no module. */
export async function montageHelp(name: string): Promise<number> {
  const exact = MODULE_NAMES.find((known) => known.toLowerCase() === name.toLowerCase())
  const module = exact === undefined ? undefined : await loadModule(exact)
  if (module === undefined) {
    process.stderr.write(
      `error: there is no module ${JSON.stringify(name)}\nnext: skyloom montage list shows them all\n`,
    )
    return EXIT.wrongUse
  }
  const width = process.stdout.isTTY ? Math.min(process.stdout.columns, MAX_WIDTH) : DEFAULT_WIDTH
  process.stdout.write(manualText(manualPage(module), width))
  return EXIT.done
}

/** `skyloom montage install` */
export async function montageInstall(folder: string, flags: InstallFlags): Promise<void> {
  const isDryRun = flags.dryRun === true
  const paths = await installModules(folder, { overwrite: flags.overwrite === true, isDryRun })
  const place = resolve(folder)
  if (flags.json === true) printJson({ folder: place, isDryRun, commands: paths })
  else if (isDryRun) process.stdout.write(paths.map((path) => `${path}\n`).join(''))
  else process.stdout.write(`${paths.length} commands in ${place}\nnext: PATH=${place}:$PATH\n`)
}
