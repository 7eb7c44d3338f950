import { createHash } from 'node:crypto'
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { type Directory, type Site, type SiteCatalog, writeSiteCatalog } from '@skyloom/workflow'
import { planFiles, writeRun } from '@skyloom/workflow/node'
import { type BatchKind, batchKind } from '../batch/batch-site.ts'
import { executorForSites } from '../batch/executor-for-sites.ts'
import { runPlan } from '../engine/run-engine.ts'
import { RunnerError } from '../errors.ts'
import { filePathOf } from '../files/file-url.ts'
import type { RunEvent } from '../machine/run-event.ts'
import { MemoryStore } from '../store/memory-store.ts'

/** One thing that was tried at a site. */
export interface SiteFinding {
  readonly what: string
  readonly ok: boolean
  /** What was found; with `ok` false also what to do. */
  readonly text: string
}

/** What a check needs. */
export interface SiteCheckOptions {
  /** Folder that this machine may write and, with a shared file system, the nodes see; a hidden folder in it is made and removed. */
  readonly folder: string
  /** Longest wait for the job, milliseconds. Default 5 minutes. */
  readonly timeMs?: number | undefined
  /** Version of the program, for the plan. */
  readonly program: string
  /** Hears what is done while it is done. */
  readonly onStep?: ((text: string) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** Clocks may be apart by so much. */
const MAX_SKEW_MS = 5000

/**
 * Proves a site by using it: its scratch directory is written, a plan of one job is made and run through the scheduler, a file
 * is staged in, copied by the job and staged out, and what the node says of itself (Node.js, clock, host) is looked at.
 *
 * @returns what was tried in order; the first that failed is the last
 */
export async function checkSite(
  catalog: SiteCatalog,
  site: Site,
  options: SiteCheckOptions,
): Promise<readonly SiteFinding[]> {
  const findings: SiteFinding[] = []
  const add = (what: string, ok: boolean, text: string): boolean => {
    findings.push({ what, ok, text })
    return ok
  }
  const kind = batchKind(site)
  add('scheduler', true, kind === undefined ? 'none: jobs run on this machine' : NAMES[kind])
  const scratch = site.directories.find(({ type }) => type === 'sharedScratch')
  if (!checkScratch(scratch, kind, add)) return findings
  let folder: string
  try {
    folder = mkdtempSync(join(options.folder, '.skyloom-check-'))
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    add(
      'folder',
      false,
      `${options.folder} cannot be used for the run of the check: ${why}; name another one with --folder`,
    )
    return findings
  }
  try {
    const runDir = await planCheck(folder, catalog, site, kind, scratch, options.program, add)
    if (runDir !== undefined) await runCheck(folder, runDir, options, add)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return findings
}

type Add = (what: string, ok: boolean, text: string) => boolean

const NAMES: Readonly<Record<BatchKind, string>> = { slurm: 'Slurm', htcondor: 'HTCondor' }

function checkScratch(scratch: Directory | undefined, kind: BatchKind | undefined, add: Add): boolean {
  if (scratch === undefined) {
    return kind === 'htcondor'
      ? add('scratch', true, 'none: HTCondor carries the files')
      : add(
          'scratch',
          false,
          'the site has no directory of type sharedScratch; add one that this machine and the nodes see',
        )
  }
  const path = filePathOf(scratch.fileServers[0]?.url ?? '') ?? scratch.path
  const isRemote = filePathOf(scratch.fileServers[0]?.url ?? '') === undefined
  if (path === undefined || isRemote)
    return add('scratch', true, `at ${scratch.fileServers[0]?.url ?? '?'}, tried by the job`)
  try {
    makeFolders(path)
    accessSync(path, constants.W_OK | constants.X_OK)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return add('scratch', false, `${path} cannot be written from here: ${why}`)
  }
  return add('scratch', true, `${path} can be written from here`)
}

/** Makes a folder with those above it, one by one: Node's own way never ends on systems like /proc. */
function makeFolders(path: string): void {
  if (existsSync(path)) return
  const above = dirname(path)
  if (above !== path) makeFolders(above)
  mkdirSync(path)
}

/** Plans a workflow of one job that copies a file. */
async function planCheck(
  folder: string,
  catalog: SiteCatalog,
  site: Site,
  kind: BatchKind | undefined,
  scratch: Directory | undefined,
  program: string,
  add: Add,
): Promise<string | undefined> {
  const local = catalog.sites.find(({ name }) => name === 'local')
  const sites = { ...catalog, sites: local === undefined || local === site ? [site] : [local, site] }
  const text = `skyloom site check, ${new Date().toISOString()}\n`
  writeFileSync(join(folder, 'in.txt'), text)
  writeFileSync(join(folder, 'sites.yml'), writeSiteCatalog(sites))
  writeFileSync(join(folder, 'workflow.yml'), WORKFLOW)
  writeFileSync(join(folder, 'transformations.yml'), transformationOf(site.name))
  writeFileSync(join(folder, 'replicas.yml'), replicaOf(join(folder, 'in.txt')))
  const isFileScratch = scratch !== undefined && filePathOf(scratch.fileServers[0]?.url ?? '') !== undefined
  const data =
    isFileScratch || kind === undefined ? 'sharedfs' : scratch === undefined ? 'condorio' : 'nonsharedfs'
  const planned = await planFiles({
    folder,
    dir: join(folder, 'runs'),
    relativeDir: `skyloom-check-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}`,
    environment: {},
    // The first failure tells.
    definitions: new Map([['dagman.retry', '0']]),
    plan: {
      sites: [site.name],
      outputDir: join(folder, 'out'),
      outputSites: ['local'],
      dataConfiguration: data,
      cleanup: 'leaf',
    },
  })
  if (!planned.ok) {
    add('plan', false, planned.problems.map((problem) => problem.text).join('; '))
    return undefined
  }
  const run = await writeRun(planned, { format: 'skyloom', program })
  add('plan', true, `one job, files by ${data}`)
  return run.runDir
}

const WORKFLOW = `pegasus: '5.0'
name: skyloom-check
jobs:
- type: job
  id: check
  name: check
  arguments: [-c, "'cat in.txt >out.txt; node --version; hostname'"]
  uses:
  - {lfn: in.txt, type: input}
  - {lfn: out.txt, type: output, stageOut: true, registerReplica: false}
`

function transformationOf(site: string): string {
  return `pegasus: '5.0'
transformations:
- name: check
  sites:
  - {name: ${JSON.stringify(site)}, pfn: /bin/sh, type: installed}
`
}

function replicaOf(path: string): string {
  return `pegasus: '5.0'
replicas:
- lfn: in.txt
  pfns: [{site: local, pfn: ${JSON.stringify(`file://${path}`)}}]
`
}

async function runCheck(folder: string, runDir: string, options: SiteCheckOptions, add: Add): Promise<void> {
  const startMs = Date.now()
  const store = new MemoryStore()
  const notes: string[] = []
  const onEvents = (events: readonly RunEvent[]): void => {
    for (const event of events)
      if (event.type === 'attempt-started') options.onStep?.('a job was handed over')
  }
  const timeMs = options.timeMs ?? 300_000
  const late = AbortSignal.timeout(timeMs)
  const signals = options.signal === undefined ? [late] : [late, options.signal]
  let status: string
  let runId = ''
  try {
    const result = await runPlan(store, runDir, {
      executor: executorForSites({ onNote: (note) => notes.push(note), queryMs: 2000 }),
      policy: { maxLosses: 0 },
      signal: AbortSignal.any(signals),
      cancelOnStop: true,
      onEvents,
      reuse: false,
    })
    runId = result.runId
    status = result.status
  } catch (error) {
    if (!(error instanceof RunnerError)) throw error
    add('scheduler', false, error.message)
    return
  }
  const reasons: string[] = []
  for await (const { jobId, state, reason } of store.attempts(runId))
    if (state !== 'succeeded' && reason != null) reasons.push(`${jobId}: ${reason}`)
  if (status === 'stopped') {
    const why = late.aborted ? `no end of the job within ${timeMs / 1000} s` : 'interrupted'
    add(
      'job',
      false,
      [why, ...reasons.filter((reason) => !reason.endsWith('it was canceled')).slice(-1), ...notes].join(
        '; ',
      ),
    )
    return
  }
  if (status !== 'succeeded') {
    add('job', false, reasons.at(-1) ?? status)
    return
  }
  await lookAtJob(store, runId, startMs, add)
  const same = readFileSync(join(folder, 'out/out.txt')).equals(readFileSync(join(folder, 'in.txt')))
  add(
    'files',
    same,
    same ? 'staged in, copied by the job, staged out unchanged' : 'what came back is not what was sent',
  )
}

/** What the node said of itself. */
async function lookAtJob(store: MemoryStore, runId: string, beganMs: number, add: Add): Promise<void> {
  for await (const { jobId, host, stdout, startedMs } of store.attempts(runId)) {
    if (!jobId.startsWith('check')) continue
    const version = /^v\d+\S*/m.exec(stdout ?? '')?.[0]
    const node =
      version === undefined ? 'its Node.js is not on the search path of programs' : `Node.js ${version}`
    add('job', true, `ran on ${host ?? '?'}, ${node}`)
    const now = Date.now()
    // The job began after this check did and has ended by now, if the clocks agree.
    const offMs = Math.max((startedMs ?? now) - now, beganMs - (startedMs ?? now), 0)
    const ok = offMs <= MAX_SKEW_MS
    add(
      'clock',
      ok,
      ok
        ? 'agrees with this machine'
        : `the node is ${(offMs / 1000).toFixed(0)} s off: set the clocks (NTP)`,
    )
  }
}
