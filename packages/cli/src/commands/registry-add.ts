import { readFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { isSkyloomError } from '@skyloom/base'
import {
  DEFAULT_DEFINITIONS,
  extractMetadata,
  type FileRow,
  type MetadataDefinitions,
  type MetadataValue,
  parseMetadataDefinitions,
  type Registry,
  RegistryError,
  sourceFileId,
} from '@skyloom/registry'
import { fileFacts } from '@skyloom/workflow/node'
import { counted } from '../terminal/count.ts'
import { printError } from '../terminal/error-text.ts'
import { EXIT } from '../terminal/exit-code.ts'
import { formatBytes } from '../terminal/format.ts'
import { printJson } from '../terminal/output.ts'
import type { RegistryFlags } from './registry.ts'
import { describeFile } from './registry-fits.ts'
import { filesAt, registryOf } from './registry-open.ts'

/** Flags of `skyloom registry add`. */
export interface AddFlags extends RegistryFlags {
  readonly type?: string
  readonly site: string
  readonly set?: ReadonlyMap<string, string>
  readonly definitions?: string
  readonly tag?: readonly string[]
  readonly dryRun?: boolean
}

/** A file on its way into the registry. */
interface AddedFile {
  readonly path: string
  readonly row: FileRow
  readonly warnings: readonly string[]
}

/** `skyloom registry add`: exit 3 when some files could not be registered, 1 when none could. */
export async function registryAdd(paths: readonly string[], flags: AddFlags): Promise<number> {
  const definitions = await definitionsOf(flags.definitions)
  await using registry = flags.dryRun === true ? undefined : await registryOf(flags, { create: true })
  const added: AddedFile[] = []
  const failed: string[] = []
  for (const path of paths) {
    try {
      const file = await readRow(resolve(path), definitions, flags)
      for (const warning of file.warnings) process.stderr.write(`warning: ${warning}\n`)
      if (registry !== undefined) await register(registry, file, flags)
      added.push(file)
    } catch (error) {
      if (!isSkyloomError(error)) throw error
      failed.push(path)
      printError(error, process.stderr)
    }
  }
  if (flags.json === true) {
    const files = added.map(({ path, row, warnings }) => {
      const { sky, ...rest } = row
      return { path, ...rest, hasPlaceOnSky: sky !== undefined, warnings }
    })
    printJson({ registry: registry?.location ?? null, files, failed })
  } else {
    for (const { row } of added)
      process.stdout.write(`${row.type ?? 'file'}  ${formatBytes(row.sizeBytes ?? 0)}  ${row.id}\n`)
    const verb = registry === undefined ? 'would be registered' : `registered in ${registry.location}`
    process.stdout.write(`${counted(added.length, 'file')} ${verb}\n`)
  }
  return failed.length === 0 ? EXIT.done : added.length === 0 ? EXIT.failed : EXIT.partlyDone
}

async function definitionsOf(file: string | undefined): Promise<MetadataDefinitions> {
  if (file === undefined) return DEFAULT_DEFINITIONS
  try {
    return parseMetadataDefinitions(await readFile(file, 'utf8'), file)
  } catch (cause) {
    if (isSkyloomError(cause)) throw cause
    throw new RegistryError('REGISTRY_BAD_DEFINITION', 'the definitions cannot be read', {
      where: [file],
      found: cause instanceof Error ? cause.message : String(cause),
      cause,
    })
  }
}

async function readRow(path: string, definitions: MetadataDefinitions, flags: AddFlags): Promise<AddedFile> {
  const lfn = basename(path)
  const { sizeBytes, sha256 } = await fileFacts(path)
  const described = await describeFile(path, lfn)
  const type = flags.type ?? described.type
  const rules = Object.hasOwn(definitions.fileTypes, type) ? definitions.fileTypes[type] : undefined
  if (rules === undefined) {
    throw new RegistryError('REGISTRY_BAD_OPTION', 'there is no such file type', {
      where: [path],
      found: type,
      allowed: Object.keys(definitions.fileTypes).join(', '),
      remedy: 'add it to the definitions',
    })
  }
  const given = Object.fromEntries([...(flags.set ?? [])].map(([name, text]) => [name, valueOf(text)]))
  const { metadata, warnings } = extractMetadata(rules, { ...described.facts, given })
  return {
    path,
    row: {
      id: sourceFileId(lfn, sha256),
      lfn,
      type,
      sizeBytes,
      sha256,
      metadata,
      ...(described.sky === undefined ? {} : { sky: described.sky }),
    },
    warnings: [...described.warnings, ...warnings],
  }
}

/** A value of the command line: numbers, true and false are what they look like. */
function valueOf(text: string): MetadataValue {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : text
}

/** A file that a run made keeps the id that the run gave it. */
async function register(registry: Registry, { path, row }: AddedFile, flags: AddFlags): Promise<void> {
  const known = (await filesAt(registry, path)).find(({ sha256 }) => sha256 === row.sha256)
  const id = known?.id ?? row.id
  await registry.files.add({
    files: [{ ...row, id, lfn: known?.lfn ?? row.lfn }],
    replicas: known === undefined ? [{ fileId: id, site: flags.site, pfn: path }] : [],
  })
  for (const tag of flags.tag ?? []) await registry.files.tag(tag, [id])
}
