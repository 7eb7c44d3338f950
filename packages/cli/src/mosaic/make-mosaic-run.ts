import { rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { isSkyloomError } from '@skyloom/base'
import type { MosaicOptions, MosaicSummary, RejectedImage } from '@skyloom/mosaic'
import { inputWithout, makeOutFolder, reportMosaic, startMosaic } from '@skyloom/mosaic/node'
import { planEngineRun } from '@skyloom/recipes/node'
import { defaultRegistryUrl, openRegistry, type Registry } from '@skyloom/registry'
import { RunnerError, runIdOf } from '@skyloom/runner'
import { giveUpRun } from './give-up-run.ts'
import { runNote } from './interrupted-run.ts'
import { type WorkflowForm, writeMakeRecord } from './make-record.ts'
import { programIdentity } from './program-identity.ts'
import { registerReport } from './register-report.ts'
import { runInMemory } from './run-in-memory.ts'
import { runOnFiles } from './run-on-files.ts'

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
  /** Directory of the run. */
  readonly runDir: string
}

/** A run that is resumed. */
export interface ResumedRun {
  /** Its directory. */
  readonly runDir: string
  /** Images that were found damaged before it began. */
  readonly damaged: readonly RejectedImage[]
}

/**
 * Makes a mosaic as a run: planned as a workflow and recorded in the registry. Both forms of the workflow give the same products. A run
 * that was interrupted is gone on with when it is begun again in the same way; begun in another way the former run is canceled.
 *
 * @param resumed the run that must be gone on with
 * @throws {RunnerError} `RUNNER_BAD_PLAN` when the inputs of the resumed run are not what they were
 * @throws what `makeMosaic` throws, and the errors of registry and runner
 */
export async function makeMosaicRun(
  options: MosaicOptions,
  place: RecordPlace,
  workflow: WorkflowForm = 'memory',
  resumed?: ResumedRun,
): Promise<MadeMosaic> {
  const note = await runNote(place.runsDir, options.outDir)
  const session = await startMosaic(options, note.interrupted !== undefined)
  await using registry = await openRegistry(place.registry)
  const interruptedRun = resumed?.runDir ?? (await unfinished(registry, note.interrupted))
  const program = programIdentity()
  let damaged = resumed?.damaged ?? []
  let former = interruptedRun
  for (;;) {
    const input = await inputWithout(session, damaged)
    await makeOutFolder(options.outDir)
    const { runDir, planSha256 } = await planEngineRun(session, input, {
      name: workflowName(options.outDir),
      runsDir: place.runsDir,
      interruptedRun,
      program: `${program.name} ${program.version}`,
      commandLine: process.argv.slice(2),
      commandsDir: workflow === 'memory' ? undefined : await commands(place),
    })
    if (resumed !== undefined && former !== undefined && runDir !== former)
      throw await otherInputs(former, runDir)
    await writeMakeRecord(runDir, { folder: process.cwd(), options, workflow, damaged })
    await note.write(runDir)
    if (former !== undefined && runDir !== former) await giveUpRun(registry, former, runDir)
    former = undefined
    const made =
      workflow === 'memory'
        ? await runInMemory(registry, session, input, { runDir, planSha256 }, damaged, program)
        : await runOnFiles(registry, session, input, runDir, damaged)
    if ('facts' in made) {
      const summary = await reportMosaic(session, made.facts)
      await registerReport(registry, made.runId, options.outDir, made.facts.products)
      await note.remove()
      return { summary, runId: made.runId, runDir }
    }
    damaged = made.damaged
  }
}

/** The error of a run that cannot be resumed. @param planned directory of what would be run now, which is removed */
async function otherInputs(runDir: string, planned: string): Promise<RunnerError> {
  await rm(planned, { recursive: true })
  return new RunnerError(
    'RUNNER_BAD_PLAN',
    'the inputs of the mosaic are not what they were when its run began',
    {
      where: [runDir],
      found: 'other images, headers or template',
      remedy: 'begin it again with skyloom mosaic make',
    },
  )
}

/** Folder with the commands of the Montage modules. */
async function commands({ runsDir }: RecordPlace): Promise<string> {
  const { installModules } = await import('@skyloom/montage/command')
  const folder = join(runsDir, 'bin')
  await installModules(folder)
  return folder
}

/** A name that every tool takes. */
function workflowName(outDir: string): string {
  return basename(resolve(outDir)).replaceAll(/[^\w.-]/g, '_') || 'mosaic'
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
