import { type FileStats, type RuntimeStats, type WorkflowStats, workflowStats } from '@skyloom/workflow/node'
import { EXIT } from '../terminal/exit-code.ts'
import { formatBytes, formatDuration } from '../terminal/format.ts'
import { printJson, shortNumber, textTable } from '../terminal/output.ts'
import { type ReadFlags, readWorkflowFile } from './workflow-read.ts'

/** `skyloom workflow stats` */
export async function workflowStatistics(
  path: string,
  flags: ReadFlags & { readonly json?: boolean },
): Promise<number> {
  const opened = await readWorkflowFile(path, flags)
  if (opened === undefined) return EXIT.failed
  const stats = workflowStats(opened.workflow)
  if (flags.json === true) printJson(stats)
  else process.stdout.write(statsText(stats))
  return EXIT.done
}

function statsText(stats: WorkflowStats): string {
  const { runtime } = stats
  const lines = [
    `workflow    ${stats.name}`,
    `jobs        ${stats.jobs}${stats.subWorkflows === 0 ? '' : `, ${stats.subWorkflows} of them sub-workflows`}`,
    `shape       ${stats.edges} dependencies, ${stats.levels} levels, up to ${Math.max(0, ...stats.levelWidths)} jobs wide, ${stats.roots} roots, ${stats.leaves} leaves`,
    `inputs      ${filesText(stats.inputs)}`,
    `between     ${filesText(stats.intermediate)}`,
    `outputs     ${filesText(stats.outputs)}`,
    `run time    ${runtimeText(runtime, stats)}`,
  ]
  const rows = stats.transformations.map((each) => [
    each.name,
    String(each.jobs),
    String(each.reads),
    String(each.writes),
    ...(runtime === undefined ? [] : runtimeCells(each.runtime)),
  ])
  const head = ['transformation', 'jobs', 'reads', 'writes']
  const table = textTable(
    runtime === undefined ? head : [...head, 'sum s', 'least s', 'mean s', 'most s'],
    rows,
  )
  return `${lines.join('\n')}\n\n${table}`
}

function runtimeText(runtime: RuntimeStats | undefined, stats: WorkflowStats): string {
  if (runtime === undefined) return 'unknown: no job has a profile runtime'
  const unknown = stats.jobs - runtime.count
  const known = unknown === 0 ? '' : ` (${unknown} jobs without)`
  const chain = `longest chain ${formatDuration(stats.criticalPathSeconds * 1000)}, ${stats.criticalPath.length} jobs`
  return `${formatDuration(runtime.sum * 1000)} in all${known}; ${chain}`
}

function runtimeCells(runtime: RuntimeStats | undefined): readonly string[] {
  if (runtime === undefined) return ['-', '-', '-', '-']
  return [runtime.sum, runtime.least, runtime.mean, runtime.most].map(shortNumber)
}

function filesText({ files, bytes, filesWithoutSize }: FileStats): string {
  if (files === 0) return 'none'
  const unknown = filesWithoutSize === 0 ? '' : `, ${filesWithoutSize} of unknown size`
  return `${files} files, ${formatBytes(bytes)}${unknown}`
}
