import { existsSync } from 'node:fs'
import {
  type Container,
  type Replica,
  type Site,
  type Transformation,
  transformationId,
} from '@skyloom/workflow'
import { type AnyCatalog, type CatalogKind, openCatalog } from '@skyloom/workflow/node'
import { counted } from '../terminal/count.ts'
import { printError } from '../terminal/error-text.ts'
import { EXIT } from '../terminal/exit-code.ts'
import { printFindings } from '../terminal/findings.ts'
import { printJson } from '../terminal/output.ts'

/** Flags of `skyloom catalog list` and `validate`. */
export interface ListFlags {
  readonly kind?: CatalogKind
  readonly name?: string
  readonly json?: boolean
}

const WORD_OF_KIND: Readonly<Record<CatalogKind, string>> = {
  sites: 'site',
  transformations: 'transformation',
  replicas: 'replica',
  properties: 'property',
}

/** Usual names of catalogs. */
const USUAL = ['sites.yml', 'transformations.yml', 'tc.txt', 'replicas.yml', 'rc.txt', 'pegasus.properties']

/** `skyloom catalog validate`: exit 1 when a catalog has errors. */
export async function catalogValidate(
  paths: readonly string[],
  flags: ListFlags & { readonly strict?: boolean },
): Promise<number> {
  const files = filesOf(paths)
  if (files === undefined) return EXIT.failed
  const reports = []
  let hasFailed = false
  for (const file of files) {
    try {
      const opened = await openCatalog(file, flags.kind)
      const { findings } = opened
      const errors = findings.filter((finding) => finding.severity === 'error').length
      hasFailed ||= errors > 0 || (flags.strict === true && findings.length > 0)
      reports.push({ file, kind: opened.kind, findings })
      if (flags.json === true) continue
      printFindings(findings)
      const text =
        findings.length === 0
          ? 'no fault found'
          : `${counted(errors, 'error')}, ${counted(findings.length - errors, 'warning')}`
      process.stdout.write(`${file}: ${opened.kind}, ${text}\n`)
    } catch (error) {
      hasFailed = true
      printError(error, process.stderr)
    }
  }
  if (flags.json === true) printJson(reports.length === 1 && files.length === 1 ? reports[0] : reports)
  return hasFailed ? EXIT.failed : EXIT.done
}

/** `skyloom catalog list` */
export async function catalogList(paths: readonly string[], flags: ListFlags): Promise<number> {
  const files = filesOf(paths)
  if (files === undefined) return EXIT.failed
  const listings = []
  let hasFailed = false
  for (const file of files) {
    const opened = await openCatalog(file, flags.kind)
    printFindings(opened.findings)
    if (!opened.ok) {
      hasFailed = true
      continue
    }
    const rows = rowsOf(opened).filter((row) => row.name.includes(flags.name ?? ''))
    listings.push({ file, kind: opened.kind, entries: rows })
    if (flags.json !== true) {
      const count = new Set(rows.map((row) => row.name)).size
      process.stdout.write(
        `${file}: ${counted(count, WORD_OF_KIND[opened.kind], opened.kind)}\n${columns(rows)}`,
      )
    }
  }
  if (flags.json === true) printJson(listings.length === 1 && files.length === 1 ? listings[0] : listings)
  return hasFailed ? EXIT.failed : EXIT.done
}

function filesOf(paths: readonly string[]): readonly string[] | undefined {
  const files = paths.length > 0 ? paths : USUAL.filter((name) => existsSync(name))
  if (files.length > 0) return files
  process.stderr.write(
    `error: no catalog in this folder; looked for ${USUAL.join(', ')}\nnext: name a file\n`,
  )
  return undefined
}

/** One line of a listing: an entry, or one of its places. */
interface Row {
  readonly name: string
  readonly site?: string
  readonly place?: string
  readonly more: string
}

function rowsOf(opened: AnyCatalog): readonly Row[] {
  switch (opened.kind) {
    case 'sites':
      return opened.catalog.sites.flatMap(siteRows)
    case 'transformations':
      return [
        ...opened.catalog.transformations.flatMap(transformationRows),
        ...opened.catalog.containers.map(containerRow),
      ]
    case 'replicas':
      return opened.catalog.replicas.flatMap(replicaRows)
    case 'properties':
      return [...opened.catalog].map(([name, place]) => ({ name, place, more: '' }))
  }
}

function siteRows(site: Site): readonly Row[] {
  const more = [site.arch, site.osType, ...site.grids.map((grid) => `${grid.type} ${grid.scheduler}`)]
  const text = more.filter((part) => part !== undefined).join(' ')
  if (site.directories.length === 0) return [{ name: site.name, place: '', more: text }]
  return site.directories.map(({ type, path, fileServers }, i) => ({
    name: site.name,
    place: path ?? fileServers[0]?.url ?? '',
    more: i === 0 ? `${type} ${text}`.trimEnd() : type,
  }))
}

function transformationRows(transformation: Transformation): readonly Row[] {
  return transformation.sites.map(({ name, pfn, type, container }) => ({
    name: transformationId(transformation),
    site: name,
    place: pfn,
    more: container === undefined ? type : `${type} in ${container}`,
  }))
}

function containerRow({ name, image, type, imageSite }: Container): Row {
  return {
    name,
    ...(imageSite === undefined ? {} : { site: imageSite }),
    place: image,
    more: `${type} container`,
  }
}

function replicaRows({ lfn, locations, isRegex, checksum, metadata }: Replica): readonly Row[] {
  const size = metadata.find((entry) => entry.key === 'size')?.value
  const more = [
    ...(isRegex ? ['pattern'] : []),
    ...(size === undefined ? [] : [`${size} bytes`]),
    ...(checksum === undefined ? [] : [`sha256 ${checksum.sha256.slice(0, 12)}`]),
  ].join(' ')
  if (locations.length === 0) return [{ name: lfn, place: '', more }]
  return locations.map(({ site, pfn }) => ({ name: lfn, site, place: pfn, more }))
}

/** Rows in columns, all aligned left. */
function columns(rows: readonly Row[]): string {
  const cells = rows.map(({ name, site, place, more }) => [name, site ?? '', place ?? '', more])
  const widths = [0, 1, 2, 3].map((col) =>
    cells.reduce((most, row) => Math.max(most, (row[col] ?? '').length), 0),
  )
  return cells
    .map((row) => {
      const texts = row.map((cell, col) => (widths[col] === 0 ? '' : `${cell.padEnd(widths[col] ?? 0)}  `))
      return `  ${texts.join('')}`.trimEnd()
    })
    .map((line) => `${line}\n`)
    .join('')
}
