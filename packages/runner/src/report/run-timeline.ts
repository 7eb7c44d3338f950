import type { AttemptRow, Stored } from '@skyloom/registry'
import { type RunRecord } from './run-record.ts'

interface Bar {
  readonly job: string
  readonly transformation: string
  readonly startMs: number
  readonly endMs: number
  readonly state: AttemptRow['state']
  readonly row: number
}

/** Pictures with more attempts than this show the lanes of all, but no text for each. */
const MAX_BARS = 20_000
const WIDTH = 1200
const LEFT = 70
const RIGHT = 20
const TOP = 70
const UTILISATION_HEIGHT = 140
const GAP = 50
/** Colours that people with any colour vision can tell apart (Okabe and Ito), then lighter ones. */
const COLOURS = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#f0e442',
  '#999999',
  '#8c6d31',
] as const
const FAILED_COLOUR = '#d55e00'

/**
 * A self-contained HTML page with the course of a run: above, how many attempts ran at each time; below, one bar for each
 * attempt, packed into as few lanes as ran at a time. No script, no other file.
 */
export function runTimeline(record: RunRecord): string {
  const { bars, laneCount } = packBars(record)
  const title = `${record.run.label} (${record.run.id})`
  const startMs = bars.reduce((least, bar) => Math.min(least, bar.startMs), Infinity)
  const endMs = bars.reduce((most, bar) => Math.max(most, bar.endMs), -Infinity)
  const body =
    bars.length === 0
      ? '<p>No attempt of a job has ended yet.</p>'
      : picture(bars, laneCount, startMs, endMs, title)
  return [
    '<!doctype html>',
    '<html lang="en">',
    `<head><meta charset="utf-8"><title>${escapeText(title)}</title>`,
    '<style>body{font:14px/1.4 system-ui,sans-serif;margin:1.5rem;color:#222;background:#fff}',
    'h1{font-size:1.25rem;margin:0 0 .25rem}p{margin:.25rem 0 1rem}svg{max-width:100%;height:auto}',
    'table{border-collapse:collapse;margin-top:1rem}td,th{padding:.15rem .8rem .15rem 0;text-align:right}',
    'td:first-child,th:first-child{text-align:left}</style></head>',
    `<body><h1>${escapeText(record.run.label)}</h1>`,
    `<p>${escapeText(summary(record, bars, startMs, endMs))}</p>`,
    body,
    '</body></html>',
    '',
  ].join('\n')
}

function summary(record: RunRecord, bars: readonly Bar[], startMs: number, endMs: number): string {
  if (bars.length === 0) return `run ${record.run.id}`
  const busyMs = bars.reduce((sum, bar) => sum + bar.endMs - bar.startMs, 0)
  const spanMs = Math.max(1, endMs - startMs)
  return [
    `run ${record.run.id}`,
    `began ${new Date(startMs).toISOString()}`,
    `${bars.length} attempts of ${record.attempts.size} jobs`,
    `${formatMs(spanMs)} in all`,
    `${(busyMs / spanMs).toFixed(1)} attempts at a time on average`,
  ].join(', ')
}

/** Attempts by start, each in the lowest lane that is free. */
function packBars(record: RunRecord): { readonly bars: readonly Bar[]; readonly laneCount: number } {
  const names = new Map(record.jobs.map(({ jobId, transformation }) => [jobId, transformation]))
  const attempts = [...record.attempts.values()]
    .flat()
    .flatMap((attempt) => timesOf(attempt))
    .sort((a, b) => a.startMs - b.startMs)
  const lanes: number[] = []
  const bars = attempts.map(({ attempt, startMs, endMs }): Bar => {
    let row = lanes.findIndex((freeMs) => freeMs <= startMs)
    if (row < 0) row = lanes.length
    lanes[row] = endMs
    const { jobId: job, state } = attempt
    return { job, transformation: names.get(job) ?? '', startMs, endMs, state, row }
  })
  return { bars, laneCount: lanes.length }
}

