import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { RegistryError, type StorageReport, verifyStorage } from '@skyloom/registry'
import { fileFacts } from '@skyloom/workflow/node'
import { counted } from '../terminal/count.ts'
import { EXIT } from '../terminal/exit-code.ts'
import { formatBytes } from '../terminal/format.ts'
import { interruptSignal } from '../terminal/interrupt.ts'
import { printJson, textTable } from '../terminal/output.ts'
import { progressDisplay } from '../terminal/progress.ts'
import type { RegistryFlags } from './registry.ts'
import { registryOf } from './registry-open.ts'

/** Flags of the commands that care for a registry. */
export type CareFlags = RegistryFlags

/** Flags of `skyloom registry verify`. */
export interface VerifyFlags extends RegistryFlags {
  readonly site?: string
  readonly quick?: boolean
}

/** `skyloom registry verify`: exit 1 for any difference. */
export async function registryVerify(folders: readonly string[], flags: VerifyFlags): Promise<number> {
  await using registry = await registryOf(flags)
  const interrupt = interruptSignal(process, process.stderr)
  const progress = process.stderr.isTTY ? progressDisplay(process.stderr) : undefined
  try {
    const report = await verifyStorage(registry.files, {
      site: flags.site,
      roots: folders,
      depth: flags.quick === true ? 'size' : 'checksum',
      readFacts: fileFacts,
      onProgress: progress?.listener,
      signal: interrupt.signal,
    })
    progress?.end()
    if (flags.json === true) printJson({ registry: registry.location, ...report })
    else process.stdout.write(storageReportText(report))
    return report.damaged.length + report.strays.length === 0 ? EXIT.done : EXIT.failed
  } finally {
    interrupt.release()
  }
}

/** What a comparison of registry and storage found, for people. */
export function storageReportText(report: StorageReport): string {
  const { damaged, strays, affected, remoteCopies, copiesWithoutChecksum } = report
  return [
    ...damaged.map(
      ({ fault, pfn, registered, found }) => `${fault}  ${pfn}  registered ${registered}, found ${found}`,
    ),
    ...strays.map((path) => `stray  ${path}  not registered`),
    ...affected.map((id) => `affected  ${id}  was made from damaged data`),
    `${counted(report.checkedCopies, 'copy', 'copies')} checked, ${formatBytes(report.checkedBytes)}; ` +
      `${damaged.length} damaged, ${counted(strays.length, 'stray file')}`,
    ...(remoteCopies > 0
      ? [`${counted(remoteCopies, 'copy', 'copies')} on other machines not looked at`]
      : []),
    ...(copiesWithoutChecksum > 0
      ? [`${counted(copiesWithoutChecksum, 'copy', 'copies')} without a registered checksum`]
      : []),
  ]
    .map((line) => `${line}\n`)
    .join('')
}

/** `skyloom registry backup` */
export async function registryBackup(
  out: string,
  flags: CareFlags & { readonly overwrite?: boolean },
): Promise<number> {
  if (existsSync(out) && flags.overwrite !== true) {
    throw new RegistryError('REGISTRY_EXISTS', 'the file is there already', {
      where: [out],
      remedy: 'name another, or give --overwrite',
    })
  }
  await using registry = await registryOf(flags)
  const temporary = `${out}.partial`
  await rm(temporary, { force: true })
  try {
    const sizeBytes = await registry.backup(temporary)
    await rename(temporary, out)
    if (flags.json === true) printJson({ registry: registry.location, out, sizeBytes })
    else process.stdout.write(`${out}: ${formatBytes(sizeBytes)}\n`)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
  return EXIT.done
}

/** `skyloom registry migrate` */
export async function registryMigrate(flags: CareFlags): Promise<number> {
  await using registry = await registryOf(flags, { create: false, older: 'migrate' })
  if (flags.json === true) printJson({ registry: registry.location, version: registry.version })
  else process.stdout.write(`${registry.location}: version ${registry.version}\n`)
  return EXIT.done
}

/** `skyloom registry stats` */
export async function registryStats(flags: CareFlags): Promise<number> {
  await using registry = await registryOf(flags)
  const { sizeBytes, rows } = await registry.stats()
  const metadata = await registry.files.metadataNames()
  const tags = await registry.files.tags()
  const { location, dialect, version } = registry
  if (flags.json === true) {
    printJson({ registry: location, dialect, version, sizeBytes, rows, metadata, tags })
    return EXIT.done
  }
  process.stdout.write(`${location}: ${dialect}, version ${version}, ${formatBytes(sizeBytes)}\n\n`)
  const counts = Object.entries(rows).map(([table, count]) => [table, String(count)])
  process.stdout.write(textTable(['table', 'rows'], counts))
  if (metadata.length > 0) {
    const names = metadata.map(({ name, kinds, files }) => [name, kinds.join('/'), String(files)])
    process.stdout.write(`\n${textTable(['metadata', 'kind', 'files'], names)}`)
  }
  return EXIT.done
}
