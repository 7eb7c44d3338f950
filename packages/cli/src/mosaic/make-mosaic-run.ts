import { basename, dirname, join, resolve } from 'node:path'
import { BaseError, isSkyloomError } from '@skyloom/base'
import type { MosaicOptions, MosaicSummary, RejectedImage } from '@skyloom/mosaic'
import {
  inputWithout,
  type MosaicInput,
  type MosaicSession,
  makeOutFolder,
  mosaicJobs,
  openRun,
  reportMosaic,
  startMosaic,
} from '@skyloom/mosaic/node'
import { engineFunctions, planEngineRun } from '@skyloom/recipes/node'
import { defaultRegistryUrl, openRegistry, type Registry } from '@skyloom/registry'
import { MemoryExecutor, type RunResult, runIdOf, runPlan } from '@skyloom/runner'
import { runNote } from './interrupted-run.ts'
import { type ProgramIdentity, programIdentity } from './program-identity.ts'

/** Where a mosaic is recorded. */
export interface RecordPlace {
  /** Place of the registry. */
  readonly registry: string
  /** Folder of the directories of runs. */
  readonly runsDir: string
}

/** The registry of the flags or the environment, and the folder of runs beside it, or beside the usual registry when it is no file. */
export function recordPlace(registry: string | undefined): RecordPlace {
  const place = registry ?? defaultRegistryUrl(process.env)
  const isFile = !/^[a-z]+:/i.test(place)
  const file = isFile ? resolve(place) : defaultRegistryUrl({ ...process.env, SKYLOOM_REGISTRY: undefined })
  return { registry: place, runsDir: join(dirname(file), 'runs') }
}

/** A mosaic and the run that made it. */
export interface MadeMosaic {
  readonly summary: MosaicSummary
  readonly runId: string
}

/**
 * Makes a mosaic as a run in memory: planned as a workflow, recorded in the registry, its jobs functions of this process. A run that was
 * interrupted is gone on with when it is begun again in the same way.
 *
 * @throws what `makeMosaic` throws, and the errors of registry and runner
 */
export async function makeMosaicRun(options: MosaicOptions, place: RecordPlace): Promise<MadeMosaic> {
  const note = await runNote(place.runsDir, options.outDir)
  const session = await startMosaic(options, note.interrupted !== undefined)
  await using registry = await openRegistry(place.registry)
  const interruptedRun = await unfinished(registry, note.interrupted)
  const program = programIdentity()
  let damaged: readonly RejectedImage[] = []
  for (;;) {
    const input = await inputWithout(session, damaged)
    await makeOutFolder(options.outDir)
    const runDir = await planEngineRun(session, input, {
      name: workflowName(options.outDir),
      runsDir: place.runsDir,
      interruptedRun,
      program: `${program.name} ${program.version}`,
      commandLine: process.argv.slice(2),
    })
    await note.write(runDir)
    const made = await runInMemory(registry, session, input, { runDir, program, damaged })
    if ('summary' in made) {
      await note.remove()
      return made
    }
    damaged = made.damaged
  }
}

/** A name that every tool takes. */
function workflowName(outDir: string): string {
  return basename(resolve(outDir)).replaceAll(/[^\w.-]/g, '_') || 'mosaic'
}

async function runInMemory(
  registry: Registry,
  session: MosaicSession,
  input: MosaicInput,
  {
    runDir,
    program,
    damaged: before,
  }: {
    readonly runDir: string
    readonly program: ProgramIdentity
    readonly damaged: readonly RejectedImage[]
  },
): Promise<MadeMosaic | { readonly damaged: readonly RejectedImage[] }> {
  const run = openRun(session.options, session.settings, session.meter, input.images)
  try {
    const jobs = mosaicJobs(run, input)
    const { functions, facts } = await engineFunctions(session, input, jobs, join(runDir, 'inputs'))
    const errors: unknown[] = []
    const result = await runPlan(registry.runs, runDir, {
      executor: (host) =>
        new MemoryExecutor(host, {
          functions,
          cores: session.settings.threads,
          program,
          onError: (error) => {
            errors.push(error)
            run.stop()
          },
          onCancel: () => run.stop(),
        }),
      policy: { onFailure: 'stop' },
      signal: session.options.signal,
      cancelOnStop: true,
    })
    const damaged = [...before, ...jobs.left.damaged]
    if (isBeginAgain(errors[0])) return { damaged }
    if (errors.length > 0) throw errors[0]
    if (result.status !== 'succeeded') throw stopped(result, runDir)
    const { spilledBytes } = run.store
    return {
      runId: result.runId,
      summary: await reportMosaic(session, { ...facts(), damaged, spilledBytes }),
    }
  } finally {
    await run.close()
  }
}

/** The run was ended from outside: by Ctrl-C, or by another command. */
function stopped({ status, runId }: RunResult, runDir: string): BaseError {
  return new BaseError('BASE_ABORTED', `the run was ${status}`, { where: [`run ${runId}`, runDir] })
}

/** The directory of the interrupted run, unless it had ended well but for the note. */
async function unfinished(registry: Registry, runDir: string | undefined): Promise<string | undefined> {
  if (runDir === undefined) return undefined
  try {
    const { state } = await registry.runs.get(await runIdOf(runDir))
    return state === 'succeeded' ? undefined : runDir
  } catch (error) {
    // It was killed before it was registered, or was removed since: a new run is begun.
    if (isSkyloomError(error, 'REGISTRY_NOT_FOUND') || isSkyloomError(error, 'RUNNER_NOT_FOUND'))
      return undefined
    throw error
  }
}

function isBeginAgain(error: unknown): boolean {
  return isSkyloomError(error, 'RECIPE_BEGIN_AGAIN')
}
