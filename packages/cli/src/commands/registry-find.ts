import {
  type FileDetails,
  type FileInfo,
  type FileSearch,
  parseCondition,
  RegistryError,
} from '@skyloom/registry'
import { montageFrameConverter, parseSkyLocation, type SkyPosition } from '@skyloom/wcs'
import { counted } from '../terminal/count.ts'
import { EXIT } from '../terminal/exit-code.ts'
import { formatBytes } from '../terminal/format.ts'
import { printJson, textTable } from '../terminal/output.ts'
import type { RegistryFlags } from './registry.ts'
import { registryOf, runMeant } from './registry-open.ts'
import { skyRegion } from './registry-sky.ts'

/** Flags of `skyloom registry find`. */
export interface FindFlags extends RegistryFlags {
  readonly type?: string
  readonly where?: string
  readonly near?: string
  readonly radius?: number
  readonly tag?: string
  readonly run?: string
  readonly worst?: 'warning' | 'info' | 'none'
  readonly limit?: number
  readonly columns?: string
}

/** `skyloom registry find`: no file is no failure. */
export async function registryFind(radius: string | undefined, flags: FindFlags): Promise<number> {
  const what = searchOf(radius, flags)
  const columns = flags.columns?.split(',').map((name) => name.trim()) ?? []
  await using registry = await registryOf(flags)
  const search: FileSearch =
    flags.run === undefined ? what : { ...what, runId: (await runMeant(registry, flags.run)).id }
  const found: (FileInfo | FileDetails)[] = []
  for await (const file of registry.files.find(search))
    found.push(flags.json === true || columns.length > 0 ? await registry.files.get(file.id) : file)
  if (flags.json === true) {
    printJson({ registry: registry.location, files: found })
    return EXIT.done
  }
  if (found.length > 0) {
    const rows = found.map((file) => [
      file.id,
      file.type,
      file.sizeBytes === null ? '' : formatBytes(file.sizeBytes),
      ...columns.map((name) => ('metadata' in file ? String(file.metadata[name] ?? '') : '')),
    ])
    process.stdout.write(textTable(['file', 'type', 'size', ...columns], rows))
  }
  process.stdout.write(`${counted(found.length, 'file')} found\n`)
  return EXIT.done
}

function searchOf(radius: string | undefined, flags: FindFlags): FileSearch {
  return {
    type: flags.type,
    tag: flags.tag,
    worst: flags.worst,
    limit: flags.limit,
    ...(flags.where === undefined ? {} : { where: parseCondition(flags.where) }),
    ...(flags.near === undefined && radius === undefined
      ? {}
      : { near: skyRegion({ centre: centreOf(flags), radiusDeg: radiusOf(radius, flags) }) }),
  }
}

function centreOf({ near }: FindFlags): SkyPosition {
  if (near === undefined)
    throw new RegistryError('REGISTRY_BAD_OPTION', 'a radius needs a position', { remedy: 'give --near' })
  const location = parseSkyLocation(near)
  if (location === undefined) {
    throw new RegistryError('REGISTRY_BAD_OPTION', 'this is no position on the sky', {
      found: near,
      allowed: '"83.8 -5.4", "5h35m17s -5d23m28s", "209.0 -19.4 gal"',
    })
  }
  const { lonDeg, latDeg } = location.position
  return montageFrameConverter(location.frame, { system: 'EQUJ' }).convert(lonDeg, latDeg)
}

function radiusOf(word: string | undefined, { radius }: FindFlags): number {
  const value = radius ?? Number(word ?? Number.NaN)
  if (value > 0 && value <= 180) return value
  throw new RegistryError('REGISTRY_BAD_OPTION', '--near needs a radius', {
    ...(word === undefined ? {} : { found: word }),
    allowed: 'degrees above 0 up to 180',
    remedy: 'write --near "83.8 -5.4" 1',
  })
}
