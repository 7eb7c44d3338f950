import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { defaultRegistryUrl, openRegistry } from '@skyloom/registry'
import {
  commandTransfer,
  engineOfRun,
  executorForSites,
  type FunctionReference,
  findRun,
  type KickstartChoice,
  Notifier,
  type RunEngineName,
  type RunEvent,
  RunnerError,
  type RunProgress,
  type RunResult,
  readNotifySettings,
  readTransferCommands,
  runDag,
  runIdOf,
  runPlan,
  sshTransfer,
  type Transfer,
} from '@skyloom/runner'
import { EXIT } from '../terminal/exit-code.ts'
import { interruptSignal } from '../terminal/interrupt.ts'
import { printJson } from '../terminal/output.ts'
import { progressDisplay } from '../terminal/progress.ts'
import { runDisplay } from '../terminal/run-display.ts'
import type { RegistryFlags } from './registry.ts'

/** Flags of `run start` and `run resume`. */
export interface StartFlags extends RegistryFlags {
  readonly engine?: RunEngineName
  readonly detach?: boolean
  readonly jobs?: number
  /** Bytes. */
  readonly memory?: number
  readonly stopOnFailure?: boolean
  readonly holdFailed?: boolean
  readonly retryMemory?: number
  readonly retryTime?: number
  readonly reuse: boolean
  readonly functions?: string
  readonly transfers?: string
  readonly filesPerHost?: number
  readonly sshConfig?: string
  readonly notify?: string
  readonly kickstart: KickstartChoice
  readonly inheritEnv?: readonly string[]
  readonly quiet?: boolean
  readonly site?: readonly string[]
  readonly parentRun?: string
  readonly parentJob?: string
}

const EXIT_OF: Readonly<Record<RunResult['status'], number>> = {
  succeeded: EXIT.done,
  failed: EXIT.failed,
  canceled: EXIT.failed,
  paused: EXIT.partlyDone,
  held: EXIT.partlyDone,
  stopped: EXIT.interrupted,
}

/** `skyloom run start` and `skyloom run resume`: the same. */
export async function runStart(place: string | undefined, flags: StartFlags): Promise<number> {
  const registryPlace = flags.registry ?? defaultRegistryUrl(process.env)
  const registry = await openRegistry(registryPlace)
  const interrupt = interruptSignal(process, process.stderr)
  const display = runDisplay(process.stderr, { isQuiet: flags.quiet === true })
  let notifier: Notifier | undefined
  try {
    const isPlan = place !== undefined && existsSync(join(resolve(place), 'plan.jsonl'))
    const found = isPlan ? resolve(place) : (await findRun(registry.runs, place)).directory
    const runDir = await resumedMosaic(found, absolutePlace(registryPlace), flags, interrupt.signal)
    notifier = await notifierOf(flags, runDir)
    const engine = await engineOfRun(registry.runs, runDir, flags.engine)
    const unfit = unfitFlags(flags, engine)
    if (unfit !== undefined) {
      process.stderr.write(`error: ${unfit}\n`)
      return EXIT.wrongUse
    }
    const common = {
      signal: interrupt.signal,
      onNotice: (text: string): void => {
        display.end()
        process.stderr.write(`${text}\n`)
      },
      onEvents: (events: readonly RunEvent[], progress: RunProgress): void => {
        display.listener(events, progress)
        notifier?.take(events, progress)
      },
    }
    if (engine === 'dagman') {
      const result = await runDag(registry.runs, runDir, { ...common, isDetached: flags.detach })
      display.end()
      return tell(result, runDir, flags)
    }
    const { parentRun, parentJob } = flags
    const result = await runPlan(registry.runs, runDir, {
      ...common,
      parent:
        parentRun === undefined || parentJob === undefined ? undefined : { runId: parentRun, job: parentJob },
      cores: flags.jobs,
      memoryMb: flags.memory === undefined ? undefined : flags.memory / 1e6,
      reuse: flags.reuse,
      sharedBytes: flags.memory,
      functions: flags.functions === undefined ? undefined : await functionsOf(flags.functions),
      memoryFunctions: montageFunctions,
      transfers: transfersOf(flags),
      filesPerHost: flags.filesPerHost,
      kickstart: flags.kickstart,
      subWorkflows: {
        command: ownCommand(),
        registry: absolutePlace(registryPlace),
        startWords: startWords(flags),
      },
      inheritEnvironment: flags.inheritEnv,
      policy: {
        onFailure: flags.stopOnFailure === true ? 'stop' : 'continue',
        whenExhausted: flags.holdFailed === true ? 'hold' : 'fail',
        ...(flags.retryMemory === undefined ? {} : { memoryFactor: flags.retryMemory }),
        ...(flags.retryTime === undefined ? {} : { timeFactor: flags.retryTime }),
      },
      executor: executorForSites({
        only: flags.site === undefined ? undefined : new Set(flags.site),
        onNote: display.note,
        sshConfig: flags.sshConfig === undefined ? undefined : resolve(flags.sshConfig),
      }),
    })
    display.end()
    return tell(result, runDir, flags)
  } catch (error) {
    display.end()
    if (error instanceof RunnerError && error.code === 'RUNNER_RUN_BUSY') {
      process.stderr.write(`error: ${error.message}\n`)
      return EXIT.refused
    }
    throw error
  } finally {
    await notifier?.close()
    interrupt.release()
    await registry.close()
  }
}