function timesOf(
  attempt: Stored<AttemptRow>,
): readonly { readonly attempt: Stored<AttemptRow>; readonly startMs: number; readonly endMs: number }[] {
  const { startedMs, endedMs } = attempt
  return startedMs === null || endedMs === null
    ? []
    : [{ attempt, startMs: startedMs, endMs: Math.max(startedMs, endedMs) }]
}

function picture(
  bars: readonly Bar[],
  laneCount: number,
  startMs: number,
  endMs: number,
  title: string,
): string {
  const spanMs = Math.max(1, endMs - startMs)
  const laneHeight = Math.max(1, Math.min(16, Math.floor(1600 / laneCount)))
  const ganttTop = TOP + UTILISATION_HEIGHT + GAP
  const height = ganttTop + laneCount * laneHeight + 40
  const x = (timeMs: number): number => LEFT + ((timeMs - startMs) / spanMs) * (WIDTH - LEFT - RIGHT)
  const colours = colourTable(bars)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="system-ui,sans-serif" font-size="12">`,
    `<title>${escapeText(title)}</title>`,
    legend(colours),
    utilisation(bars, startMs, endMs, x),
    ticks(spanMs, startMs, x, ganttTop, height - 40),
    `<text x="${LEFT}" y="${ganttTop - 8}" fill="#555">attempts, one bar each</text>`,
    barRects(bars, x, ganttTop, laneHeight, colours),
    '</svg>',
    numbersTable(bars, colours),
  ].join('\n')
}

function colourTable(bars: readonly Bar[]): ReadonlyMap<string, string> {
  const counts = new Map<string, number>()
  for (const { transformation } of bars) counts.set(transformation, (counts.get(transformation) ?? 0) + 1)
  const names = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([name]) => name)
  return new Map(names.map((name, at) => [name, COLOURS[Math.min(at, COLOURS.length - 1)] ?? '#999999']))
}

function legend(colours: ReadonlyMap<string, string>): string {
  const entries = [
    ...[...colours].slice(0, COLOURS.length),
    ['failed, lost or canceled', FAILED_COLOUR] as const,
  ]
  let left = LEFT
  let top = 14
  return entries
    .map(([name, colour]) => {
      const shown = name.length > 28 ? `${name.slice(0, 27)}…` : name
      const wide = 30 + shown.length * 7
      if (left + wide > WIDTH - RIGHT) {
        left = LEFT
        top += 18
      }
      const text = `<rect x="${left}" y="${top - 10}" width="12" height="12" fill="${colour}"/><text x="${left + 17}" y="${top}">${escapeText(shown)}</text>`
      left += wide
      return text
    })
    .join('')
}

/** Steps of the number of attempts that ran, reduced to one value for each column of pixels: its maximum. */
function utilisation(
  bars: readonly Bar[],
  startMs: number,
  endMs: number,
  x: (timeMs: number) => number,
): string {
  const changes = bars
    .flatMap((bar) => [[bar.startMs, 1] as const, [bar.endMs, -1] as const])
    .sort(([a, m], [b, n]) => a - b || m - n)
  const columns = new Map<number, number>()
  let count = 0
  let most = 1
  let column = Math.floor(x(startMs))
  for (const [timeMs, change] of changes) {
    const next = Math.floor(x(timeMs))
    for (let at = column; at < next; at++) columns.set(at, Math.max(columns.get(at) ?? 0, count))
    count += change
    columns.set(next, Math.max(columns.get(next) ?? 0, count))
    most = Math.max(most, count)
    column = next
  }
  const bottom = TOP + UTILISATION_HEIGHT
  const y = (value: number): number => bottom - (value / most) * UTILISATION_HEIGHT
  const points = [...columns]
    .sort(([a], [b]) => a - b)
    .map(([at, value]) => `L${at} ${y(value).toFixed(1)}H${at + 1}`)
  return [
    `<text x="${LEFT}" y="${TOP - 8}" fill="#555">attempts that ran at a time</text>`,
    `<path d="M${Math.floor(x(startMs))} ${bottom}${points.join('')}L${Math.ceil(x(endMs))} ${bottom}Z" fill="#bcd3e6" stroke="#0072b2" stroke-width="0.5"/>`,
    `<path d="M${LEFT} ${TOP}V${bottom}H${WIDTH - RIGHT}" fill="none" stroke="#888"/>`,
    `<text x="${LEFT - 8}" y="${TOP + 4}" text-anchor="end">${most}</text>`,
    `<text x="${LEFT - 8}" y="${bottom + 4}" text-anchor="end">0</text>`,
  ].join('')
}

/** Round steps of time, milliseconds. */
const STEPS_MS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000,
  600_000, 900_000, 1_800_000, 3_600_000, 7_200_000, 21_600_000, 43_200_000, 86_400_000,
] as const

function ticks(
  spanMs: number,
  startMs: number,
  x: (timeMs: number) => number,
  top: number,
  bottom: number,
): string {
  const stepMs =
    STEPS_MS.find((step) => spanMs / step <= 10) ?? Math.ceil(spanMs / 10 / 86_400_000) * 86_400_000
  const marks: string[] = []
  for (let at = 0; at <= spanMs; at += stepMs) {
    const left = x(startMs + at).toFixed(1)
    marks.push(
      `<path d="M${left} ${TOP}V${TOP + UTILISATION_HEIGHT}M${left} ${top}V${bottom}" stroke="#ddd"/>`,
      `<text x="${left}" y="${bottom + 16}" text-anchor="middle" fill="#555">${formatMs(at)}</text>`,
    )
  }
  return marks.join('')
}

function barRects(
  bars: readonly Bar[],
  x: (timeMs: number) => number,
  top: number,
  laneHeight: number,
  colours: ReadonlyMap<string, string>,
): string {
  const hasText = bars.length <= MAX_BARS
  const thick = laneHeight > 3 ? laneHeight - 1 : laneHeight
  return bars
    .map(({ job, transformation, startMs, endMs, state, row }) => {
      const left = x(startMs)
      const wide = Math.max(0.5, x(endMs) - left)
      const colour = state === 'succeeded' ? (colours.get(transformation) ?? '#999999') : FAILED_COLOUR
      const rect = `<rect x="${left.toFixed(1)}" y="${top + row * laneHeight}" width="${wide.toFixed(1)}" height="${thick}" fill="${colour}"`
      if (!hasText) return `${rect}/>`
      return `${rect}><title>${escapeText(`${job}, ${transformation}, ${state}, ${formatMs(endMs - startMs)}`)}</title></rect>`
    })
    .join('\n')
}

function numbersTable(bars: readonly Bar[], colours: ReadonlyMap<string, string>): string {
  const sums = new Map<string, { count: number; failed: number; ms: number; longest: number }>()
  for (const { transformation, state, startMs, endMs } of bars) {
    const sum = sums.get(transformation) ?? { count: 0, failed: 0, ms: 0, longest: 0 }
    sum.count++
    if (state !== 'succeeded') sum.failed++
    sum.ms += endMs - startMs
    sum.longest = Math.max(sum.longest, endMs - startMs)
    sums.set(transformation, sum)
  }
  const rows = [...colours.keys()].map((name) => {
    const { count = 0, failed = 0, ms = 0, longest = 0 } = sums.get(name) ?? {}
    const cells = [count, failed, formatMs(ms), formatMs(count === 0 ? 0 : ms / count), formatMs(longest)]
    return `<tr><td>${escapeText(name)}</td>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
  })
  const head = ['Transformation', 'Attempts', 'Failed', 'Total', 'Mean', 'Longest']
  return `<table><tr>${head.map((name) => `<th>${name}</th>`).join('')}</tr>\n${rows.join('\n')}</table>`
}

function formatMs(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${Number((ms / 1000).toFixed(1))} s`
  if (ms < 3_600_000) return `${Number((ms / 60_000).toFixed(1))} min`
  return `${Number((ms / 3_600_000).toFixed(1))} h`
}

function escapeText(text: string): string {
  return text.replaceAll(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`)
}
