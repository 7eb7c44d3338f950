import { resolve } from 'node:path'
import { isSkyloomError } from '@skyloom/base'
import { writeFileText } from '@skyloom/base/node'
import { MontageError } from '../errors.ts'
import {
  hasOption,
  type InfoLine,
  integerArgument,
  type ModuleCall,
  type MontageModule,
  optionValue,
  USAGE_PROBLEM,
} from './module.ts'
import { isMosaicJob } from './mosaic-word.ts'
import { type ReadArguments, readGetopt, readLeading } from './read-arguments.ts'
import { type StatusField, statusField, statusLine } from './status-line.ts'

/** Surroundings of a call. */
export interface ModuleIo {
  /** Folder that relative paths start from. */
  readonly cwd: string
  /** Name of the program as it was called; shown in usage messages. */
  readonly program: string
  /** Takes what a command prints. */
  readonly write: (text: string) => void
  /** Memory that it should not exceed by much, bytes. Default: half of the machine's for a job of the mosaic engine, else as the module needs. */
  readonly memoryBytes?: number | undefined
}

/** The outcome of a call in the process. */
export interface ModuleOutcome {
  readonly exitCode: number
  readonly stdout: string
}

/**
 * Runs a module as a command: reads the arguments, calls its function, prints the status line, or writes it to the file of `-s`.
 *
 * @returns the exit code
 */
export async function runModule(
  module: MontageModule,
  args: readonly string[],
  io: ModuleIo,
): Promise<number> {
  if (isMosaicJob(module.name, args)) return await runMosaicJob(module, args, io)
  const reading = readArguments(module, args)
  const statusFile = optionValue(reading, 's')
  const usesStatusFile = takesStatusFile(module) && statusFile !== undefined
  const print = async (line: string): Promise<void> => {
    if (usesStatusFile) await writeFileText(resolve(io.cwd, statusFile), line)
    else io.write(line)
  }
  if (usesStatusFile && !(await canWrite(resolve(io.cwd, statusFile)))) {
    io.write(failure(module, `Cannot open status file: ${statusFile}`))
    return 1
  }
  const [least, most] = module.operands
  const count = reading.operands.length
  const isBad = reading.badOption !== undefined && !module.ignoresUnknownOptions
  if (isBad || count < least || count > most) {
    io.write(failure(module, usageText(module, io)))
    return module.usageExitCode
  }
  try {
    checkDebugLevel(module, reading)
    const { info, values } = await module.call(reading, { cwd: io.cwd, memoryBytes: io.memoryBytes })
    for (const line of info) io.write(statusLine('INFO', infoFields(line)))
    await print(statusLine('OK', [...nameField(module), ...valueFields(module, values)]))
    return 0
  } catch (error) {
    if (isSkyloomError(error, 'MONTAGE_USAGE')) {
      const isSynopsis = !(error instanceof MontageError) || error.problem === USAGE_PROBLEM
      io.write(failure(module, isSynopsis ? usageText(module, io) : error.problem))
      return module.usageExitCode
    }
    const own = asMontageError(error)
    const line = failure(module, errorText(error), own?.facts)
    if (isSkyloomError(error, 'MONTAGE_BAD_ARGUMENT')) io.write(line)
    else await print(line)
    return own?.exitCode ?? module.errorExitCode
  }
}

/** The module as a part of the mosaic engine. */
async function runMosaicJob(module: MontageModule, args: readonly string[], io: ModuleIo): Promise<number> {
  try {
    // Few calls need the engine.
    const { mosaicJob } = await import('./mosaic-job.ts')
    await mosaicJob(module.name, args, io.cwd, io.memoryBytes)
    io.write(statusLine('OK', nameField(module)))
    return 0
  } catch (error) {
    io.write(failure(module, errorText(error), asMontageError(error)?.facts))
    return 1
  }
}

/** Runs a module in the process and collects what it prints. */
export async function callModule(
  module: MontageModule,
  args: readonly string[],
  cwd: string,
): Promise<ModuleOutcome> {
  let stdout = ''
  const write = (text: string): void => {
    stdout += text
  }
  const exitCode = await runModule(module, args, { cwd, program: module.name, write })
  return { exitCode, stdout }
}

function readArguments(module: MontageModule, args: readonly string[]): ReadArguments {
  if (module.style === 'words') return { options: [], operands: args, badOption: undefined }
  return typeof module.options === 'string'
    ? readGetopt(args, module.options)
    : readLeading(args, module.options)
}

/** Modules whose `-s` takes something else: a size, a factor. */
const OTHER_S: ReadonlySet<string> = new Set(['mShrinkHdr', 'mExec'])

function takesStatusFile(module: MontageModule): boolean {
  return typeof module.options === 'string'
    ? module.options.includes('s:') && !OTHER_S.has(module.name)
    : module.options.includes('s:')
}

async function canWrite(path: string): Promise<boolean> {
  return await writeFileText(path, '').then(
    () => true,
    () => false,
  )
}

function checkDebugLevel(module: MontageModule, call: ModuleCall): void {
  const takesLevel =
    typeof module.options === 'string' ? module.options.includes('d:') : module.options.includes('d:')
  if (!takesLevel || !hasOption(call, 'd')) return
  const problem = 'Invalid debug level.'
  if (integerArgument(optionValue(call, 'd') ?? '', problem) >= 0) return
  throw new MontageError('MONTAGE_BAD_ARGUMENT', problem, { allowed: '0 or more' })
}

function failure(
  module: MontageModule,
  text: string,
  facts: ReadonlyMap<string, number> = new Map(),
): string {
  const numbers = [...facts].map(([key, value]) => statusField(key, value, 'd'))
  const line = statusLine('ERROR', [statusField('msg', text, 's'), ...numbers])
  return module.hasNoCommaInErrors ? line.replace('"ERROR", ', '"ERROR" ') : line
}

function usageText(module: MontageModule, io: ModuleIo): string {
  return `Usage: ${module.usage.replaceAll('%s', io.program)}`
}

function infoFields(line: InfoLine): readonly StatusField[] {
  const values = typeof line === 'string' ? { msg: line } : line
  return Object.entries(values).map(([key, value]) => statusField(key, value, 'd'))
}

function nameField(module: MontageModule): readonly StatusField[] {
  return module.isNamed ? [statusField('module', module.name, 's')] : []
}

function valueFields(module: MontageModule, values: ReadonlyMap<string, unknown>): readonly StatusField[] {
  return module.fields.flatMap(([key, format]) => {
    const value = values.get(key)
    return typeof value === 'string' || typeof value === 'number' ? [statusField(key, value, format)] : []
  })
}

/** The error of a module, also when it comes from another bundle of this package and so from another copy of its class. */
function asMontageError(error: unknown): Pick<MontageError, 'problem' | 'facts' | 'exitCode'> | undefined {
  if (!isSkyloomError(error) || error.name !== 'MontageError') return undefined
  const { problem, facts, exitCode } = error as typeof error & Pick<MontageError, 'facts' | 'exitCode'>
  return { problem, facts, exitCode }
}

/** What the engine says when a buffer is larger than the memory or than buffers may be. */
const TOO_LARGE = /^(?:Array buffer allocation failed|Invalid (?:typed )?array (?:buffer )?length)/

/** The sentence of a module's own error; other errors with place and remedy. */
function errorText(error: unknown): string {
  if (error instanceof RangeError && TOO_LARGE.test(error.message))
    return 'Not enough memory for so many pixels: check NAXIS1 and NAXIS2 of image and template, and the size that is asked for'
  return asMontageError(error)?.problem ?? (error instanceof Error ? error.message : String(error))
}
