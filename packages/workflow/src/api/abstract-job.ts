import type { FileUse } from '../model/file-use.ts'
import type { ShellHook } from '../model/hook.ts'
import type { AbstractJob as JobData } from '../model/job.ts'
import { type MetadataInput, WithHooks } from './annotations.ts'
import { File, type FileLike, toFile, type UseFlags } from './file.ts'
import type { ProfilesInput } from './profiles.ts'
import { badValue, checkText, duplicate } from './values.ts'

/** An argument of a job; a file stands for its logical name. */
export type ArgumentLike = string | number | boolean | File

/** Flags of inputs. */
export interface InputOptions {
  /** Fetch it straight from its replica, without the staging site. */
  readonly bypassStaging?: boolean
  /** The file may be missing. */
  readonly optional?: boolean
}

/** Flags of outputs. */
export interface OutputOptions {
  /** Transfer to the output sites. Default true. */
  readonly stageOut?: boolean
  /** Register in the output replica catalog. Default true. */
  readonly registerReplica?: boolean
}

/** Options of all kinds of jobs; everything can also be added later. */
export interface AbstractJobOptions {
  /** Default: `ID0000001`… in the order in which jobs are added. */
  readonly id?: string
  readonly nodeLabel?: string
  readonly arguments?: readonly ArgumentLike[]
  readonly inputs?: readonly FileLike[]
  readonly outputs?: readonly FileLike[]
  readonly checkpoints?: readonly FileLike[]
  readonly stdin?: FileLike
  readonly stdout?: FileLike
  readonly stderr?: FileLike
  readonly profiles?: ProfilesInput
  readonly metadata?: MetadataInput
  readonly hooks?: readonly ShellHook[]
}

/** Above this many uses, names are looked up in a set. */
const FEW_USES = 16

/** What all kinds of jobs can do. */
export abstract class AbstractJob extends WithHooks {
  readonly nodeLabel: string | undefined
  #id: string | undefined
  readonly #arguments: string[] = []
  readonly #uses: FileUse[] = []
  #names: Set<string> | undefined
  #stdin: string | undefined
  #stdout: string | undefined
  #stderr: string | undefined

  constructor(options: AbstractJobOptions = {}) {
    super()
    const { id } = options
    if (id !== undefined) this.assignId(id)
    this.nodeLabel = options.nodeLabel
    if (options.arguments !== undefined) this.addArgs(...options.arguments)
    if (options.inputs !== undefined) this.addInputs(...options.inputs)
    if (options.outputs !== undefined) this.addOutputs(...options.outputs)
    for (const file of options.checkpoints ?? []) this.addCheckpoint(file)
    if (options.stdin !== undefined) this.setStdin(options.stdin)
    if (options.stdout !== undefined) this.setStdout(options.stdout)
    if (options.stderr !== undefined) this.setStderr(options.stderr)
    this.addAllProfiles(options.profiles)
    if (options.metadata !== undefined) this.addMetadata(options.metadata)
    for (const hook of options.hooks ?? []) this.addShellHook(hook.on, hook.command)
  }

  /** Id within the workflow; `undefined` until the job is added to one. */
  get id(): string | undefined {
    return this.#id
  }

