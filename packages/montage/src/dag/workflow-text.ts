/** A job of an abstract workflow. */
export interface WorkflowJob {
  /** Program: `mProject`. */
  readonly name: string
  readonly args: readonly (string | number)[]
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  /** Outputs are results that are kept; default: they only serve later jobs. */
  readonly isResult?: boolean
}

/** An abstract workflow as far as mosaics need it. */
export interface AbstractWorkflow {
  readonly name: string
  readonly jobs: readonly WorkflowJob[]
  readonly metadata: ReadonlyMap<string, string>
}

/** A file that is there before the workflow runs. */
export interface Replica {
  readonly lfn: string
  readonly url: string
}

/**
 * The abstract workflow as a Pegasus document (`workflow.yml`, format 5.0). Which job waits for which follows from the files that they
 * read and write, so it is not said twice.
 */
export function workflowText({ name, jobs, metadata }: AbstractWorkflow): string {
  const lines = ['pegasus: "5.0"', `name: ${quoted(name)}`]
  if (metadata.size > 0)
    lines.push('metadata:', ...[...metadata].map(([key, value]) => `  ${quoted(key)}: ${quoted(value)}`))
  lines.push('jobs:')
  for (const [index, job] of jobs.entries()) {
    lines.push(
      `- type: job`,
      `  name: ${quoted(job.name)}`,
      `  id: ID${String(index + 1).padStart(7, '0')}`,
      `  arguments: [${job.args.map((word) => quoted(String(word))).join(', ')}]`,
      '  uses:',
      ...job.inputs.map((lfn) => `  - {lfn: ${quoted(lfn)}, type: input}`),
      ...job.outputs.map(
        (lfn) =>
          `  - {lfn: ${quoted(lfn)}, type: output, stageOut: ${job.isResult === true}, registerReplica: false}`,
      ),
    )
  }
  return `${lines.join('\n')}\n`
}

/** A replica catalog (`replicas.yml`): files of this machine are at the site `local`, others at `web`. */
export function replicasText(replicas: readonly Replica[]): string {
  const rows = replicas.map(
    ({ lfn, url }) =>
      `- {lfn: ${quoted(lfn)}, pfns: [{site: ${/^https?:/i.test(url) ? 'web' : 'local'}, pfn: ${quoted(url)}}]}`,
  )
  return `${['pegasus: "5.0"', 'replicas:', ...rows].join('\n')}\n`
}

/** A text that YAML reads as that text. */
function quoted(text: string): string {
  return JSON.stringify(text)
}
