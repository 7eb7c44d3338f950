import { WorkflowError } from '../../errors.ts'
import type { Plan, PlanJob } from '../../plan/plan.ts'
import type { DagLimit } from '../../plan/settings.ts'
import { scratchDirectory } from '../../plan/transfer/urls.ts'
import { urlPath } from '../../plan/url.ts'
import { type PlannedFile, textFile } from '../planned-file.ts'
import { dagFile, plannerArguments } from './dag-file.ts'
import { dagNames } from './names.ts'
import { NODE_LIBRARY, NODE_LIBRARY_TEXT } from './node-library.ts'
import { commentText, shellLine, shellWord } from './shell.ts'
import { submitFile } from './submit-file.ts'
import { taskScript } from './task-script.ts'
import { workScript } from './work-script.ts'

/** What DAGMan files need besides the plan. */
export interface DagmanRequest {
  /** Absolute directory into which the files are written. */
  readonly runDir: string
  /** Unique id of the run, and of the run it belongs to. */
  readonly workflowId: string
  readonly rootWorkflowId?: string
  /** Time of planning, ISO 8601. */
  readonly time: string
  /** Version of Skyloom. */
  readonly version: string
  /** Command that plans sub-workflows; default `skyloom plan`. */
  readonly plannerCommand?: readonly string[]
  /** Batch system of sites with style `glite` that do not name one; default `slurm`. */
  readonly batchSystem?: string
}

/** The request with defaults filled in and what the plan decides. */
export interface DagmanOptions extends Required<DagmanRequest> {
  readonly basename: string
  readonly workflowName: string
  readonly isProduction: boolean
  readonly checksIntegrity: boolean
  readonly limits: ReadonlyMap<DagLimit, number>
}

/**
 * Files that `condor_submit_dag` runs: `<basename>.dag`, and per job a submit description and a script; scripts share
 * the library `skyloom-node.sh`. Files are made one at a time.
 *
 * @throws {WorkflowError} `WORKFLOW_BAD_VALUE` for a relative directory, for the data configuration `memory`, and
 *   while files are made for names that HTCondor cannot transfer
 */
export function* dagmanFiles(plan: Plan, request: DagmanRequest): Generator<PlannedFile, void, undefined> {
  const options = resolveOptions(plan, request)
  const names = dagNames(plan)
  yield { path: `${plan.basename}.dag`, chunks: dagFile(plan, names, options), isExecutable: false }
  yield textFile(`${plan.basename}.dag.config`, configFile(options.limits))
  yield textFile(NODE_LIBRARY, NODE_LIBRARY_TEXT)
  const folders = outputFolders(plan)
  for (let number = 0; number < plan.jobCount; number++) {
    const job = plan.job(number)
    const stem = names.stem(number)
    if (job.kind === 'sub_dag') continue
    if (job.kind === 'sub_workflow') {
      yield textFile(`${stem}.pre.sh`, planScript(job, options, names.name(number), stem), true)
      continue
    }
    yield textFile(`${stem}.sub`, submitFile(job, names, options, scratchOf(plan, job)))
    const script =
      job.kind === 'compute'
        ? taskScript(job, options, scratchOf(plan, job))
        : workScript(job, options, folders)
    yield textFile(`${stem}.sh`, script, true)
  }
}

function resolveOptions(plan: Plan, request: DagmanRequest): DagmanOptions {
  const { settings } = plan.built.context
  if (!request.runDir.startsWith('/')) {
    throw new WorkflowError('WORKFLOW_BAD_VALUE', 'the directory of the run is not absolute', {
      found: request.runDir,
    })
  }
  if (settings.dataConfiguration === 'memory') {
    throw new WorkflowError('WORKFLOW_BAD_VALUE', 'HTCondor cannot run a plan whose jobs share memory', {
      found: 'data configuration memory',
      allowed: 'sharedfs, nonsharedfs, condorio',
      remedy: 'plan with another data configuration',
    })
  }
  return {
    rootWorkflowId: request.workflowId,
    plannerCommand: ['skyloom', 'plan'],
    batchSystem: 'slurm',
    ...request,
    runDir: request.runDir.replace(/\/+$/, ''),
    basename: plan.basename,
    workflowName: plan.workflowName,
    isProduction: settings.mode === 'production',
    checksIntegrity: settings.integrity !== 'none',
    limits: settings.dagLimits,
  }
}

/** Names of the limits in DAGMan's own configuration. */
const CONFIG_KEYS: Readonly<Record<DagLimit, string>> = {
  maxpre: 'DAGMAN_MAX_PRE_SCRIPTS',
  maxpost: 'DAGMAN_MAX_POST_SCRIPTS',
  maxidle: 'DAGMAN_MAX_JOBS_IDLE',
  maxjobs: 'DAGMAN_MAX_JOBS_SUBMITTED',
}

/**
 * Events that must not abort a DAG: DAGMan's own default (114), and a job that runs once more after it ended (4), which is what a schedd
 * does with a job whose end it wrote to the log, but not to its queue, when its machine died.
 */
const ALLOWED_EVENTS = 114 + 4

function configFile(limits: ReadonlyMap<DagLimit, number>): string {
  const allowed = `DAGMAN_ALLOW_EVENTS = ${ALLOWED_EVENTS}\n`
  return allowed + [...limits].map(([key, limit]) => `${CONFIG_KEYS[key]} = ${limit}\n`).join('')
}

/** Directory of the run on the staging site of a job, as a path. */
function scratchOf(plan: Plan, job: PlanJob): string {
  const { context } = plan.built
  const site = job.stagingSite === undefined ? undefined : context.sites.get(job.stagingSite)
  if (site === undefined) return '/'
  if (job.dataConfiguration === 'sharedfs' && site.scratchPath !== undefined) {
    return `${site.scratchPath}/${context.settings.relativeDir}`
  }
  return urlPath(scratchDirectory(context, site, 'put'))
}

/** Folders in logical names of outputs: HTCondor does not make them when it brings files back. */
function outputFolders(plan: Plan): readonly string[] {
  const folders = new Set<string>()
  for (const lfn of plan.built.context.units.files.lfns) {
    const slash = lfn.lastIndexOf('/')
    if (slash > 0) folders.add(lfn.slice(0, slash))
  }
  return [...folders]
}

/** Script that plans a sub-workflow right before it runs. */
function planScript(job: PlanJob, options: DagmanOptions, name: string, stem: string): string {
  const executable = job.tasks[0]?.executable
  const file = executable?.type === 'workflow' ? (executable.location?.url ?? executable.lfn) : ''
  const words = [
    ...options.plannerCommand,
    file.replace(/^file:\/\//, ''),
    ...plannerArguments(job),
    '--dir',
    `${options.runDir}/${stem}`,
    '--basename',
    name,
    '--parent-job',
    job.name,
  ]
  const dag = shellWord(`${options.runDir}/${stem}/${name}.dag`)
  const log = shellWord(`${options.runDir}/${stem}.pre.log`)
  return `#!/bin/sh
# plans the sub-workflow ${commentText(job.tasks[0]?.transformation ?? '')}
# A further attempt goes on with the plan that is there, from its rescue file.
if [ -e ${dag} ]; then exit 0; fi
exec >${log} 2>&1
exec ${shellLine(words)}
`
}
