import { type Command, InvalidArgumentError, Option } from 'commander'
import { parseCount, parsePositive } from '../terminal/values.ts'
import type { AddFlags } from './registry-add.ts'
import type { CareFlags, VerifyFlags } from './registry-care.ts'
import type { ExportFlags } from './registry-export.ts'
import type { FindFlags } from './registry-find.ts'
import type { ForgetFlags } from './registry-forget.ts'
import type { MarkFlags, QualityFlags } from './registry-mark.ts'

/** Flags of every command of the registry. */
export interface RegistryFlags {
  /** Default: `SKYLOOM_REGISTRY`, else a file in the user's data folder. */
  readonly registry?: string
  readonly json?: boolean
}

/** `skyloom registry ...` */
export function addRegistryCommand(program: Command): void {
  const registry = program
    .command('registry')
    .description('find, describe, check and export files and their history')
    .addHelpText('after', `\nExample:\n  skyloom registry find --type image --where 'band = "J"'`)
  addFiles(registry)
  addForget(registry)
  addMarks(registry)
  addCare(registry)
}

/** Options of every command. */
export function registryOptions(command: Command): Command {
  return command
    .option('--registry <place>', 'file or postgres:// URL (default: $SKYLOOM_REGISTRY)')
    .option('--json', 'print one JSON document')
}

function addFiles(registry: Command): void {
  registryOptions(registry.command('add <files...>'))
    .description('register files with checksum, metadata and place on the sky')
    .option('--type <name>', 'file type (default: by content)')
    .option('--site <name>', 'site of the files', 'local')
    .option('--set <key=value...>', 'metadata that are not in the header', parsePair)
    .option('--definitions <file>', 'JSON file of metadata definitions')
    .option('--tag <tag...>', 'tags of the files')
    .option('--dry-run', 'show what would be registered')
    .addHelpText('after', '\nExample:\n  skyloom registry add raw/*.fits --set survey=2MASS')
    .action(async (files: string[], flags: AddFlags) => {
      const { registryAdd } = await import('./registry-add.ts')
      process.exitCode = await registryAdd(files, flags)
    })
  registryOptions(registry.command('find'))
    .description('list files by metadata, place on the sky, tag, run')
    .option('--type <name>', 'file type')
    .option('--where <condition>', `such as 'band = "J" and exptime > 7'`)
    .option('--near <position>', 'place on the sky: ICRS degrees, or 5h35m17s -5d23m28s')
    .option('--radius <degrees>', 'with --near (also as one more word)', parsePositive)
    .option('--tag <tag>', 'with this tag')
    .option('--run <run>', 'made by this run: directory, id or name of its workflow')
    .addOption(
      new Option('--worst <level>', 'worst quality message allowed').choices(['warning', 'info', 'none']),
    )
    .option('--limit <n>', 'at most so many', parseCount)
    .option('--columns <names>', 'metadata to show, separated by commas')
    .argument('[radius]', 'radius in degrees, after --near')
    .addHelpText('after', '\nExample:\n  skyloom registry find --type image --near "83.8 -5.4" 1')
    .action(async (radius: string | undefined, flags: FindFlags) => {
      const { registryFind } = await import('./registry-find.ts')
      process.exitCode = await registryFind(radius, flags)
    })
  registryOptions(registry.command('show <file>'))
    .description('all that is known of a file: by path, name, id or SHA-256')
    .addHelpText('after', '\nExample:\n  skyloom registry show mosaic.fits')
    .action(async (file: string, flags: RegistryFlags) => {
      const { registryShow } = await import('./registry-show.ts')
      process.exitCode = await registryShow(file, flags)
    })
  registryOptions(registry.command('export [files...]'))
    .description('write provenance as PROV-JSON or RO-Crate, runs as stampede database')
    .option('--prov-json <out>', 'W3C PROV-JSON of the files; - for standard output')
    .option('--ro-crate <folder>', 'RO-Crate 1.1 metadata of the files into a folder')
    .option('--stampede <out>', 'database of Pegasus monitoring, with --run')
    .option('--run <run>', 'run to export: directory, id or name of its workflow')
    .option('--name <text>', 'name of the crate')
    .option('--license <url>', 'licence of the crate', 'not stated')
    .option('--overwrite', 'replace files that are there')
    .addHelpText('after', '\nExample:\n  skyloom registry export mosaic.fits --prov-json prov.json')
    .action(async (files: string[], flags: ExportFlags) => {
      const { registryExport } = await import('./registry-export.ts')
      process.exitCode = await registryExport(files, flags)
    })
}

