import { execFile } from 'node:child_process'
import { basename, dirname } from 'node:path'
import { promisify } from 'node:util'
import { isSkyloomError } from '@skyloom/base'
import { type CleanupStrategy, type ClusterStyle, summarizePlan } from '@skyloom/workflow'
import {
  isRunDirectory,
  type PlanFilesOptions,
  type PlanFilesResult,
  planDocument,
  planFiles,
  type RunFormat,
  type WriteRunOptions,
  type WrittenRun,
  writeRun,
} from '@skyloom/workflow/node'
import { CLI_VERSION } from '../main.ts'
import { counted } from '../terminal/count.ts'
import { EXIT } from '../terminal/exit-code.ts'
import { printFindings } from '../terminal/findings.ts'
import { interruptSignal } from '../terminal/interrupt.ts'
import { printJson } from '../terminal/output.ts'
import { planHistory } from './plan-history.ts'

/** Flags of `skyloom plan` as the command line gives them. */
export interface PlanFlags {
  readonly sites?: readonly string[]
  readonly outputSites?: readonly string[]
  readonly outputSite?: readonly string[]
  readonly outputDir?: string
  readonly stagingSite?: string | ReadonlyMap<string, string>
  readonly dir?: string
  readonly relativeDir?: string
  readonly relativeSubmitDir?: string
  readonly randomdir?: string
  readonly group?: string
  readonly vogroup?: string
  readonly basename?: string
  readonly jobPrefix?: string
  readonly conf?: string
  readonly D?: ReadonlyMap<string, string>
  readonly cluster?: readonly string[]
  readonly clusterTarget?: number
  readonly cleanup?: string
  readonly force?: boolean
  readonly inputDir?: readonly string[]
  readonly cache?: readonly string[]
  readonly reuse?: readonly string[]
  readonly pastRuns?: readonly string[]
  readonly registry?: string
  readonly transformationsDir?: string
  readonly inheritedRcFiles?: readonly string[]
  readonly seed?: number
  readonly dryRun?: boolean
  readonly json?: boolean
  readonly format: RunFormat
  readonly overwrite?: boolean
  readonly submit?: boolean
  readonly verbose: number
  readonly quiet: number
  readonly dax?: string
  readonly forceReplan?: boolean
  readonly forward?: readonly string[]
  readonly X?: readonly string[]
  readonly parentRun?: string
  readonly parentJob?: string
}

/** `skyloom plan` */
export async function runPlan(workflow: string | undefined, flags: PlanFlags): Promise<number> {
  if (flags.submit === true && flags.dryRun !== true && flags.format !== 'dagman') {
    process.stderr.write('error: --submit starts HTCondor; it needs --format dagman\n')
    return EXIT.wrongUse
  }
  if (isPlannedSubWorkflow(flags)) {
    process.stdout.write(`planned before, kept: ${flags.dir ?? ''}\n`)
    return EXIT.done
  }
  noteIgnored(flags)
  const options = planFilesOptions(workflow, flags)
  for (let attempt = 1; ; attempt++) {
    const planned = await planFiles(options)
    if (!planned.ok) return refuse(planned, flags)
    try {
      return await finish(planned, flags)
    } catch (error) {
      // Somebody who plans at the same time took the number of the run.
      const isTaken = planned.place.isNumbered && isSkyloomError(error, 'BASE_EXISTS')
      if (!isTaken || attempt === MAX_ATTEMPTS) throw error
    }
  }
}

/** Attempts to get a number for the run. */
const MAX_ATTEMPTS = 20

/** Writes a plan, or shows what would be written. */
async function finish(planned: PlannedFiles, flags: PlanFlags): Promise<number> {
  const { place } = planned
  if (flags.dryRun === true) {
    printFindings(planned.warnings)
    if (flags.verbose > 0) printSources(planned)
    if (flags.json === true) printJson(document(planned))
    else process.stdout.write(`${planText(planned, flags)}would be written to ${place.runDir}\n`)
    return EXIT.done
  }
  const interrupt = interruptSignal(process, process.stderr)
  let run: WrittenRun
  try {
    run = await writeRun(planned, { ...writeRunOptions(flags), signal: interrupt.signal })
  } finally {
    interrupt.release()
  }
  printFindings(planned.warnings)
  if (flags.verbose > 0) printSources(planned)
  if (flags.json === true) printJson({ ...document(planned), ...runDocument(run) })
  else process.stdout.write(`${planText(planned, flags)}written to ${run.runDir}\n${nextText(run, flags)}`)
  return flags.submit === true && run.dagFile !== undefined ? await submit(run.dagFile) : EXIT.done
}

type PlannedFiles = Extract<PlanFilesResult, { ok: true }>

function writeRunOptions(flags: PlanFlags): WriteRunOptions {
  return {
    format: flags.format,
    program: `skyloom ${CLI_VERSION}`,
    commandLine: process.argv.slice(2),
    plannerCommand: plannerCommand(),
    overwrite: flags.overwrite === true || flags.forceReplan === true,
  }
}

