import { WorkflowError } from '../../errors.ts'
import { profileValue } from '../../model/profile.ts'
import type { PlanJob } from '../../plan/plan.ts'
import type { DagmanOptions } from './dagman-files.ts'
import type { DagNames } from './names.ts'
import { NODE_LIBRARY } from './node-library.ts'
import { oneLine } from './shell.ts'
import { isFetched } from './task-script.ts'

/** Number of a kind of job in the attribute `pegasus_job_class` (file 03, section 3.7). */
const JOB_CLASS: Readonly<Record<PlanJob['kind'], number>> = {
  compute: 1,
  stage_in: 2,
  stage_out: 3,
  registration: 4,
  inter_site: 5,
  create_dir: 6,
  cleanup: 8,
  chmod: 9,
  sub_workflow: 10,
  sub_dag: 11,
  noop: 12,
}

/** Submit commands that profiles may not set: the planner owns them. */
const OWNED_COMMANDS: ReadonlySet<string> = new Set([
  'arguments',
  'executable',
  'environment',
  'log',
  'notify_user',
  'output',
  'error',
  'x509userproxy',
  'queue',
])

/** Megabytes of memory and disk that a job asks for when no profile says (file 04, section 4.3). */
const DEFAULT_MEMORY_MB = 2048
const DEFAULT_DISK_MB = 5120
/** Seconds after which a held job is removed: production, and the other modes. */
const HELD_SECONDS = 1800
const HELD_SECONDS_DEVELOPMENT = 30

/** Text of the submit description of a job; keys in alphabetical order within plain commands, macros and attributes. */
export function submitFile(
  job: PlanJob,
  names: DagNames,
  options: DagmanOptions,
  scratchDir: string,
): string {
  const stem = `${options.runDir}/${names.stem(job.number)}`
  const runsLocally = runsOnSubmitHost(job)
  const commands = new Map<string, string>()
  for (const { namespace, key, value } of job.profiles) {
    if (namespace === 'condor' && !OWNED_COMMANDS.has(key.toLowerCase()) && key !== 'priority')
      commands.set(key, value)
  }
  const held = options.isProduction ? HELD_SECONDS : HELD_SECONDS_DEVELOPMENT
  setAll(commands, [
    ['environment', environment(job, names, options)],
    ['error', `${stem}.err.$(cluster)`],
    ['executable', `${stem}.sh`],
    ['log', `${options.runDir}/${options.basename}.log`],
    ['notification', 'NEVER'],
    ['output', `${stem}.out.$(cluster)`],
    ['periodic_release', 'False'],
    ['periodic_remove', `(JobStatus == 5) && ((time() - EnteredCurrentStatus) > ${held})`],
    ['priority', String(job.priority)],
    ['stream_error', 'false'],
    ['stream_output', 'false'],
    ['submit_event_user_notes', `pool:${job.site}`],
  ])
  if (runsLocally) {
    setAll(commands, [
      ['transfer_executable', 'false'],
      ['universe', 'local'],
    ])
  } else placeOnPool(commands, job, options, scratchDir)
  const macros = resources(job, commands)
  const lines = [`# submit description of ${job.name}`]
  for (const [key, value] of sorted(commands)) lines.push(`${key} = ${value}`)
  for (const [key, value] of sorted(macros)) lines.push(`${key} = ${value}`)
  for (const [key, value] of sorted(attributes(job, names, options))) lines.push(`+${key} = ${value}`)
  return `${lines.map((line) => oneLine(line, job.name)).join('\n')}\nqueue\n`
}

/** True for jobs that the submit host runs itself; compute jobs of site `local` go through the queue. */
export function runsOnSubmitHost(job: PlanJob): boolean {
  return job.site === 'local' && job.kind !== 'compute'
}

function setAll(commands: Map<string, string>, pairs: readonly (readonly [string, string])[]): void {
  for (const [key, value] of pairs) commands.set(key, value)
}

function sorted(map: ReadonlyMap<string, string>): readonly (readonly [string, string])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

