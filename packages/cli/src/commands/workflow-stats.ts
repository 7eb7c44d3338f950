import { type FileStats, type RuntimeStats, type WorkflowStats, workflowStats } from '@skyloom/workflow/node'
import { counted } from '../terminal/count.ts'
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
    `shape       ${shapeText(stats)}`,
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

function shapeText({ edges, levels, levelWidths, roots, leaves }: WorkflowStats): string {
  const widest = levelWidths.reduce((most, width) => Math.max(most, width), 0)
  return [
    counted(edges, 'dependency', 'dependencies'),
    counted(levels, 'level'),
    `up to ${counted(widest, 'job')} wide`,
    counted(roots, 'root'),
    counted(leaves, 'leaf', 'leaves'),
  ].join(', ')
}

function runtimeText(runtime: RuntimeStats | undefined, stats: WorkflowStats): string {
  if (runtime === undefined) return 'unknown: no job has a profile runtime'
  const unknown = stats.jobs - runtime.count
  const known = unknown === 0 ? '' : ` (${counted(unknown, 'job')} without)`
  const chain = `longest chain ${formatDuration(stats.criticalPathSeconds * 1000)}, ${counted(stats.criticalPath.length, 'job')}`
  return `${formatDuration(runtime.sum * 1000)} in all${known}; ${chain}`
}

function runtimeCells(runtime: RuntimeStats | undefined): readonly string[] {
  if (runtime === undefined) return ['-', '-', '-', '-']
  return [runtime.sum, runtime.least, runtime.mean, runtime.most].map(shortNumber)
}

function filesText({ files, bytes, filesWithoutSize }: FileStats): string {
  if (files === 0) return 'none'
  const unknown = filesWithoutSize === 0 ? '' : `, ${filesWithoutSize} of unknown size`
  return `${counted(files, 'file')}, ${formatBytes(bytes)}${unknown}`
}
