import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type SmallJob, smallPlan } from '../../packages/runner/test/small-plan.ts'
import { freshFolder } from '../../testing/folders.ts'
import { lacksProgram } from '../../testing/peers.ts'

/** An engine that is up: its site, how files reach its jobs, and what it calls a job that somebody took out. */
export interface Engine {
  readonly name: 'Slurm' | 'HTCondor'
  readonly site: string
  readonly data: 'sharedfs' | 'condorio' | 'nonsharedfs'
  /** Program and words that take a job out of the queue, and what is said of it then. */
  readonly remove: string
  readonly removed: RegExp
}

/** The engines that tests run on; `shared/engines` brings them up. Under `CI=true` both must be there. */
export const engines: readonly Engine[] = [
  ...(isMissing('sbatch', 'SLURM_CONF')
    ? []
    : [
        {
          name: 'Slurm',
          site: 'cluster',
          data: 'sharedfs',
          remove: 'scancel',
          removed: /Slurm: CANCELLED.*somebody took it out of the queue/,
        } as const,
      ]),
  ...(isMissing('condor_submit', 'CONDOR_CONFIG')
    ? []
    : [
        {
          name: 'HTCondor',
          site: 'pool',
          data: 'condorio',
          remove: 'condor_rm',
          removed: /HTCondor: removed.*somebody took it out of the queue/,
        } as const,
      ]),
]

function isMissing(program: string, variable: string): boolean {
  return process.env['CI'] !== 'true' && (process.env[variable] === undefined || lacksProgram(program))
}

/** Site catalog entries of the engines. */
export function siteEntries(scratch: string): string {
  return `- name: cluster
  grids:
  - {type: batch, contact: localhost, scheduler: slurm, jobtype: compute}
  profiles: {pegasus: {auxillary.local: true}}
  directories:
  - type: sharedScratch
    path: ${scratch}
    sharedFileSystem: true
    fileServers: [{url: 'file://${scratch}', operation: all}]
- name: pool
  profiles: {pegasus: {style: condor}}
`
}

/** Site catalog entry of the staging site `stage`. */
export function stageEntry(url: string): string {
  return `- name: stage
  directories:
  - {type: sharedScratch, path: /, fileServers: [{url: '${url}', operation: all}]}
`
}

/** A plan for an engine, with the file `raw` in its scratch directory. @returns the directory of the run, `run` in the folder */
export function enginePlan(
  engine: Engine,
  jobs: readonly SmallJob[],
  folder: string = freshFolder(),
): string {
  const common = { site: engine.site, dataConfiguration: engine.data } as const
  const runDir = smallPlan(
    join(folder, 'run'),
    jobs.map((job) => ({ ...common, ...job })),
  )
  const scratch = join(runDir, 'scratch')
  mkdirSync(scratch, { recursive: true })
  writeFileSync(join(scratch, 'raw'), 'raw\n')
  mkdirSync(join(runDir, 'catalogs'))
  writeFileSync(join(runDir, 'catalogs/sites.yml'), `pegasus: '5.0'\nsites:\n${siteEntries(scratch)}`)
  return runDir
}
