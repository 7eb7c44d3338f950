import { describeJob, type JobDetails, type WorkflowOverview, workflowOverview } from '@skyloom/workflow/node'
import { counted } from '../terminal/count.ts'
import { EXIT } from '../terminal/exit-code.ts'
import { printJson } from '../terminal/output.ts'
import { printLosses, type ReadFlags, readWorkflowFile } from './workflow-read.ts'

/** `skyloom workflow show` */
export async function workflowShow(
  path: string,
  job: string | undefined,
  flags: ReadFlags & { readonly json?: boolean },
): Promise<number> {
  const opened = await readWorkflowFile(path, flags)
  if (opened === undefined) return EXIT.failed
  printLosses(opened.losses)
  if (job !== undefined) {
    const details = describeJob(opened.workflow, job)
    if (flags.json === true) printJson(details)
    else process.stdout.write(jobText(details))
    return EXIT.done
  }
  const overview = workflowOverview(opened)
  if (flags.json === true) printJson(overview)
  else process.stdout.write(overviewText(overview))
  return EXIT.done
}

/** Most names of a list on the terminal. */
const MAX_LISTED = 20

function listed(names: readonly string[]): string {
  const shown = names.slice(0, MAX_LISTED).join(', ')
  return names.length > MAX_LISTED ? `${shown} and ${names.length - MAX_LISTED} more` : shown
}

function overviewText(overview: WorkflowOverview): string {
  const rows: (readonly [string, string])[] = [
    ['workflow', `${overview.name} (${overview.format})`],
    [
      'jobs',
      `${overview.jobs}, ${counted(overview.edges, 'dependency', 'dependencies')}, ${counted(overview.levels, 'level')}`,
    ],
    ...overview.transformations.map(({ name, jobs }): [string, string] => ['', `${jobs} ${name}`]),
    ['inputs', listed(overview.inputs)],
    ['results', listed(overview.results)],
    ['catalogs', overview.catalogs.join(', ')],
    ['metadata', overview.metadata.map(({ key, value }) => `${key}=${value}`).join(', ')],
  ]
  return rows
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name.padEnd(10)}${value}\n`)
    .join('')
}

function jobText(job: JobDetails): string {
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['job', [`${job.id}${job.label === undefined ? '' : ` (${job.label})`}`]],
    ['runs', [`${job.title}${job.type === 'job' ? '' : ` as ${job.type}`}`]],
    ['level', [String(job.level)]],
    ['arguments', job.arguments.length === 0 ? [] : [job.arguments.join(' ')]],
    ['stdin', job.stdin === undefined ? [] : [job.stdin]],
    ['stdout', job.stdout === undefined ? [] : [job.stdout]],
    ['stderr', job.stderr === undefined ? [] : [job.stderr]],
    ['reads', job.reads.map(({ lfn, from }) => (from === undefined ? lfn : `${lfn}, from ${from}`))],
    [
      'writes',
      job.writes.map(({ lfn, to, isResult }) => `${lfn}${readers(to)}${isResult ? ', staged out' : ''}`),
    ],
    ['after', job.parents],
    ['before', job.children],
    ['profiles', job.profiles.map(({ namespace, key, value }) => `${namespace}.${key} = ${value}`)],
    ['hooks', job.hooks.map(({ on, command }) => `${on}: ${command}`)],
    ['metadata', job.metadata.map(({ key, value }) => `${key} = ${value}`)],
  ]
  return rows.map(([name, values]) => block(name, values)).join('')
}

function block(name: string, values: readonly string[]): string {
  const shown = values.slice(0, MAX_LISTED)
  if (values.length > MAX_LISTED) shown.push(`and ${values.length - MAX_LISTED} more`)
  return shown.map((value, i) => `${(i === 0 ? name : '').padEnd(11)}${value}\n`).join('')
}

function readers(jobs: readonly string[]): string {
  return jobs.length === 0 ? '' : `, read by ${listed(jobs)}`
}