function addForget(registry: Command): void {
  registryOptions(registry.command('forget <files...>'))
    .description('take copies that are gone or moved out of the registry')
    .option('--site <name>', 'site of the copies (default: any)')
    .option('--dry-run', 'show what would be forgotten')
    .addHelpText('after', '\nExample:\n  skyloom registry forget /old/place/raw.fits')
    .action(async (files: string[], flags: ForgetFlags) => {
      const { registryForget } = await import('./registry-forget.ts')
      process.exitCode = await registryForget(files, flags)
    })
}

function addMarks(registry: Command): void {
  registryOptions(registry.command('tag [tag] [files...]'))
    .description('put a tag on files; without arguments list the tags')
    .option('--remove', 'take the tag off')
    .addHelpText('after', '\nExample:\n  skyloom registry tag release-1 mosaic.fits')
    .action(async (tag: string | undefined, files: string[], flags: MarkFlags) => {
      const { registryTag } = await import('./registry-mark.ts')
      process.exitCode = await registryTag(tag, files, flags)
    })
  registryOptions(registry.command('quality <file> <text>'))
    .description('say what is wrong, odd or good about a file')
    .addOption(
      new Option('--level <level>', 'weight').choices(['error', 'warning', 'info']).default('warning'),
    )
    .option('--author <name>', 'who says so (default: the user)')
    .addHelpText('after', `\nExample:\n  skyloom registry quality raw.fits 'satellite trail'`)
    .action(async (file: string, text: string, flags: QualityFlags) => {
      const { registryQuality } = await import('./registry-mark.ts')
      process.exitCode = await registryQuality(file, text, flags)
    })
}

function addCare(registry: Command): void {
  registryOptions(registry.command('verify [folders...]'))
    .description('compare registry and storage; exit 1 for any difference')
    .option('--site <name>', 'only copies of this site')
    .option('--quick', 'sizes only, no checksums')
    .addHelpText('after', '\nExample:\n  skyloom registry verify /data/products')
    .action(async (folders: string[], flags: VerifyFlags) => {
      const { registryVerify } = await import('./registry-care.ts')
      process.exitCode = await registryVerify(folders, flags)
    })
  registryOptions(registry.command('backup <out>'))
    .description('copy a registry in use to a file')
    .option('--overwrite', 'replace the file')
    .addHelpText('after', '\nExample:\n  skyloom registry backup registry-2026-11-22.db')
    .action(async (out: string, flags: CareFlags & { overwrite?: boolean }) => {
      const { registryBackup } = await import('./registry-care.ts')
      process.exitCode = await registryBackup(out, flags)
    })
  registryOptions(registry.command('migrate'))
    .description('bring a registry to the version of this program')
    .addHelpText('after', '\nExample:\n  skyloom registry migrate')
    .action(async (flags: CareFlags) => {
      const { registryMigrate } = await import('./registry-care.ts')
      process.exitCode = await registryMigrate(flags)
    })
  registryOptions(registry.command('stats'))
    .description('size, rows, metadata names and tags')
    .addHelpText('after', '\nExample:\n  skyloom registry stats')
    .action(async (flags: CareFlags) => {
      const { registryStats } = await import('./registry-care.ts')
      process.exitCode = await registryStats(flags)
    })
}

function parsePair(text: string, before?: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('key=value is needed.')
  return new Map([...(before ?? []), [text.slice(0, at), text.slice(at + 1)]])
}
