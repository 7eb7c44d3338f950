import type {
  FileUse,
  Job,
  Plan,
  PlanProblem,
  PlanRequest,
  Profile,
  ProfileNamespace,
  ReplicaCatalog,
  Site,
  SiteCatalog,
  Transformation,
  TransformationCatalog,
  TransformationSite,
  Workflow,
} from '../src/index.ts'
import { formatPlanProblem, planWorkflow } from '../src/index.ts'

/*
 * Small requests in short notation, for tests of the planner.
 *
 * A job is a line `id name: inputs -> outputs`. A file is a name with marks: `=100` size in bytes, `!` an output that is
 * wanted at the output sites (others stay), `?` an optional input, `*` bypass. Profiles follow in brackets:
 * `a sort: raw -> sorted! [label=x runtime=60]`, with the name space `pegasus` unless another is given (`env.A=1`).
 */

/** Job of a line. */
export function job(line: string): Job {
  const match = /^(\S+)\s+(\S+?):\s*(.*?)\s*(?:\[(.*)\])?$/.exec(line)
  if (match === null) throw new Error(`not a job: ${line}`)
  const [, id = '', name = '', files = '', profiles = ''] = match
  const [inputs = '', outputs = ''] = files.split('->')
  return {
    type: 'job',
    id,
    name,
    arguments: [],
    uses: [...uses(inputs, 'input'), ...uses(outputs, 'output')],
    profiles: words(profiles).map(profile),
    hooks: [],
    metadata: [],
    extensions: [],
  }
}

/** Workflow of lines; dependencies follow from files. */
export function workflow(lines: readonly (string | Job)[], more: Partial<Workflow> = {}): Workflow {
  return {
    pegasus: '5.0.4',
    name: 'small',
    jobs: lines.map((line) => (typeof line === 'string' ? job(line) : line)),
    dependencies: [],
    profiles: [],
    hooks: [],
    metadata: [],
    extensions: [],
    ...more,
  }
}

/** Profile of `key=value` or `<name space>.<key>=value`. */
export function profile(text: string): Profile {
  const cut = text.indexOf('=')
  const key = text.slice(0, cut)
  const known: readonly ProfileNamespace[] = ['env', 'condor', 'dagman', 'selector', 'hints']
  const namespace = known.find((candidate) => key.startsWith(`${candidate}.`))
  return {
    namespace: namespace ?? 'pegasus',
    key: namespace === undefined ? key : key.slice(namespace.length + 1),
    value: text.slice(cut + 1),
  }
}

/** Site with scratch at `scratch` and storage at `storage` (URLs). */
export function site(
  name: string,
  urls: { readonly scratch?: string; readonly storage?: string },
  profiles: readonly string[] = [],
): Site {
  const directory = (type: 'sharedScratch' | 'localStorage', url: string): Site['directories'][number] => ({
    type,
    path: url.replace(/^[a-z]+:\/\/[^/]*/, ''),
    sharedFileSystem: true,
    fileServers: [{ url, operation: 'all', profiles: [], extensions: [] }],
    extensions: [],
  })
  return {
    name,
    directories: [
      ...(urls.scratch === undefined ? [] : [directory('sharedScratch', urls.scratch)]),
      ...(urls.storage === undefined ? [] : [directory('localStorage', urls.storage)]),
    ],
    grids: [],
    profiles: profiles.map(profile),
    extensions: [],
  }
}

/** Site catalog of sites. */
export function siteCatalog(sites: readonly Site[]): SiteCatalog {
  return { pegasus: '5.0.4', sites, extensions: [] }
}

/** Sites of most tests: the submit host, a cluster `pool` whose file system it sees, a second one `far`. */
export const SITES: SiteCatalog = siteCatalog([
  site('local', { scratch: 'file:///submit/scratch', storage: 'file:///submit/results' }),
  site('pool', { scratch: 'file:///pool/scratch' }, ['auxillary.local=true']),
  site('far', { scratch: 'scp://me@far.example/scratch' }),
])

/** Transformation that is installed on sites (`name@pool,far`), or staged from a site (`name<local`). */
export function transformation(text: string, more: Partial<Transformation> = {}): Transformation {
  const isStaged = text.includes('<')
  const [name = '', places = ''] = text.split(/[@<]/)
  return {
    name,
    sites: places.split(',').map(
      (place): TransformationSite => ({
        name: place,
        pfn: isStaged ? `file:///programs/${name}` : `/usr/bin/${name}`,
        type: isStaged ? 'stageable' : 'installed',
        profiles: [],
        metadata: [],
        extensions: [],
      }),
    ),
    requires: [],
    profiles: [],
    hooks: [],
    metadata: [],
    extensions: [],
    ...more,
  }
}

