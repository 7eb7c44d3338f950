import type { Plan } from '../plan/plan.ts'
import { formatPlanProblem } from '../plan/problem.ts'
import { FATE } from '../plan/reuse.ts'
import { type BytesMoved, type Forecast, type ForecastOptions, forecastPlan } from './forecast.ts'
import { counted } from './reason.ts'

/** A plan in some lines for people: what runs where, what is left out and why, what it will cost. */
export function summarizePlan(plan: Plan, options: ForecastOptions = {}): string {
  const forecast = forecastPlan(plan, options)
  const { counts } = plan
  const kinds = Object.entries(counts.jobs).map(([kind, count]) => `${count} ${kind}`)
  const lines = [
    `workflow ${plan.workflowName}: ${counted(counts.tasks.total, 'task')}, ${counted(plan.jobCount, 'job')}, ${counted(counts.dagEdges, 'edge')}`,
    `  jobs       ${kinds.join(', ')}`,
    ...clustersText(plan),
    `  left out   ${leftOut(plan)}`,
    `  sites      ${sitesText(plan)}`,
    `  transfers  in ${bytesText(forecast.stageIn)}; out ${bytesText(forecast.stageOut)}; between sites ${bytesText(forecast.interSite)}`,
    `  time       ${duration(forecast.taskSeconds)} of tasks, about ${duration(forecast.wallSeconds)} wall; longest chain ${duration(forecast.criticalPathSeconds)} (${counted(forecast.criticalPath.length, 'job')})`,
  ]
  if (forecast.unknownTasks > 0) {
    lines.push(
      `             ${counted(forecast.unknownTasks, 'task')} without prediction at ${forecast.assumptions.unknownSeconds} s each`,
    )
  }
  for (const [site, bytes] of forecast.peakScratchBytes)
    lines.push(`  scratch    up to ${size(bytes)} on ${site}${scratchText(forecast, site)}`)
  for (const warning of plan.warnings) lines.push(`  warning    ${formatPlanProblem(warning)}`)
  return `${lines.join('\n')}\n`
}

function scratchText({ writtenScratchBytes, scratchBoundBytes }: Forecast, site: string): string {
  const bound = scratchBoundBytes.get(site)
  const held = bound === undefined ? '' : `, never over ${size(bound)}`
  return `, of ${size(writtenScratchBytes.get(site) ?? 0)} that jobs write there${held}`
}

function leftOut(plan: Plan): string {
  const counts = new Map<number, number>()
  for (const fate of plan.built.context.reuse.fate) counts.set(fate, (counts.get(fate) ?? 0) + 1)
  const texts: readonly (readonly [number, string])[] = [
    [FATE.outputsExist, 'whose outputs exist'],
    [FATE.onlyForReused, 'that only such jobs need'],
    [FATE.nothingWanted, 'whose outputs nobody wants'],
  ]
  const parts = texts
    .filter(([fate]) => counts.has(fate))
    .map(([fate, text]) => `${counts.get(fate) ?? 0} ${text}`)
  return parts.length === 0 ? 'nothing' : parts.join(', ')
}

function clustersText(plan: Plan): readonly string[] {
  const { units } = plan.built.context
  let taskCount = 0
  for (const unit of units.clusters.keys()) taskCount += units.taskStart[unit + 1]! - units.taskStart[unit]!
  return units.clusters.size === 0
    ? []
    : [`  clusters   ${counted(taskCount, 'task')} in ${counted(units.clusters.size, 'cluster')}`]
}

function sitesText(plan: Plan): string {
  const { units, sites } = plan.built.context
  const counts = new Map<number, number>()
  for (const site of units.siteOf) counts.set(site, (counts.get(site) ?? 0) + 1)
  return [...counts].map(([site, count]) => `${count} on ${sites.at(site).name}`).join(', ') || 'none'
}

function bytesText(moved: BytesMoved): string {
  if (moved.files === 0) return 'nothing'
  const unknown = moved.unknownFiles === 0 ? '' : `, ${moved.unknownFiles} of unknown size`
  return `${counted(moved.files, 'file')}, ${size(moved.knownBytes)}${unknown}`
}

function size(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB']
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 ? value : value.toPrecision(3)} ${units[unit] ?? ''}`
}

function duration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`
  return `${(seconds / 3600).toFixed(1)} h`
}
