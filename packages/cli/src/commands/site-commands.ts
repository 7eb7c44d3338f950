import { resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { batchKind, checkSite, type SiteFinding } from '@skyloom/runner'
import { type SiteCatalog, WorkflowError } from '@skyloom/workflow'
import { Directory, Grid, Site } from '@skyloom/workflow/api'
import { addToCatalog, openCatalog } from '@skyloom/workflow/node'
import { CLI_VERSION } from '../main.ts'
import { EXIT } from '../terminal/exit-code.ts'
import { interruptSignal } from '../terminal/interrupt.ts'
import { printJson } from '../terminal/output.ts'

/** Flags of `skyloom site list`. */
export interface SiteListFlags {
  readonly file: string
  readonly json?: boolean
}

/** Flags of `skyloom site add`. */
export interface SiteAddFlags extends SiteListFlags {
  readonly scheduler?: 'slurm' | 'htcondor' | 'none'
  readonly scratch?: string
  readonly queue?: string
  readonly project?: string
  readonly node?: string
  readonly overwrite?: boolean
}

/** Flags of `skyloom site check`. */
export interface SiteCheckFlags extends SiteListFlags {
  readonly wait: number
  readonly folder?: string
}

/** `skyloom site list` */
export async function siteList(flags: SiteListFlags): Promise<number> {
  const { sites } = await readCatalog(flags.file)
  const rows = sites.map((site) => ({
    name: site.name,
    scheduler: batchKind(site) ?? 'none',
    scratch: site.directories.find(({ type }) => type === 'sharedScratch')?.fileServers[0]?.url,
  }))
  if (flags.json === true) printJson(rows)
  else
    for (const { name, scheduler, scratch } of rows)
      process.stdout.write(`${name}\t${scheduler}\t${scratch ?? '-'}\n`)
  return EXIT.done
}

/** `skyloom site add` */
export async function siteAdd(given: string | undefined, flags: SiteAddFlags): Promise<number> {
  const answers = await completed(given, flags)
  if (answers === undefined) {
    process.stderr.write('error: name the site and give --scheduler, and --scratch for Slurm\n')
    return EXIT.wrongUse
  }
  const { name, scheduler, scratch } = answers
  if (!/^[A-Za-z0-9][\w.-]*$/.test(name)) {
    throw new WorkflowError('WORKFLOW_BAD_VALUE', 'that cannot be the name of a site', {
      found: name,
      allowed: 'letters, digits, dots, dashes and underscores, a letter or digit first',
    })
  }
  const site = new Site(name)
  if (scheduler === 'slurm') site.addGrids(new Grid('batch', 'localhost', 'slurm', { jobType: 'compute' }))
  if (scheduler === 'htcondor') site.addProfiles('pegasus', { style: 'condor' })
  if (scratch !== undefined) {
    site.addDirectories(new Directory('sharedScratch', resolve(scratch), { sharedFileSystem: true }))
    // This machine sees the folder, too: files need not be moved by jobs at the site.
    site.addProfiles('pegasus', { 'auxillary.local': 'true' })
  }
  if (flags.queue !== undefined) site.addProfiles('pegasus', { queue: flags.queue })
  if (flags.project !== undefined) site.addProfiles('pegasus', { project: flags.project })
  if (flags.node !== undefined) site.addProfiles('env', { SKYLOOM_NODE: flags.node })
  const added = await addToCatalog(
    flags.file,
    { kind: 'site', site: site.build() },
    { overwrite: flags.overwrite },
  )
  if (flags.json === true) printJson(added)
  else
    process.stdout.write(
      `${added.name} ${added.change} in ${added.file}\nnext: skyloom site check ${added.name}\n`,
    )
  return EXIT.done
}

interface Answers {
  readonly name: string
  readonly scheduler: NonNullable<SiteAddFlags['scheduler']>
  readonly scratch: string | undefined
}

/** Asks for what was not given, when there is somebody to ask. */
async function completed(given: string | undefined, flags: SiteAddFlags): Promise<Answers | undefined> {
  const isComplete = given !== undefined && flags.scheduler !== undefined
  if (isComplete && (flags.scratch !== undefined || flags.scheduler === 'htcondor'))
    return { name: given, scheduler: flags.scheduler, scratch: flags.scratch }
  if (!process.stdin.isTTY) return undefined
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const name = given ?? (await terminal.question('name of the site: ')).trim()
    const word = flags.scheduler ?? (await terminal.question('scheduler (slurm, htcondor, none): ')).trim()
    const scheduler = (['slurm', 'htcondor', 'none'] as const).find((kind) => kind === word)
    if (name === '' || scheduler === undefined) return undefined
    const hint = scheduler === 'htcondor' ? ' (empty: HTCondor carries files)' : ''
    const asked = flags.scratch ?? (await terminal.question(`shared scratch folder${hint}: `)).trim()
    if (asked === '' && scheduler !== 'htcondor') return undefined
    return { name, scheduler, scratch: asked === '' ? undefined : asked }
  } finally {
    terminal.close()
  }
}

/** `skyloom site check` */
export async function siteCheck(name: string, flags: SiteCheckFlags): Promise<number> {
  const catalog = await readCatalog(flags.file)
  const site = catalog.sites.find((candidate) => candidate.name === name)
  if (site === undefined) {
    throw new WorkflowError('WORKFLOW_BAD_VALUE', 'the site is not in the catalog', {
      where: [flags.file],
      found: name,
      allowed: catalog.sites.map((known) => known.name).join(', '),
      remedy: `skyloom site add ${name}`,
    })
  }
  const interrupt = interruptSignal(process, process.stderr)
  let findings: readonly SiteFinding[]
  try {
    findings = await checkSite(catalog, site, {
      folder: resolve(flags.folder ?? '.'),
      timeMs: flags.wait * 1000,
      program: `skyloom ${CLI_VERSION}`,
      signal: interrupt.signal,
    })
  } finally {
    interrupt.release()
  }
  const works = findings.every(({ ok }) => ok)
  if (flags.json === true) printJson({ site: name, works, findings })
  else {
    for (const { what, ok, text } of findings)
      process.stdout.write(`${ok ? 'ok  ' : 'BAD '} ${what.padEnd(10)} ${text}\n`)
    process.stdout.write(works ? `site ${name} works\n` : `site ${name} does not work\n`)
  }
  return works ? EXIT.done : EXIT.failed
}

async function readCatalog(file: string): Promise<SiteCatalog> {
  const read = await openCatalog(file, 'sites')
  if (read.ok && read.kind === 'sites') return read.catalog
  throw new WorkflowError('WORKFLOW_INVALID', 'the site catalog has errors', {
    where: [file],
    remedy: `skyloom catalog validate ${file}`,
  })
}