/** Transformation catalog of entries. */
export function transformations(
  entries: readonly (string | Transformation)[],
  containers: TransformationCatalog['containers'] = [],
): TransformationCatalog {
  return {
    pegasus: '5.0.4',
    transformations: entries.map((entry) => (typeof entry === 'string' ? transformation(entry) : entry)),
    containers,
    extensions: [],
  }
}

/** Replica catalog of lines `lfn site url…`; a second line adds places. */
export function replicas(lines: readonly string[]): ReplicaCatalog {
  return {
    pegasus: '5.0.4',
    replicas: lines.map((line) => {
      const [lfn = '', where = '', pfn = ''] = words(line)
      return { lfn, isRegex: false, locations: [{ site: where, pfn }], metadata: [] }
    }),
    extensions: [],
  }
}

/** What a request differs in from the ordinary one. */
export interface SmallRequest extends Omit<Partial<PlanRequest>, 'workflow' | 'properties'> {
  readonly properties?: Readonly<Record<string, string>>
}

/** Request for jobs on site `pool`; every name of a job is installed on `local`, `pool` and `far`, every raw file lies on `local`. */
export function request(
  lines: readonly (string | Job)[] | Workflow,
  { properties = {}, options, ...more }: SmallRequest = {},
): PlanRequest {
  const planned = 'jobs' in lines ? lines : workflow(lines)
  const names = new Set(planned.jobs.flatMap((each) => (each.type === 'job' ? [each.name] : [])))
  const written = new Set(planned.jobs.flatMap((each) => each.uses.filter(isWritten).map((use) => use.lfn)))
  const raw = new Set(planned.jobs.flatMap((each) => each.uses.map((use) => use.lfn)))
  return {
    workflow: planned,
    sites: SITES,
    transformations: transformations([...names].map((name) => `${name}@local,pool,far`)),
    replicas: replicas(
      [...raw].filter((lfn) => !written.has(lfn)).map((lfn) => `${lfn} local file:///data/${lfn}`),
    ),
    properties: new Map(Object.entries(properties)),
    options: { sites: ['pool'], outputSites: ['local'], ...options },
    ...more,
  }
}

/** Plan of a request that can be planned. */
export function planned(asked: PlanRequest): Plan {
  const result = planWorkflow(asked)
  if (!result.ok) throw new Error(result.problems.map(formatPlanProblem).join('\n'))
  return result.plan
}

/** Problems of a request that cannot be planned. */
export function refused(asked: PlanRequest): readonly PlanProblem[] {
  const result = planWorkflow(asked)
  if (result.ok) throw new Error('the request was planned')
  return result.problems
}

/** Names of all jobs of a plan, sorted. */
export function names(plan: Plan): readonly string[] {
  return Array.from({ length: plan.jobCount }, (_, number) => plan.name(number)).sort()
}

/** Edges of a plan as `parent > child`, sorted. */
export function edges(plan: Plan): readonly string[] {
  const list: string[] = []
  for (let parent = 0; parent < plan.jobCount; parent++) {
    const { childStart, children } = plan.graph
    for (let i = childStart[parent]!; i < childStart[parent + 1]!; i++) {
      list.push(`${plan.name(parent)} > ${plan.name(children[i]!)}`)
    }
  }
  return list.sort()
}

function isWritten(use: FileUse): boolean {
  return use.type === 'output' || use.type === 'inout'
}

function uses(text: string, type: 'input' | 'output'): readonly FileUse[] {
  return words(text).map((word) => {
    const match = /^([^=!?*]+)(?:=(\d+))?([!?*]*)$/.exec(word)
    const [, lfn = word, size, marks = ''] = match ?? []
    const isWanted = marks.includes('!')
    return {
      lfn,
      type,
      ...(type === 'output' ? { stageOut: isWanted, registerReplica: isWanted } : {}),
      ...(marks.includes('?') ? { optional: true } : {}),
      ...(marks.includes('*') ? { bypass: true } : {}),
      ...(size === undefined ? {} : { sizeBytes: Number(size) }),
    }
  })
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '')
}