  /** Gives the job its id, once. */
  assignId(id: string): void {
    if (this.#id !== undefined && this.#id !== id) throw duplicate('the id of the job', this.#id)
    this.#id = checkText('the job id', id, /^[-0-9A-Za-z_]+$/, 'letters, digits, - and _')
  }

  /** Adds arguments; a file stands for its logical name. */
  addArgs(...args: readonly ArgumentLike[]): this {
    for (const arg of args) this.#arguments.push(argumentText(arg))
    return this
  }

  /** Adds inputs; options for all of them may come last: `addInputs(a, b, { bypassStaging: true })`. */
  addInputs(...args: readonly (FileLike | InputOptions)[]): this {
    const { files, options } = splitArguments<InputOptions>(args)
    const flags: UseFlags = { bypass: options?.bypassStaging ?? false, optional: options?.optional ?? false }
    for (const file of files) this.#add(options === undefined ? file.plainInput : file.use('input', flags))
    return this
  }

  /** Adds outputs; options for all of them may come last: `addOutputs(a, { stageOut: false })`. */
  addOutputs(...args: readonly (FileLike | OutputOptions)[]): this {
    const { files, options } = splitArguments<OutputOptions>(args)
    for (const file of files) this.#addWritten(file, 'output', options ?? {})
    return this
  }

  /** Adds a file that the job both reads and writes. */
  addInOut(file: FileLike, options: OutputOptions = {}): this {
    return this.#addWritten(file, 'inout', options)
  }

  /** Adds a checkpoint: read when it is there, written, and brought back also when the job fails. */
  addCheckpoint(file: FileLike, options: OutputOptions = {}): this {
    return this.#addWritten(file, 'checkpoint', options)
  }

  /** Standard input comes from this file, which becomes an input. */
  setStdin(file: FileLike): this {
    if (this.#stdin !== undefined) throw duplicate('the standard input', this.#stdin)
    this.addInputs(file)
    this.#stdin = toFile(file).lfn
    return this
  }

  /** Standard output goes to this file, which becomes an output. */
  setStdout(file: FileLike, options: OutputOptions = {}): this {
    if (this.#stdout !== undefined) throw duplicate('the standard output', this.#stdout)
    this.addOutputs(file, options)
    this.#stdout = toFile(file).lfn
    return this
  }

  /** Standard error goes to this file, which becomes an output. */
  setStderr(file: FileLike, options: OutputOptions = {}): this {
    if (this.#stderr !== undefined) throw duplicate('the standard error', this.#stderr)
    this.addOutputs(file, options)
    this.#stderr = toFile(file).lfn
    return this
  }

  /** Logical name of the standard input, when it is a file. */
  get stdin(): string | undefined {
    return this.#stdin
  }

  /** Logical name of the standard output, when it is a file. */
  get stdout(): string | undefined {
    return this.#stdout
  }

  /** Logical name of the standard error, when it is a file. */
  get stderr(): string | undefined {
    return this.#stderr
  }

  /** The uses so far, in the order in which they were added. */
  get uses(): readonly FileUse[] {
    return this.#uses
  }

  /** Logical names of the inputs. */
  get inputs(): readonly string[] {
    return this.#uses.filter((use) => use.type === 'input' || use.type === 'inout').map((use) => use.lfn)
  }

  /** Logical names of the outputs. */
  get outputs(): readonly string[] {
    return this.#uses.filter((use) => use.type === 'output' || use.type === 'inout').map((use) => use.lfn)
  }

  /** The common part of the job as plain data. */
  protected common(id: string): Omit<JobData, 'type'> {
    return {
      id,
      ...(this.nodeLabel === undefined ? {} : { nodeLabel: this.nodeLabel }),
      arguments: this.#arguments,
      ...(this.#stdin === undefined ? {} : { stdin: this.#stdin }),
      ...(this.#stdout === undefined ? {} : { stdout: this.#stdout }),
      ...(this.#stderr === undefined ? {} : { stderr: this.#stderr }),
      uses: this.#uses,
      profiles: this.profiles,
      hooks: this.hooks,
      metadata: this.metadata,
      extensions: NO_EXTENSIONS,
    }
  }

  #addWritten(like: FileLike, type: 'output' | 'inout' | 'checkpoint', options: OutputOptions): this {
    const { stageOut = true, registerReplica = true } = options
    this.#add(toFile(like).use(type, { stageOut, registerReplica }))
    return this
  }

  #add(use: FileUse): void {
    if (this.#has(use.lfn)) throw duplicate(`the file ${use.lfn} of job ${this.#id ?? 'without id'}`, use.lfn)
    this.#uses.push(use)
    this.#names?.add(use.lfn)
  }

  #has(lfn: string): boolean {
    if (this.#names === undefined && this.#uses.length < FEW_USES) {
      return this.#uses.some((use) => use.lfn === lfn)
    }
    this.#names ??= new Set(this.#uses.map((use) => use.lfn))
    return this.#names.has(lfn)
  }
}

const NO_EXTENSIONS: JobData['extensions'] = Object.freeze([])

function argumentText(arg: unknown): string {
  if (arg instanceof File) return arg.lfn
  if (typeof arg === 'string' || typeof arg === 'boolean') return String(arg)
  if (typeof arg === 'number' && Number.isFinite(arg)) return String(arg)
  throw badValue('the argument', arg, 'a text, number, true, false or File')
}

/** Files and, when they come last, options of one call. */
function splitArguments<O extends object>(
  args: readonly (FileLike | O)[],
): { readonly files: readonly File[]; readonly options: O | undefined } {
  const files: File[] = []
  let options: O | undefined
  for (const arg of args) {
    if (options !== undefined) throw badValue('what follows the options', arg, 'options as the last argument')
    if (typeof arg === 'string' || arg instanceof File) files.push(toFile(arg))
    else if (isOptions(arg)) options = arg
    else throw badValue('the file', arg, 'a File or a logical file name')
  }
  return { files, options }
}

/** True for plain objects; callers without types may pass anything. */
function isOptions(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}
