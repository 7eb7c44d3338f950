import type { Profile } from '../model/profile.ts'
import type { Assignment } from './assign/assign.ts'
import type { PlanProblems } from './problem.ts'
import { FATE, type Reuse } from './reuse.ts'
import { type PlanSettings, propertyProfiles } from './settings.ts'
import type { SiteIndex } from './site-index.ts'
import { type TaskTable, taskTitle } from './task-table.ts'

/** What the value of a profile must be. */
interface NumberRule {
  readonly pattern: RegExp
  readonly allowed: string
}

const ANY: NumberRule = { pattern: /^\d{1,15}(\.\d{1,15})?$/, allowed: 'a number without unit' }
const WHOLE: NumberRule = { pattern: /^\d{1,9}$/, allowed: 'a whole number' }
const POSITIVE: NumberRule = { pattern: /^0*[1-9]\d{0,8}$/, allowed: 'a whole number above 0' }
/** No attempt gets less than the one that had too little. */
const FACTOR: NumberRule = { pattern: /^0*[1-9]\d{0,5}(\.\d{1,6})?$/, allowed: 'a number of at least 1' }
const SIGNED: NumberRule = { pattern: /^-?\d{1,9}$/, allowed: 'a whole number' }

/** Profiles that are numbers; a value that is none would be a request that nobody made. */
const RULES: ReadonlyMap<string, NumberRule> = new Map([
  ...[
    'memory',
    'diskspace',
    'runtime',
    'maxwalltime',
    'checkpoint.time',
    'clusters.maxruntime',
    'clusters.cores',
  ].map((key) => [`pegasus.${key}`, ANY] as const),
  ...['cores', 'gpus', 'nodes', 'ppn'].map((key) => [`pegasus.${key}`, WHOLE] as const),
  ...['in', 'out'].flatMap((way) =>
    ['clusters', 'local.clusters', 'remote.clusters'].map(
      (key) => [`pegasus.stage${way}.${key}`, POSITIVE] as const,
    ),
  ),
  ['pegasus.retry.memory', FACTOR],
  ['pegasus.retry.time', FACTOR],
  ['pegasus.clusters.size', POSITIVE],
  ['pegasus.clusters.num', POSITIVE],
  ['dagman.retry', WHOLE],
  ['dagman.priority', SIGNED],
])

/** What {@link checkProfiles} looks at. */
export interface CheckedProfiles {
  readonly tasks: TaskTable
  readonly reuse: Reuse
  readonly sites: SiteIndex
  readonly assignment: Assignment
  readonly settings: PlanSettings
}

/** Checks profiles that are numbers, of everything that the plan uses. Lists that are shared are checked once. */
export function checkProfiles(input: CheckedProfiles, problems: PlanProblems): void {
  const { tasks, reuse, sites, assignment, settings } = input
  const seen = new Set<readonly Profile[]>()
  const check = (profiles: readonly Profile[], where: () => string): void => {
    if (profiles.length === 0 || seen.has(profiles)) return
    seen.add(profiles)
    for (const { namespace, key, value } of profiles) {
      if (namespace !== 'pegasus' && namespace !== 'dagman') continue
      if (key.endsWith('.expr')) warnOfExpression(key, value, where(), problems)
      const rule = RULES.get(`${namespace}.${key}`)
      if (rule === undefined || rule.pattern.test(value.trim())) continue
      problems.error('BAD_PROFILE', `the profile ${key} is not ${rule.allowed}`, {
        where: where(),
        found: value,
      })
    }
  }
  check(tasks.workflow.profiles, () => 'workflow')
  check(propertyProfiles(settings.properties), () => 'properties')
  tasks.jobs.forEach((job, task) => {
    if (reuse.fate[task] === FATE.kept) check(job.profiles, () => taskTitle(job))
  })
  const used = new Set(assignment.siteOf)
  for (const site of assignment.stagingOf) used.add(site)
  for (const site of sites.sites) {
    if (used.has(site.index)) check(site.site.profiles, () => `site ${site.name}`)
  }
  for (const executable of assignment.executables) {
    check(executable.profiles, () => `transformation ${executable.transformationId}`)
  }
}

function warnOfExpression(key: string, value: string, where: string, problems: PlanProblems): void {
  problems.warning('BAD_PROFILE', `the expression of the profile ${key} is not evaluated`, {
    where,
    found: value,
    remedy: remedyFor(key.slice(0, -'.expr'.length)),
  })
}

/** What does without an expression what it is most often written for: more after an attempt that had too little. */
function remedyFor(key: string): string {
  const factor = { memory: 'retry.memory', runtime: 'retry.time' }[key]
  const further =
    factor === undefined ? '' : `, and ${factor} to the factor of an attempt that had too little`
  return `set ${key} to a number${further}`
}