function placeOnPool(
  commands: Map<string, string>,
  job: PlanJob,
  options: DagmanOptions,
  scratchDir: string,
): void {
  const style = profileValue(job.profiles, 'pegasus', 'style') ?? 'condor'
  const isBatch = style === 'glite' || style === 'ssh'
  if (!commands.has('universe')) commands.set('universe', isBatch ? 'grid' : 'vanilla')
  if (isBatch) {
    if (!commands.has('grid_resource')) commands.set('grid_resource', `batch ${options.batchSystem}`)
    commands.set('+remote_cerequirements', batchRequirements(job))
  }
  setAll(commands, [
    ['should_transfer_files', 'YES'],
    ['transfer_executable', 'true'],
    ['when_to_transfer_output', 'ON_EXIT'],
  ])
  const files = [`${options.runDir}/${NODE_LIBRARY}`]
  if (job.dataConfiguration === 'condorio') {
    commands.set('initialdir', scratchDir)
    for (const input of job.inputs) {
      if (input.from === 'absent' || isFetched(input)) continue
      files.push(listedPath(job, input.sources[0]?.url.replace(/^file:\/\//, '') ?? input.lfn))
    }
    const outputs = job.outputs.filter((output) => !output.isCheckpoint)
    if (outputs.length > 0)
      commands.set('transfer_output_files', outputs.map(({ lfn }) => listedPath(job, lfn)).join(','))
    const deep = outputs.filter(({ lfn }) => lfn.includes('/'))
    if (deep.length > 0) {
      const remaps = deep.map(({ lfn }) => `${lfn.slice(lfn.lastIndexOf('/') + 1)}=${lfn}`).join(';')
      commands.set('transfer_output_remaps', `"${remaps}"`)
    }
  } else if (job.kind === 'compute' && !commands.has('transfer_output_files')) {
    commands.set('transfer_output_files', '""')
  }
  commands.set('transfer_input_files', files.join(','))
}

/** HTCondor's lists of files have no way to quote a comma. */
function listedPath(job: PlanJob, path: string): string {
  if (!/[,"\n]/.test(path)) return path
  throw new WorkflowError(
    'WORKFLOW_BAD_VALUE',
    'HTCondor cannot transfer a file with a comma, quote or line end in its name',
    {
      where: [job.name],
      found: path,
      remedy: 'rename the file, or plan with nonsharedfs or sharedfs',
    },
  )
}

/** `environment` in the syntax with double quotes: words separated by blanks, single quotes group, quotes are doubled. */
function environment(job: PlanJob, names: DagNames, options: DagmanOptions): string {
  const pairs: (readonly [string, string])[] = [
    ['CONDOR_JOBID', '$(cluster).$(process)'],
    ['PEGASUS_DAG_JOB_ID', names.name(job.number)],
    ['PEGASUS_SITE', job.site],
    ['PEGASUS_WF_LABEL', options.workflowName],
    ['PEGASUS_WF_UUID', options.workflowId],
  ]
  for (const { namespace, key, value } of job.profiles) if (namespace === 'env') pairs.push([key, value])
  const words = pairs.map(([key, value]) => {
    const text = `${key}=${value}`.replaceAll('"', '""')
    return /^[\w=.,:/$()@%+-]*$/.test(text) ? text : `'${text.replaceAll("'", "''")}'`
  })
  return `"${words.join(' ')}"`
}

function resources(job: PlanJob, commands: Map<string, string>): ReadonlyMap<string, string> {
  const value = (key: string, normal: number): string => {
    const number = Number(profileValue(job.profiles, 'pegasus', key) ?? Number.NaN)
    return String(Number.isFinite(number) && number >= 0 ? number : normal)
  }
  const macros = new Map([
    ['pegasus_cores', value('cores', 1)],
    ['pegasus_diskspace_mb', value('diskspace', DEFAULT_DISK_MB)],
    ['pegasus_gpus', value('gpus', 0)],
    ['pegasus_job_runtime', value('runtime', 0)],
    ['pegasus_memory_mb', value('memory', DEFAULT_MEMORY_MB)],
  ])
  if (job.kind === 'compute') {
    const requests: readonly (readonly [string, string])[] = [
      ['request_cpus', '$(pegasus_cores)'],
      ['request_disk', '$(pegasus_diskspace_mb)MB'],
      ['request_memory', '$(pegasus_memory_mb)MB'],
    ]
    for (const [key, request] of requests) if (!commands.has(key)) macros.set(key, request)
    if (macros.get('pegasus_gpus') !== '0' && !commands.has('request_gpus'))
      macros.set('request_gpus', '$(pegasus_gpus)')
  }
  return macros
}

function attributes(job: PlanJob, names: DagNames, options: DagmanOptions): ReadonlyMap<string, string> {
  const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  const [task] = job.tasks
  return new Map([
    ['pegasus_generator', quoted('Skyloom')],
    ['pegasus_root_wf_uuid', quoted(options.rootWorkflowId)],
    ['pegasus_wf_uuid', quoted(options.workflowId)],
    ['pegasus_version', quoted(options.version)],
    ['pegasus_wf_name', quoted(options.basename)],
    ['pegasus_wf_time', quoted(options.time)],
    ['pegasus_wf_xformation', quoted(task?.transformation ?? `skyloom::${job.kind}`)],
    ['pegasus_wf_dax_job_id', quoted(job.tasks.length === 1 && task !== undefined ? task.id : 'null')],
    ['pegasus_wf_dag_job_id', quoted(names.name(job.number))],
    ['pegasus_job_class', String(JOB_CLASS[job.kind])],
    ['pegasus_site', quoted(job.site)],
    ['pegasus_cluster_size', String(Math.max(1, job.tasks.length))],
  ])
}

/** Requests for the batch system behind HTCondor's gateway. */
function batchRequirements(job: PlanJob): string {
  const terms: string[] = []
  const add = (name: string, key: string): void => {
    const value = profileValue(job.profiles, 'pegasus', key)
    if (value !== undefined)
      terms.push(`${name}==${/^\d+$/.test(value) ? value : `"${value.replaceAll('"', '\\"')}"`}`)
  }
  terms.push(`JOBNAME=="${job.name.slice(0, 64)}"`, 'PASSENV==1')
  add('NODES', 'nodes')
  add('CORES', 'cores')
  add('PROCS', 'ppn')
  add('PER_PROCESS_MEMORY', 'memory')
  add('PROJECT', 'project')
  add('QUEUE', 'queue')
  add('EXTRA_ARGUMENTS', 'glite.arguments')
  const wallTime = wallSeconds(job)
  if (wallTime !== undefined) {
    const two = (n: number): string => String(Math.floor(n)).padStart(2, '0')
    terms.push(`WALLTIME=="${two(wallTime / 3600)}:${two((wallTime / 60) % 60)}:${two(wallTime % 60)}"`)
  }
  return `"${terms.join(' && ').replaceAll('"', '""')}"`
}

/** Profile `maxwalltime` in minutes, else `runtime` in seconds. */
function wallSeconds(job: PlanJob): number | undefined {
  const minutes = Number(profileValue(job.profiles, 'pegasus', 'maxwalltime') ?? Number.NaN)
  if (Number.isFinite(minutes)) return minutes * 60
  const seconds = Number(profileValue(job.profiles, 'pegasus', 'runtime') ?? Number.NaN)
  return Number.isFinite(seconds) ? seconds : undefined
}