function tell(result: RunResult, runDir: string, flags: StartFlags): number {
  const isSubmitted = flags.detach === true && result.status === 'stopped'
  if (flags.json === true) printJson({ run: result.runId, directory: runDir, ...result })
  else if (isSubmitted)
    process.stdout.write(
      `run ${result.runId} is in the queue of HTCondor\nnext: skyloom run watch ${runDir}\n`,
    )
  else process.stdout.write(resultText(result, runDir))
  return isSubmitted ? EXIT.done : EXIT_OF[result.status]
}

/** Flags that another engine decides. */
const OWN_FLAGS = [
  'jobs',
  'memory',
  'stopOnFailure',
  'holdFailed',
  'functions',
  'transfers',
  'filesPerHost',
  'sshConfig',
  'site',
  'inheritEnv',
] as const

function unfitFlags(flags: StartFlags, engine: RunEngineName): string | undefined {
  if (engine !== 'dagman') return flags.detach === true ? '--detach is for the engine dagman' : undefined
  const [first] = OWN_FLAGS.filter((name) => flags[name] !== undefined)
  if (first === undefined) return undefined
  const word = first.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  return `--${word} is not for DAGMan, which runs jobs as they were planned; or run it with --engine skyloom`
}

/**
 * Goes on with a run of `mosaic make` by the recipe that began it; the engine finds it done then. Any other run is left as it is.
 *
 * @returns the directory of the run
 */
async function resumedMosaic(
  runDir: string,
  registry: string,
  { jobs, memory, quiet }: StartFlags,
  signal: AbortSignal,
): Promise<string> {
  const { readMakeRecord } = await import('../mosaic/make-record.ts')
  const record = await readMakeRecord(runDir)
  if (record === undefined) return runDir
  const { resumeMosaic } = await import('../mosaic/resume-mosaic.ts')
  const display = quiet === true ? undefined : progressDisplay(process.stderr)
  try {
    const options = { registry, threads: jobs, memoryBytes: memory, signal, onProgress: display?.listener }
    return await resumeMosaic(runDir, record, options)
  } finally {
    display?.end()
  }
}

/** This program, as it is called without a search path. */
function ownCommand(): readonly string[] {
  const script = process.argv[1]
  return script === undefined ? ['skyloom'] : [process.execPath, script]
}

