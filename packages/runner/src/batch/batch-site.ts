import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { profileValue, readSiteCatalog, type Site } from '@skyloom/workflow'
import { RunnerError } from '../errors.ts'

/** Kinds of schedulers. */
export type BatchKind = 'slurm' | 'htcondor'

/** A site whose jobs go through a scheduler. */
export interface BatchSite {
  readonly name: string
  readonly kind: BatchKind
  /** Program `node` on the nodes of the site, or `carried` when it goes along: profile `env.SKYLOOM_NODE`. */
  readonly node: string
}

/** Sites that need no entry in a catalog. */
const UNDECLARED: readonly string[] = ['condorpool', 'condorpool-shared']

/**
 * The sites of a run whose jobs go through a scheduler, by the catalog in the directory of the run: a grid with scheduler
 * `slurm` or `condor`, or the profile `pegasus.style` `condor`, or `glite` with `condor.grid_resource` `batch slurm`.
 */
export function batchSites(runDir: string): ReadonlyMap<string, BatchSite> {
  const sites = new Map<string, BatchSite>(
    UNDECLARED.map((name) => [name, { name, kind: 'htcondor', node: 'node' }]),
  )
  const path = join(runDir, 'catalogs', 'sites.yml')
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return sites
    throw cause
  }
  const read = readSiteCatalog(text, { name: path })
  if (!read.ok) {
    throw new RunnerError('RUNNER_BAD_PLAN', 'the site catalog of the run cannot be read', {
      where: [path],
      remedy: 'plan again',
    })
  }
  for (const site of read.value.sites) {
    const kind = batchKind(site)
    // Its batches are in a folder of its name.
    if (kind !== undefined && (/[/\\]/.test(site.name) || /^\.*$/.test(site.name))) {
      throw new RunnerError(
        'RUNNER_BAD_PLAN',
        'a site with a scheduler has a name that cannot be that of a folder',
        {
          where: [path],
          found: site.name,
          remedy: 'rename the site and plan again',
        },
      )
    }
    if (kind === undefined) sites.delete(site.name)
    else
      sites.set(site.name, {
        name: site.name,
        kind,
        node: profileValue(site.profiles, 'env', 'SKYLOOM_NODE') ?? 'node',
      })
  }
  return sites
}

/** Scheduler of a site; `undefined` for one whose jobs run on this machine. */
export function batchKind({ grids, profiles }: Pick<Site, 'grids' | 'profiles'>): BatchKind | undefined {
  for (const { type, scheduler } of grids) {
    if (scheduler === 'slurm') return 'slurm'
    if (scheduler === 'condor' || type === 'condor') return 'htcondor'
  }
  const style = profileValue(profiles, 'pegasus', 'style')
  if (style === 'condor') return 'htcondor'
  const resource = profileValue(profiles, 'condor', 'grid_resource') ?? ''
  return style === 'glite' && /^batch\s+slurm\b/.test(resource) ? 'slurm' : undefined
}
