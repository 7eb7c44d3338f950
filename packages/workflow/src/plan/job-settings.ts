import { type Profile, profileValue } from '../model/profile.ts'
import type { Properties } from '../model/properties.ts'
import { KIND } from './node-graph.ts'
import type { PlanSettings } from './settings.ts'

/** Priorities of nodes that are not compute jobs (file 03, section 3.7). */
const PRIORITY_OF_KIND: ReadonlyMap<number, number> = new Map([
  [KIND.stage_in, 700],
  [KIND.stage_out, 900],
  [KIND.inter_site, 700],
  [KIND.create_dir, 800],
  [KIND.chmod, 800],
  [KIND.cleanup, 1000],
])

/** Categories of nodes that are not compute jobs. */
const CATEGORY_OF_KIND: ReadonlyMap<number, string> = new Map([
  [KIND.stage_in, 'stagein'],
  [KIND.stage_out, 'stageout'],
  [KIND.inter_site, 'stageinter'],
  [KIND.registration, 'registration'],
])

/** Most jobs of a category at a time when properties do not say. */
const DEFAULT_THROTTLES: readonly (readonly [string, number])[] = [
  ['cleanup', 4],
  ['registration', 1],
  ['stageout', 10],
  ['stagein', 10],
]

/** Priority of a node; `level` counts from 1. */
export function jobPriority(kind: number, level: number, profiles: readonly Profile[]): number {
  const set = profileValue(profiles, 'dagman', 'priority') ?? profileValue(profiles, 'condor', 'priority')
  const number = set === undefined ? Number.NaN : Number(set)
  if (Number.isInteger(number)) return number
  return PRIORITY_OF_KIND.get(kind) ?? 10 * level
}

/** Category of a node; the removal of whole directories has none. */
export function jobCategory(
  kind: number,
  isLeafCleanup: boolean,
  profiles: readonly Profile[],
): string | undefined {
  if (kind === KIND.cleanup) return isLeafCleanup ? undefined : 'cleanup'
  return CATEGORY_OF_KIND.get(kind) ?? profileValue(profiles, 'dagman', 'category')
}

/** Further attempts of a job: profile `dagman.retry`, else 1 in production and 0 in the other modes. */
export function jobRetries(profiles: readonly Profile[], settings: PlanSettings): number {
  const text = profileValue(profiles, 'dagman', 'retry')
  const count = text === undefined ? Number.NaN : Number(text)
  if (Number.isInteger(count) && count >= 0) return count
  return settings.mode === 'production' ? 1 : 0
}

/** Throttles of categories: those of the reference, and `dagman.<category>.maxjobs` of the properties. */
export function throttles(properties: Properties): ReadonlyMap<string, number> {
  const limits = new Map(DEFAULT_THROTTLES)
  for (const [key, value] of properties) {
    const match = /^dagman\.(.+)\.maxjobs$/i.exec(key)
    const limit = Number(value)
    if (match?.[1] !== undefined && Number.isInteger(limit) && limit > 0) limits.set(match[1], limit)
  }
  return limits
}
