import { MontageError as ModuleFailure, type MontageError } from '../errors.ts'
import type { ModuleManual } from './manual.ts'
import type { GivenOption } from './read-arguments.ts'
import type { FieldFormat } from './status-line.ts'

/** Where a module works. */
export interface Place {
  /** Folder that relative paths start from; default: the current one. */
  readonly cwd?: string
  /** Memory that it should not exceed by much, bytes; default: what modules take that are alone. */
  readonly memoryBytes?: number | undefined
}

/** The arguments of one call: options and operands by the names of the definition. */
export interface ModuleCall {
  readonly options: readonly GivenOption[]
  readonly operands: readonly string[]
}

/** All that a module is: the one source of argument reader, status line and manual page. */
export interface ModuleDefinition<Input, Result extends object> {
  readonly name: string
  /** What it does, one sentence. */
  readonly summary: string
  /** Arguments as the usage message shows them, behind the name of the program. */
  readonly usage: string
  /**
   * Whether options may stand anywhere (`getopt`) or only before the operands, negative numbers being operands (`leading`). With
   * `words` the module scans all arguments itself: they are its operands.
   */
  readonly style: 'getopt' | 'leading' | 'words'
  /** Options: letters for `getopt`, names for `leading`; a colon means that a value follows. */
  readonly options: string | readonly string[]
  /** Least and largest number of operands. */
  readonly operands: readonly [number, number]
  /** False for the modules whose status line has no `module` key. */
  readonly isNamed: boolean
  /** Pass over unknown options instead of answering with the synopsis; default false. */
  readonly ignoresUnknownOptions?: boolean
  /** Leave the comma behind `stat="ERROR"` out, as one old program does; default false. */
  readonly hasNoCommaInErrors?: boolean
  /** Exit code of usage errors; default 1. */
  readonly usageExitCode?: number
  /** Exit code of other errors; default 1. */
  readonly errorExitCode?: number
  /** Values of the status line in order. */
  readonly fields: readonly (readonly [key: keyof Result & string, format: FieldFormat])[]
  /** What lines with `stat="INFO"` before the status line say. */
  readonly info?: (result: Result) => readonly InfoLine[]
  /** What the manual page tells beyond the facts above. */
  readonly manual?: ModuleManual<keyof Result & string>
  /** Turns arguments into the input of the function. */
  readonly read: (call: ModuleCall) => Input
  readonly run: (input: Input, place: Place) => Promise<Result>
}

/** A line with `stat="INFO"`: its sentence, or the sentence `msg` with further values. */
export type InfoLine = string | { readonly msg: string; readonly [key: string]: string | number }

/** What a module has to say. */
export interface ModuleAnswer {
  readonly info: readonly InfoLine[]
  readonly values: ReadonlyMap<string, unknown>
}

/** A module whose types are hidden, as the registry has it. */
export interface MontageModule {
  readonly name: string
  readonly summary: string
  readonly usage: string
  readonly style: 'getopt' | 'leading' | 'words'
  readonly options: string | readonly string[]
  readonly operands: readonly [number, number]
  readonly isNamed: boolean
  readonly ignoresUnknownOptions: boolean
  readonly hasNoCommaInErrors: boolean
  readonly usageExitCode: number
  readonly errorExitCode: number
  readonly fields: readonly (readonly [key: string, format: FieldFormat])[]
  readonly manual?: ModuleManual
  readonly call: (call: ModuleCall, place: Place) => Promise<ModuleAnswer>
}

/** A module from its definition. */
export function defineModule<Input, Result extends object>(
  definition: ModuleDefinition<Input, Result>,
): MontageModule {
  const {
    read,
    run,
    info,
    ignoresUnknownOptions = false,
    hasNoCommaInErrors = false,
    usageExitCode = 1,
    errorExitCode = 1,
    ...facts
  } = definition
  const call = async (given: ModuleCall, place: Place): Promise<ModuleAnswer> => {
    const result = await run(read(given), place)
    return { info: info?.(result) ?? [], values: new Map<string, unknown>(Object.entries(result)) }
  }
  return { ...facts, ignoresUnknownOptions, hasNoCommaInErrors, usageExitCode, errorExitCode, call }
}

/** The last value of an option, undefined when it was not given. */
export function optionValue(call: ModuleCall, name: string): string | undefined {
  return call.options.findLast((option) => option.name === name)?.value
}

/** The values of an option that takes several, once for each time that it was given. */
export function optionValues(call: ModuleCall, name: string): readonly (readonly string[])[] {
  return call.options.flatMap((option) =>
    option.name === name && option.values !== undefined ? [option.values] : [],
  )
}

/** True when an option was given. */
export function hasOption(call: ModuleCall, name: string): boolean {
  return call.options.some((option) => option.name === name)
}

/** An operand, by its index from 0. */
export function operand(call: ModuleCall, index: number): string {
  return call.operands[index] ?? ''
}

/** Sentence of errors that are answered with the synopsis. */
export const USAGE_PROBLEM = 'the arguments do not fit the command'

/** The error that makes a command answer with its synopsis, or with a sentence of its own, and the exit code of usage errors. */
export function usageError(problem: string = USAGE_PROBLEM): MontageError {
  return new ModuleFailure('MONTAGE_USAGE', problem)
}

/**
 * A number as C reads it from a whole word.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT` with `problem` as its sentence
 */
export function realArgument(text: string, problem: string): number {
  const value = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (Number.isFinite(value)) return value
  throw new ModuleFailure('MONTAGE_BAD_ARGUMENT', problem, { found: text, allowed: 'a number' })
}

/**
 * A number as {@link realArgument} reads it, whose error tells what it is: `Width (x) cannot be interpreted as a real number`.
 *
 * @param text undefined stands for an empty word
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`
 */
export function namedReal(text: string | undefined, what: string): number {
  const word = text ?? ''
  return realArgument(word, `${what} (${word}) cannot be interpreted as a real number`)
}

/**
 * A whole number as C reads it from a whole word: decimal, octal with a leading 0, hexadecimal with 0x.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT` with `problem` as its sentence
 */
export function integerArgument(text: string, problem: string): number {
  const match = /^\s*([+-]?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/.exec(text)
  const digits = match?.[2] ?? ''
  const size = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits)
  if (match !== null && Number.isSafeInteger(size)) return match[1] === '-' ? -size : size
  throw new ModuleFailure('MONTAGE_BAD_ARGUMENT', problem, { found: text, allowed: 'a whole number' })
}

/** The value of `-h`: number of the HDU, 0 when it was not given. */
export function hduArgument(call: ModuleCall): number {
  const text = optionValue(call, 'h')
  if (text === undefined) return 0
  const problem = `HDU value (${text}) must be a non-negative integer`
  const hdu = integerArgument(text, problem)
  if (hdu >= 0) return hdu
  throw new ModuleFailure('MONTAGE_BAD_ARGUMENT', problem, { found: text, allowed: '0 or more' })
}