/** What the library is told for the flags of a command line. */
export function planFilesOptions(workflow: string | undefined, flags: PlanFlags): PlanFilesOptions {
  const { outputSites = flags.outputSite, randomdir } = flags
  return {
    workflow: workflow ?? flags.dax,
    folder: process.cwd(),
    confFile: flags.conf,
    definitions: flags.D,
    cacheFiles: flags.cache,
    inheritedFiles: flags.inheritedRcFiles,
    inputDirs: flags.inputDir,
    transformationsDir: flags.transformationsDir,
    reuse: flags.reuse,
    pastRuns: flags.pastRuns,
    // Only what is decided by run times looks for them.
    history:
      flags.registry !== undefined || flags.cluster?.includes('auto') === true
        ? planHistory(flags)
        : undefined,
    dir: flags.dir,
    group: flags.group ?? flags.vogroup,
    relativeDir: flags.relativeDir,
    relativeSubmitDir: flags.relativeSubmitDir,
    randomDir: randomdir === '' ? true : randomdir,
    parentRun: flags.parentRun,
    parentJob: flags.parentJob,
    plan: {
      sites: flags.sites,
      outputSites,
      outputDir: flags.outputDir,
      stagingSites: flags.stagingSite,
      // The library checks the words and says what is allowed.
      cluster: flags.cluster as readonly ClusterStyle[] | undefined,
      cleanup: flags.cleanup as CleanupStrategy | undefined,
      clusterTargetSeconds: flags.clusterTarget,
      force: flags.force,
      jobPrefix: flags.jobPrefix,
      basename: flags.basename,
      seed: flags.seed,
    },
  }
}

/** Prints why there is no plan; the exit code tells options that cannot be from everything else. */
export function refuse(
  refused: Extract<PlanFilesResult, { ok: false }>,
  flags: { readonly json?: boolean },
): number {
  printFindings(refused.problems)
  const errors = refused.problems.filter((finding) => finding.severity === 'error')
  if (flags.json === true) printJson({ refused: true, problems: refused.problems })
  process.stderr.write(`not planned: ${counted(errors.length, 'error')}\n`)
  return errors.some((finding) => finding.code === 'BAD_OPTION') ? EXIT.wrongUse : EXIT.failed
}

/** A sub-workflow that is tried again goes on with its plan, so that what is done stays done. */
function isPlannedSubWorkflow({ parentRun, dir, dryRun, forceReplan }: PlanFlags): boolean {
  if (parentRun === undefined || dir === undefined || dryRun === true) return false
  return forceReplan !== true && isRunDirectory(dir)
}

function noteIgnored(flags: PlanFlags): void {
  const ignored = [
    ...(flags.X === undefined ? [] : ['-X: there is no Java virtual machine to set up']),
    ...(flags.forward === undefined ? [] : ['--forward: no other program starts the run']),
  ]
  for (const text of ignored) process.stderr.write(`note: ${text}; ignored\n`)
}

function printSources(planned: PlannedFiles): void {
  for (const { role, path } of planned.sources) process.stderr.write(`read: ${role} from ${path}\n`)
}

/** The plan for people; its warnings are on standard error already. */
function planText({ plan, sources }: PlannedFiles, flags: PlanFlags): string {
  if (flags.quiet > 0) return ''
  return summarizePlan({ ...plan, counts: plan.counts, warnings: [] }) + runTimesText(sources)
}

/** Where run times came from that nobody named. */
function runTimesText(sources: PlannedFiles['sources']): string {
  return sources
    .filter(({ role }) => role === 'run times')
    .map(({ path }) => `  run times  of earlier runs in ${path}\n`)
    .join('')
}

function document(planned: PlannedFiles): object {
  return {
    ...planDocument(planned.plan),
    warnings: planned.warnings.map((finding) => finding.text),
    sources: planned.sources,
    submit_dir: planned.place.runDir,
    scratch_dir: planned.place.relativeDir,
  }
}

function runDocument(run: WrittenRun): object {
  return {
    wf_uuid: run.workflowId,
    files: run.fileCount,
    ...(run.dagFile === undefined ? {} : { dag: run.dagFile }),
  }
}

function nextText(run: WrittenRun, flags: PlanFlags): string {
  if (flags.quiet > 0 || flags.submit === true) return ''
  if (run.dagFile === undefined) return `next: skyloom run start ${run.runDir}\n`
  return `next: condor_submit_dag ${run.dagFile}\n`
}

/** This program, as jobs of HTCondor call it: without a search path. */
function plannerCommand(): readonly string[] {
  const script = process.argv[1]
  return script === undefined ? ['skyloom', 'plan'] : [process.execPath, script, 'plan']
}

async function submit(dagFile: string): Promise<number> {
  try {
    const { stdout } = await promisify(execFile)('condor_submit_dag', [basename(dagFile)], {
      cwd: dirname(dagFile),
    })
    process.stderr.write(stdout)
    return EXIT.done
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
    const text = cause instanceof Error ? cause.message : String(cause)
    process.stderr.write(
      isMissing
        ? 'error: condor_submit_dag is not installed or not in PATH\n'
        : `error: HTCondor did not take the run\n${text}\n`,
    )
    process.stderr.write(`next: condor_submit_dag ${dagFile}\n`)
    return EXIT.failed
  }
}
