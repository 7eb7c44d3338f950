import type { BreakdownLine, CountRow, RunStatistics, Spread, TimeLine } from './run-statistics.ts'

/** Names of the parts of a statistics report. */
export const STATISTICS_PARTS = ['summary', 'workflow', 'jobs', 'breakdown', 'time', 'integrity'] as const

/** Part of a statistics report. */
export type StatisticsPart = (typeof STATISTICS_PARTS)[number]

const RULE = '-'.repeat(78)

/** One part of a report in the columns of pegasus-statistics. */
export function statisticsText(statistics: RunStatistics, part: StatisticsPart): string {
  switch (part) {
    case 'summary':
      return summaryText(statistics)
    case 'workflow':
      return workflowText(statistics)
    case 'jobs':
      return jobsText(statistics)
    case 'breakdown':
      return breakdownText(statistics.breakdown)
    case 'time':
      return timeText(statistics)
    case 'integrity':
      return integrityText(statistics)
  }
}

function countCells(name: string, row: CountRow): readonly string[] {
  const { succeeded, failed, incomplete, total, retries, totalAndRetries } = row
  return [name, ...[succeeded, failed, incomplete, total, retries, totalAndRetries].map(String)]
}

function summaryText(statistics: RunStatistics): string {
  const widths = [15, 10, 8, 12, 10, 10, 15]
  const times = [
    ['Workflow wall time', statistics.wallTime],
    ['Cumulative job wall time', statistics.jobWallTime],
    ['Cumulative job wall time as seen from submit side', statistics.jobWallTimeSubmitSide],
    ['Cumulative job badput wall time', statistics.badput],
    ['Cumulative job badput wall time as seen from submit side', statistics.badputSubmitSide],
  ] as const
  return [
    RULE,
    columns(['Type', 'Succeeded', 'Failed', 'Incomplete', 'Total', 'Retries', 'Total+Retries'], widths),
    columns(countCells('Tasks', statistics.tasks), widths),
    columns(countCells('Jobs', statistics.jobs), widths),
    columns(countCells('Sub-Workflows', statistics.subWorkflows), widths),
    RULE,
    '',
    ...times.map(([name, seconds]) => `${name.padEnd(57)}: ${formatSeconds(seconds)}`),
    '',
  ].join('\n')
}

function workflowText(statistics: RunStatistics): string {
  const widths = [15, 11, 10, 12, 10, 10, 15, 10]
  const head = [
    'Type',
    'Succeeded',
    'Failed',
    'Incomplete',
    'Total',
    'Retries',
    'Total+Retries',
    'WF Retries',
  ]
  const title = `${statistics.runId} (${statistics.label})`
  return [
    columns(head, widths),
    '-'.repeat(93),
    `${title.padEnd(83)}${statistics.workflowRetries}`,
    columns(countCells('Tasks', statistics.tasks), widths),
    columns(countCells('Jobs', statistics.jobs), widths),
    columns(countCells('Sub-Workflows', statistics.subWorkflows), widths),
    '',
  ].join('\n')
}

const JOB_COLUMNS = [
  'Job',
  'Try',
  'Site',
  'Kickstart',
  'Mult',
  'Kickstart-Mult',
  'CPU-Time',
  'Post',
  'CondorQTime',
  'Resource',
  'Runtime',
  'Seqexec',
  'Seqexec-Delay',
  'Exitcode',
  'Hostname',
] as const

function jobsText({ lines }: RunStatistics): string {
  const rows = lines.map((line) => [
    line.job,
    String(line.attempt),
    line.site,
    decimal(line.kickstart),
    String(line.multiplier),
    decimal(line.kickstart * line.multiplier),
    decimal(line.cpu),
    decimal(line.post),
    decimal(line.queue),
    decimal(line.resource),
    decimal(line.runtime),
    decimal(line.cluster),
    decimal(line.clusterDelay),
    line.exitCode === undefined ? '-' : String(line.exitCode),
    line.host ?? 'None',
  ])
  return table(JOB_COLUMNS, rows)
}

function breakdownText(lines: readonly BreakdownLine[]): string {
  const head = [
    'Transformation',
    'Type',
    'Count',
    ...['Min', 'Max', 'Mean', 'Total'].map((name) => `${name} (runtime)`),
    ...['Min', 'Max', 'Mean'].map((name) => `${name} (mem)`),
    ...['Min', 'Max', 'Mean'].map((name) => `${name} (avg. cpu)`),
  ]
  const cells = (spread: Spread | undefined, format: (value: number) => string): readonly string[] =>
    spread === undefined ? ['-', '-', '-'] : [format(spread.min), format(spread.max), format(spread.mean)]
  const rows = lines.map(({ transformation, type, count, runtime, memory, cpu }) => [
    transformation,
    type,
    String(count),
    ...cells(runtime, decimal),
    decimal(runtime.total),
    ...cells(memory, decimal),
    ...cells(cpu, (value) => `${pythonFloat(100 * value, 2)}%`),
  ])
  return table(head, rows)
}

function timeText(statistics: RunStatistics): string {
  const section = (title: string, lines: readonly TimeLine[], hasHost: boolean): string => {
    const head = ['Date', ...(hasHost ? ['Host'] : []), 'Count', 'Runtime (sec)']
    const rows = lines.map(({ date, host, count, runtime }) => [
      date,
      ...(hasHost ? [host ?? ''] : []),
      String(count),
      decimal(runtime),
    ])
    return `# ${title}\n${table(head, rows)}`
  }
  return [
    section('Job instances', statistics.jobsByTime, false),
    section('Invocations', statistics.invocationsByTime, false),
    section('Job instances by host', statistics.jobsByTimeAndHost, true),
    section('Invocations by host', statistics.invocationsByTimeAndHost, true),
  ].join('\n')
}

function integrityText({ integrity }: RunStatistics): string {
  const rows = integrity.map(({ type, fileType, count, seconds }) => [
    type,
    fileType,
    String(count),
    seconds.toFixed(3),
  ])
  return table(['Type', 'File Type', 'Count', 'Total Duration'], rows)
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, col) =>
    rows.reduce((width, row) => Math.max(width, (row[col] ?? '').length), name.length),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, col) => cell.padEnd(widths[col] ?? 0))
      .join('  ')
      .trimEnd()
  return `${[head, ...rows].map(line).join('\n')}\n`
}

function columns(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, col) => cell.padEnd(widths[col] ?? 0))
    .join('')
    .trimEnd()
}

/** A number with at most three decimals and at least one, as the reference prints it; `-` for none. */
function decimal(value: number | undefined): string {
  return value === undefined ? '-' : pythonFloat(value, 3)
}

function pythonFloat(value: number, decimals: number): string {
  const rounded = Number(value.toFixed(decimals))
  return Number.isInteger(rounded) ? rounded.toFixed(1) : String(rounded)
}

const UNITS = [
  ['day', 86_400],
  ['hr', 3600],
  ['min', 60],
  ['sec', 1],
] as const

/** `0.01 secs`, `1 min, 36 secs`, `2 hrs, 5 mins`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${pythonFloat(seconds, 2)} secs`
  let left = Math.floor(seconds)
  const parts: string[] = []
  for (const [name, size] of UNITS) {
    const count = Math.floor(left / size)
    left -= count * size
    if (count > 0) parts.push(`${count} ${name}${count === 1 ? '' : 's'}`)
  }
  return parts.slice(0, 2).join(', ')
}
