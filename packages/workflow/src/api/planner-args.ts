import { badValue, checkFilled, checkWord } from './values.ts'

/** Options with which a sub-workflow is planned; the same as those of the command line. */
export interface PlannerArgs {
  readonly conf?: string
  readonly basename?: string
  readonly jobPrefix?: string
  readonly cluster?: readonly ('horizontal' | 'label' | 'whole')[]
  readonly sites?: readonly string[]
  /** Default `local`; an empty list stages nothing out. */
  readonly outputSites?: readonly string[]
  /** Staging site by execution site. */
  readonly stagingSites?: Readonly<Record<string, string>>
  readonly cache?: readonly string[]
  readonly inputDirs?: readonly string[]
  readonly outputDir?: string
  readonly transformationsDir?: string
  readonly dir?: string
  readonly relativeDir?: string
  readonly relativeSubmitDir?: string
  readonly randomDir?: boolean | string
  readonly reuse?: readonly string[]
  readonly cleanup?: 'none' | 'inplace' | 'leaf' | 'constraint'
  readonly force?: boolean
  readonly forceReplan?: boolean
  /** Options handed on to the program that starts the run. */
  readonly forward?: readonly string[]
  readonly submit?: boolean
  readonly verbose?: number
  readonly quiet?: number
  readonly javaOptions?: readonly string[]
  /** Properties, as `-Dkey=value`. */
  readonly properties?: Readonly<Record<string, string>>
}

const CLEANUPS = ['none', 'inplace', 'leaf', 'constraint'] as const
const CLUSTER_STYLES = ['horizontal', 'label', 'whole'] as const

/** Planner options as command-line arguments. */
export function plannerArguments(args: PlannerArgs): readonly string[] {
  const out: string[] = []
  const option = (name: string, value: string | undefined): void => {
    if (value !== undefined) out.push(name, checkFilled(`the planner option ${name}`, value))
  }
  const list = (name: string, values: readonly string[] | undefined): void => {
    if (values !== undefined && values.length > 0)
      out.push(name, values.map((value) => listItem(name, value)).join(','))
  }
  for (const [key, value] of Object.entries(args.properties ?? {})) out.push(`-D${key}=${value}`)
  option('--basename', args.basename)
  option('--job-prefix', args.jobPrefix)
  option('--conf', args.conf)
  list(
    '--cluster',
    args.cluster?.map((style) => checkWord('the cluster style', style, CLUSTER_STYLES)),
  )
  list('--sites', args.sites)
  list('--output-sites', args.outputSites ?? ['local'])
  const staging = Object.entries(args.stagingSites ?? {}).map(
    ([site, stagingSite]) => `${site}=${stagingSite}`,
  )
  list('--staging-site', staging)
  list('--cache', args.cache)
  list('--input-dir', args.inputDirs)
  option('--output-dir', args.outputDir)
  option('--transformations-dir', args.transformationsDir)
  option('--dir', args.dir)
  option('--relative-dir', args.relativeDir)
  option('--relative-submit-dir', args.relativeSubmitDir)
  if (args.randomDir === true) out.push('--randomdir')
  else if (typeof args.randomDir === 'string')
    out.push(`--randomdir=${checkFilled('the random directory', args.randomDir)}`)
  list('--reuse', args.reuse)
  if (args.cleanup !== undefined)
    option('--cleanup', checkWord('the cleanup strategy', args.cleanup, CLEANUPS))
  addFlags(out, args)
  return out
}

function addFlags(out: string[], args: PlannerArgs): void {
  for (let i = 0; i < count('verbose', args.verbose); i++) out.push('-v')
  for (let i = 0; i < count('quiet', args.quiet); i++) out.push('-q')
  if (args.force === true) out.push('--force')
  if (args.forceReplan === true) out.push('--force-replan')
  for (const value of args.forward ?? []) out.push('--forward', value)
  if (args.submit === true) out.push('--submit')
  for (const value of args.javaOptions ?? []) out.push(`-X${value}`)
}

function count(name: string, value: number | undefined): number {
  if (value === undefined) return 0
  if (Number.isInteger(value) && value >= 0 && value <= 10) return value
  throw badValue(`the planner option ${name}`, value, 'a whole number from 0 to 10')
}

function listItem(name: string, value: string): string {
  if (value === '' || value.includes(','))
    throw badValue(`an item of the planner option ${name}`, value, 'a text without comma')
  return value
}
