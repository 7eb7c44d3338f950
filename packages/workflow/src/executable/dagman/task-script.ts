import { profileValue } from '../../model/profile.ts'
import { type Container, imageFolder } from '../../model/transformation-catalog.ts'
import type { PlanInput, PlanJob, PlanTask } from '../../plan/plan.ts'
import { splitArguments } from '../arguments.ts'
import type { DagmanOptions } from './dagman-files.ts'
import { NODE_LIBRARY } from './node-library.ts'
import { shellLine, shellWord } from './shell.ts'
import { copyMode } from './work-script.ts'

/**
 * Wrapper of a compute job: work directory, stage-in and checks of inputs, the tasks one after the other, stage-out.
 * With `sharedfs` the tasks run in the scratch directory and nothing moves; with `condorio` HTCondor moves the files.
 */
export function taskScript(job: PlanJob, options: DagmanOptions, scratchDir: string): string {
  const isShared = job.dataConfiguration === 'sharedfs'
  const lines = ['#!/bin/sh', `# compute job ${job.name}`, `. ./${NODE_LIBRARY}`]
  if (profileValue(job.profiles, 'pegasus', 'integrity') === 'none' || !options.checksIntegrity)
    lines.push('sky_integrity=none')
  lines.push('', '# work directory')
  if (isShared) lines.push(`cd ${shellWord(scratchDir)} || { sky_failed 'no scratch directory'; sky_end; }`)
  else if (job.dataConfiguration === 'nonsharedfs') {
    lines.push('sky_workdir "${PEGASUS_WN_TMP:-${_CONDOR_SCRATCH_DIR:-${TMPDIR:-/tmp}}}"')
  }
  const folders = outputFolders(job)
  if (folders.length > 0) lines.push(shellLine(['mkdir', '-p', '--', ...folders]))
  lines.push('', '# stage in', ...inputLines(job))
  const read = job.inputs.filter(({ from }) => from !== 'absent').map(({ lfn }) => lfn)
  if (read.length > 0) lines.push(shellLine(['sky_inputs', ...read]))
  lines.push('', '# tasks', 'if [ "$sky_code" -eq 0 ]; then')
  for (const task of job.tasks) lines.push(`  ${taskLine(job, task)}`)
  lines.push('fi')
  lines.push('', '# stage out', ...outputLines(job))
  return `${lines.join('\n')}\n`
}

/** Folders in the names of outputs: programs expect to find them. */
function outputFolders(job: PlanJob): readonly string[] {
  const folders = job.outputs.map(({ lfn }) => lfn.slice(0, Math.max(0, lfn.lastIndexOf('/'))))
  return [...new Set(folders)].filter((folder) => folder !== '')
}

function inputLines(job: PlanJob): readonly string[] {
  const lines: string[] = []
  for (const input of job.inputs) {
    if (input.from === 'absent') continue
    const fetches =
      job.dataConfiguration === 'nonsharedfs' || (job.dataConfiguration === 'condorio' && isFetched(input))
    const guard = input.isOptional ? ' || sky_code=0' : ''
    if (fetches) {
      const urls = input.sources.map((source) => source.url)
      lines.push(shellLine(['sky_get', input.lfn, copyMode(input), input.sha256 ?? '-', ...urls]) + guard)
    } else if (job.dataConfiguration === 'condorio') {
      lines.push(shellLine(['sky_place_input', input.lfn]) + guard)
      if (input.sha256 !== undefined) lines.push(shellLine(['sky_check', input.lfn, input.sha256]))
    }
    if (input.isExecutable && job.dataConfiguration !== 'sharedfs')
      lines.push(shellLine(['chmod', '+x', '--', input.lfn]))
  }
  return lines
}

/** Inputs that HTCondor does not bring: those that come straight from the network. */
export function isFetched(input: PlanInput): boolean {
  return input.from === 'replica' && !(input.sources[0]?.url.startsWith('file:') ?? false)
}

function taskLine(job: PlanJob, task: PlanTask): string {
  const outputs = job.outputs.filter((output) => !output.isCheckpoint).map((output) => output.lfn)
  // Every task of a cluster may write every output: they are recorded with the last one.
  const written = task === job.tasks.at(-1) ? outputs : []
  const words = [
    'sky_task',
    task.transformation,
    task.id,
    job.site,
    task.stdin ?? '-',
    task.stdout ?? '-',
    task.stderr ?? '-',
    String(written.length),
    ...written,
  ]
  return `${shellLine(words)} ${command(job, task)}`
}

