import { createHash, type Hash, randomBytes, randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { BaseError } from '@skyloom/base'
import { PARTIAL_MARK } from '@skyloom/base/node'
import { dagmanFiles } from '../executable/dagman/dagman-files.ts'
import { PLAN_FILE } from '../executable/plan-lines.ts'
import { type PlannedFile, textFile } from '../executable/planned-file.ts'
import { runDirectoryFiles } from '../executable/run-directory.ts'
import type { PlanRequest } from '../plan/options.ts'
import type { Plan } from '../plan/plan.ts'
import { writeReplicaCatalog } from '../write/write.ts'
import { CACHE_FILE, subWorkflowFolders, subWorkflowInputs, subWorkflowOutputs } from './parent-run.ts'
import { type RunPlace, userName } from './run-place.ts'
import {
  earlierRunName,
  FURTHER_CATALOGS,
  isRunDirectory,
  optionsAsJson,
  type ParentJob,
  REQUEST_FILE,
  REQUEST_VERSION,
  RUN_TIMES_FILE,
  type RunRequest,
} from './run-request.ts'
import { type RunTimes, runTimesToJson } from './run-times.ts'
import type { SourceFile } from './source-reader.ts'
import { writeFailed, writePlannedFiles } from './write-files.ts'

/** Forms of executable workflows. */
export const RUN_FORMATS = ['skyloom', 'dagman'] as const

/** `skyloom`: one file of JSON lines; `dagman`: DAG, submit descriptions and scripts for HTCondor. */
export type RunFormat = (typeof RUN_FORMATS)[number]

/** A plan with what is written beside it. */
export interface RunContent {
  readonly plan: Plan
  readonly request: PlanRequest
  readonly place: RunPlace
  readonly sources: readonly SourceFile[]
  /** Id of the outermost run that contains this one. */
  readonly rootWorkflowId?: string | undefined
  /** The job whose sub-workflow it is. */
  readonly parent?: ParentJob | undefined
  /** Run times of past runs with which it was planned. */
  readonly runTimes?: RunTimes | undefined
}

/** How a run is written. */
export interface WriteRunOptions {
  readonly format: RunFormat
  /** Name and version of the program, `skyloom 0.1.0`. */
  readonly program: string
  /** Arguments with which it was called. */
  readonly commandLine?: readonly string[] | undefined
  /** Command that plans sub-workflows; default `skyloom plan`. */
  readonly plannerCommand?: readonly string[] | undefined
  /** Replace a run that was planned into the same directory. */
  readonly overwrite?: boolean | undefined
  readonly time?: Date | undefined
  /** Stops the writing; nothing is left behind. */
  readonly signal?: AbortSignal | undefined
}

/** A run that was written. */
export interface WrittenRun {
  readonly runDir: string
  readonly workflowId: string
  readonly fileCount: number
  /** File that HTCondor starts; `undefined` for other forms. */
  readonly dagFile: string | undefined
  /** SHA-256 of `plan.jsonl`, hexadecimal. */
  readonly planSha256: string
}

/**
 * Writes an executable workflow into its directory, which appears complete or not at all.
 *
 * @throws {BaseError} `BASE_EXISTS` when something is there already, `BASE_DISK_FULL`, `BASE_WRITE_FAILED`
 * @throws {WorkflowError} `WORKFLOW_BAD_VALUE` for plans that the form cannot express
 */
export async function writeRun(content: RunContent, options: WriteRunOptions): Promise<WrittenRun> {
  const { runDir } = content.place
  const parent = dirname(runDir)
  await mkdir(parent, { recursive: true }).catch((cause: unknown) => {
    throw writeFailed(parent, cause)
  })
  const mayReplace = options.overwrite === true && isRunDirectory(runDir)
  // The empty directory reserves the name against others who plan at the same time.
  const isReserved = mayReplace ? false : await reserve(content.place, options.overwrite === true)
  const mark = `${PARTIAL_MARK}${randomBytes(6).toString('hex')}`
  const partial = join(parent, `.${basename(runDir)}${mark}`)
  const workflowId = randomUUID()
  const planHash = createHash('sha256')
  try {
    const files = hashed(runFiles(content, options, workflowId), PLAN_FILE, planHash)
    const fileCount = await writePlannedFiles(partial, files, options.signal)
    if (options.format === 'dagman')
      for (const folder of subWorkflowFolders(content.plan))
        await mkdir(join(partial, folder), { recursive: true })
    const old = join(parent, `.${basename(runDir)}.old${mark}`)
    if (mayReplace) await rename(runDir, old)
    await rename(partial, runDir)
    await syncFolder(parent)
    if (mayReplace) await rm(old, { recursive: true, force: true })
    const dagFile = options.format === 'dagman' ? join(runDir, `${content.plan.basename}.dag`) : undefined
    return { runDir, workflowId, fileCount, dagFile, planSha256: planHash.digest('hex') }
  } catch (error) {
    await rm(partial, { recursive: true, force: true })
    if (isReserved) await rmdir(runDir).catch(() => undefined)
    throw error
  }
}

/** The files, with the content of the one with this path added to a hash as it is written. */
function* hashed(files: Iterable<PlannedFile>, path: string, hash: Hash): Generator<PlannedFile> {
  for (const file of files)
    yield file.path === path ? { ...file, chunks: throughHash(file.chunks, hash) } : file
}

function* throughHash(chunks: Iterable<string>, hash: Hash): Generator<string> {
  for (const chunk of chunks) {
    hash.update(chunk)
    yield chunk
  }
}

/** @returns whether the directory was made here */
async function reserve(place: RunPlace, wantsOverwrite: boolean): Promise<boolean> {
  const { runDir } = place
  try {
    await mkdir(runDir)
    return true
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'))
      throw writeFailed(runDir, cause)
    // An empty directory with a number was made by somebody who plans at the same time.
    if (!place.isNumbered && (await readdir(runDir).catch(() => ['no directory'])).length === 0) return false
    throw new BaseError('BASE_EXISTS', 'the directory of the run is taken', {
      where: [runDir],
      remedy: wantsOverwrite
        ? 'only a directory with a plan of Skyloom is replaced; choose another with --dir or --relative-dir'
        : 'choose another with --dir or --relative-dir, or plan again with --overwrite',
      cause,
    })
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function* runFiles(
  content: RunContent,
  options: WriteRunOptions,
  workflowId: string,
): Generator<PlannedFile, void, undefined> {
  const { plan, request, place } = content
  const description = describe(content, options, workflowId)
  yield* runDirectoryFiles(plan)
  if (options.format === 'dagman') {
    const planner = options.plannerCommand ?? ['skyloom', 'plan']
    yield* dagmanFiles(plan, {
      runDir: place.runDir,
      workflowId,
      rootWorkflowId: description.rootWorkflowId,
      time: description.time,
      version: options.program,
      plannerCommand: [...planner, '--parent-run', place.runDir, '--format', 'dagman'],
    })
    yield* subWorkflowOutputs(plan)
  }
  yield* furtherCatalogs(request)
  if (content.runTimes !== undefined && content.runTimes.size > 0) {
    yield textFile(`catalogs/${RUN_TIMES_FILE}`, runTimesToJson(content.runTimes))
  }
  const inputs = subWorkflowInputs(plan)
  if (inputs !== undefined) yield textFile(CACHE_FILE, writeReplicaCatalog(inputs, { format: 'text' }))
  yield textFile('braindump.yml', braindump(content, description))
  yield textFile(REQUEST_FILE, `${JSON.stringify(description, undefined, 2)}\n`)
}

function describe(content: RunContent, options: WriteRunOptions, workflowId: string): RunRequest {
  const { plan, request, place, sources } = content
  return {
    version: REQUEST_VERSION,
    workflow: plan.workflowName,
    workflowId,
    rootWorkflowId: content.rootWorkflowId ?? workflowId,
    parent: content.parent,
    time: (options.time ?? new Date()).toISOString(),
    format: options.format,
    program: options.program,
    runDir: place.runDir,
    commandLine: [...(options.commandLine ?? [])],
    sources: sources.map(({ role, path }) => ({ role, path })),
    earlierRuns: request.earlierRuns?.length ?? 0,
    options: optionsAsJson(request.options ?? {}),
  }
}

function* furtherCatalogs(request: PlanRequest): Generator<PlannedFile, void, undefined> {
  for (const key of ['cache', 'inputListing', 'inheritedReplicas', 'outputLocations'] as const) {
    const catalog = request[key]
    if (catalog !== undefined)
      yield textFile(`catalogs/${FURTHER_CATALOGS[key]}`, writeReplicaCatalog(catalog))
  }
  let number = 0
  for (const catalog of request.earlierRuns ?? []) {
    yield textFile(`catalogs/${earlierRunName(++number)}`, writeReplicaCatalog(catalog))
  }
}

/** Flat facts about the run under the names that tools for Pegasus runs look for. */
function braindump(content: RunContent, description: RunRequest): string {
  const { plan, place, sources } = content
  const facts: readonly (readonly [string, string])[] = [
    ['user', userName()],
    ['submit_hostname', hostname()],
    ['root_wf_uuid', description.rootWorkflowId],
    ['wf_uuid', description.workflowId],
    ['dax', sources.find((source) => source.role === 'workflow')?.path ?? ''],
    ['dax_label', plan.workflowName],
    ['dax_index', '0'],
    ['pegasus_wf_name', plan.basename],
    ['timestamp', description.time],
    ['basedir', place.baseDir],
    ['submit_dir', place.runDir],
    ['rundir', basename(place.runDir)],
    ['planner', 'skyloom plan'],
    ['planner_version', description.program],
    ['planner_arguments', description.commandLine.join(' ')],
    ['properties', 'catalogs/pegasus.properties'],
    ['dag', `${plan.basename}.dag`],
    ['type', description.format === 'dagman' ? 'dag' : 'skyloom'],
  ]
  return facts.map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`).join('')
}
