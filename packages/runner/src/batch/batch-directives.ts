import { type PlanJob, profileValue, splitArguments } from '@skyloom/workflow'

/**
 * Words for `sbatch` from the profiles of a job, under the names that Pegasus uses for batch systems: `pegasus.queue`,
 * `pegasus.project`, `pegasus.nodes`, `pegasus.gpus`, `pegasus.diskspace` (MB), and `pegasus.glite.arguments` for anything else.
 */
export function slurmWords(job: Pick<PlanJob, 'profiles'>): readonly string[] {
  const value = (key: string): string | undefined =>
    profileValue(job.profiles, 'pegasus', key) ?? profileValue(job.profiles, 'globus', key)
  const words: string[] = []
  const add = (key: string, word: (text: string) => string): void => {
    const text = value(key)
    if (text !== undefined && text !== '') words.push(word(text))
  }
  add('queue', (text) => `--partition=${text}`)
  add('project', (text) => `--account=${text}`)
  add('nodes', (text) => `--nodes=${text}`)
  add('gpus', (text) => `--gres=gpu:${text}`)
  add('diskspace', (text) => `--tmp=${text}M`)
  const more = profileValue(job.profiles, 'pegasus', 'glite.arguments')
  return more === undefined ? words : [...words, ...splitArguments([more])]
}

/** Submit commands that the engine sets itself. */
const OWNED =
  /^(?:arguments|executable|environment|log|output|error|queue|universe|initialdir|transfer_\w+|should_transfer_files|when_to_transfer_output|request_cpus|request_memory|priority|notification|batch_name|periodic_\w+|leave_in_queue|hold)$/i

/** Lines of a submit description from the profiles `condor` of a job, and `pegasus.diskspace`, `pegasus.gpus`. */
export function condorCommands(job: Pick<PlanJob, 'profiles'>): readonly string[] {
  const lines = new Map<string, string>()
  for (const { namespace, key, value } of job.profiles)
    if (namespace === 'condor' && !OWNED.test(key) && !/[\n\r]/.test(key + value)) lines.set(key, value)
  const disk = profileValue(job.profiles, 'pegasus', 'diskspace')
  if (disk !== undefined && !lines.has('request_disk')) lines.set('request_disk', `${disk}MB`)
  const gpus = profileValue(job.profiles, 'pegasus', 'gpus')
  if (gpus !== undefined && !lines.has('request_gpus')) lines.set('request_gpus', gpus)
  return [...lines].map(([key, value]) => `${key} = ${value}`).sort()
}