/** The words of this call that hold for sub-workflows as well. */
function startWords(flags: StartFlags): readonly string[] {
  const given = (name: string, value: string | number | undefined): readonly string[] =>
    value === undefined ? [] : [name, String(value)]
  const file = (name: string, path: string | undefined): readonly string[] =>
    given(name, path === undefined ? undefined : resolve(path))
  const { functions } = flags
  const isFile = functions !== undefined && functions !== MONTAGE && functions !== NONE
  return [
    ...given('--jobs', flags.jobs),
    ...given('--memory', flags.memory),
    ...(isFile ? file('--functions', functions) : given('--functions', functions)),
    ...given('--site', flags.site?.join(',')),
    ...file('--ssh-config', flags.sshConfig),
    ...file('--transfers', flags.transfers),
    ...given('--files-per-host', flags.filesPerHost),
    ...given('--kickstart', flags.kickstart),
    ...given('--retry-memory', flags.retryMemory),
    ...given('--retry-time', flags.retryTime),
    ...(flags.stopOnFailure === true ? ['--stop-on-failure'] : []),
    ...(flags.reuse ? [] : ['--no-reuse']),
    // Takes all words that follow.
    ...(flags.inheritEnv === undefined ? [] : ['--inherit-env', ...flags.inheritEnv]),
  ]
}

/** A file name that means the same in every folder; URLs stay. */
function absolutePlace(place: string): string {
  return /^[a-z]+:/i.test(place) ? place : resolve(place)
}

/** Ways to move files besides the built-in ones. */
function transfersOf({ transfers: file, sshConfig }: StartFlags): readonly Transfer[] {
  return [
    ...(sshConfig === undefined ? [] : [sshTransfer({ configFile: resolve(sshConfig) })]),
    ...(file === undefined
      ? []
      : readTransferCommands(readFileSync(file, 'utf8'), file).map(commandTransfer)),
  ]
}

/** Who is told of the run, by the file that `--notify` or the environment names. */
async function notifierOf(flags: StartFlags, runDir: string): Promise<Notifier | undefined> {
  const file = flags.notify ?? process.env['SKYLOOM_NOTIFY']
  if (file === undefined || file === '') return undefined
  const settings = readNotifySettings(readFileSync(file, 'utf8'), file)
  return new Notifier(settings, { runId: await runIdOf(runDir), runDir })
}

/** Word for the modules of Montage instead of a file. */
const MONTAGE = 'montage'
/** Word for programs only. */
const NONE = 'none'

/** The modules of Montage, or every function that a module exports, by their names. */
async function functionsOf(file: string): Promise<ReadonlyMap<string, FunctionReference>> {
  if (file === MONTAGE) return await montageFunctions()
  if (file === NONE) return new Map()
  const module = pathToFileURL(resolve(file)).href
  const loaded = (await import(module)) as Readonly<Record<string, unknown>>
  const names = Object.keys(loaded).filter((name) => typeof loaded[name] === 'function')
  const usesMounts = loaded['usesMounts'] === true
  return new Map(names.map((name) => [name, { module, name, usesMounts }]))
}

async function montageFunctions(): Promise<ReadonlyMap<string, FunctionReference>> {
  const { MODULE_NAMES, needsDisk } = await import('@skyloom/montage/command')
  const module = import.meta.resolve('@skyloom/montage/transformation')
  return new Map(
    MODULE_NAMES.map((name) => [
      name,
      { module, name: 'montageTransformation', usesMounts: !needsDisk(name) },
    ]),
  )
}

function resultText(result: RunResult, runDir: string): string {
  const { jobs, status, runId } = result
  const total = Object.values(jobs).reduce((sum, count) => sum + count, 0)
  const parts = (['failed', 'held', 'canceled'] as const).flatMap((state) =>
    jobs[state] === 0 ? [] : [`${jobs[state]} ${state}`],
  )
  const line = `run ${runId} ${status}: ${[`${jobs.succeeded} of ${total} jobs done`, ...parts].join(', ')}\n`
  if (status === 'succeeded') return line
  const next = status === 'failed' ? `skyloom run analyze ${runDir}` : `skyloom run resume ${runDir}`
  return `${line}next: ${next}\n`
}