function command(job: PlanJob, task: PlanTask): string {
  const { executable } = task
  const program =
    executable.type === 'installed'
      ? executable.path
      : executable.type === 'staged'
        ? `./${executable.lfn}`
        : task.transformation
  const words = [program, ...splitArguments(task.arguments)]
  const container =
    executable.type === 'installed' || executable.type === 'staged' ? executable.container : undefined
  const launcher = profileValue(job.profiles, 'pegasus', 'gridstart.launcher')
  const before =
    launcher === undefined
      ? []
      : splitArguments([
          launcher,
          profileValue(job.profiles, 'pegasus', 'gridstart.launcher.arguments') ?? '',
        ])
  const environment = task.environment.map(([key, value]) => `${key}=${value}`)
  if (container !== undefined)
    return [...containerWords(job, container, environment), shellLine(words)]
      .filter((part) => part !== '')
      .join(' ')
  // The submit description sets the environment of the whole job; tasks of a cluster may differ.
  const withEnvironment = environment.length === 0 || job.tasks.length === 1 ? [] : ['env', ...environment]
  return shellLine([...withEnvironment, ...before, ...words])
}

/** Words in front of the command that start it in the container; the work directory is the same inside. */
function containerWords(
  job: PlanJob,
  container: Container,
  environment: readonly string[],
): readonly string[] {
  const own = container.profiles
    .filter((p) => p.namespace === 'env')
    .map(({ key, value }) => `${key}=${value}`)
  const variables = [...environment, ...own]
  const extra = splitArguments([profileValue(job.profiles, 'pegasus', 'container.arguments') ?? ''])
  const image = shellWord(container.name)
  const folder = imageFolder(container)
  const place = folder === undefined ? `./${image}` : shellWord(folder)
  switch (container.type) {
    case 'docker': {
      const mounts = container.mounts.flatMap((mount) => ['-v', mount])
      const set = variables.flatMap((variable) => ['-e', variable])
      return [
        'sky_docker_run -v "$PWD:/scratch" -w /scratch',
        shellLine([...mounts, ...set, ...extra]),
        `"$(sky_docker_load ${image})"`,
      ]
    }
    case 'singularity': {
      const mounts = container.mounts.flatMap((mount) => ['--bind', mount])
      const set = variables.flatMap((variable) => ['--env', variable])
      return [
        'sky_apptainer exec --no-home --bind "$PWD:/srv" --pwd /srv',
        shellLine([...mounts, ...set, ...extra]),
        place,
      ]
    }
    case 'bubblewrap': {
      const mounts = container.mounts.flatMap((mount) => {
        const [from = '', to = '', mode] = mount.split(':')
        return [mode === 'ro' ? '--ro-bind' : '--bind', from, to]
      })
      const set = variables.flatMap((variable) => {
        const at = variable.indexOf('=')
        return ['--setenv', variable.slice(0, at), variable.slice(at + 1)]
      })
      return [
        `sky_bwrap ${place} --dev /dev --proc /proc --bind "$PWD" /srv --chdir /srv`,
        shellLine([...mounts, ...set, ...extra]),
      ]
    }
    case 'shifter': {
      const mounts = container.mounts.map((mount) => `--volume=${mount}`)
      const set = variables.map((variable) => `--env=${variable}`)
      return [`shifter --image="$(cat ${image})"`, shellLine([...mounts, ...set, ...extra])]
    }
  }
}

function outputLines(job: PlanJob): readonly string[] {
  const lines: string[] = []
  for (const output of job.outputs) {
    if (job.dataConfiguration === 'sharedfs') {
      if (!output.isCheckpoint)
        lines.push(
          `${missingTest(output.lfn)} || sky_failed ${shellWord(`output ${output.lfn} was not written`)}`,
        )
      continue
    }
    // A checkpoint is brought back also when the job failed, if there is one.
    const isThere = missingTest(output.lfn)
    if (job.dataConfiguration === 'nonsharedfs') {
      const put = shellLine(['sky_put', output.lfn, output.target.url])
      if (output.isCheckpoint) lines.push(`! ${isThere} || ${put}`)
      else lines.push(`[ "$sky_code" -ne 0 ] || ${put}`)
    } else if (!output.isCheckpoint) {
      lines.push(`${isThere} || sky_failed ${shellWord(`output ${output.lfn} was not written`)}`)
    }
  }
  const carried = job.outputs.filter((output) => !output.isCheckpoint).map((output) => output.lfn)
  if (job.dataConfiguration === 'condorio' && carried.length > 0) {
    lines.push(`[ "$sky_code" -eq 0 ] || ${shellLine(['sky_empty', ...carried])}`)
  }
  return lines
}

function missingTest(lfn: string): string {
  return shellLine(['[', '-e', lfn, ']']).replace("'['", '[').replace("']'", ']')
}
