import { resolve } from 'node:path'
import {
  type Architecture,
  type ContainerType,
  type OperatingSystem,
  PROFILE_NAMESPACES,
  parseTransformationId,
  WorkflowError,
} from '@skyloom/workflow'
import {
  Container,
  Directory,
  FileServer,
  ReplicaCatalog,
  Site,
  Transformation,
  TransformationSite,
} from '@skyloom/workflow/api'
import { addToCatalog, type CatalogEntry, fileFacts } from '@skyloom/workflow/node'
import { EXIT } from '../terminal/exit-code.ts'
import { printJson } from '../terminal/output.ts'

interface AddFlags {
  readonly file: string
  readonly overwrite?: boolean
  readonly json?: boolean
}

interface PlatformFlags {
  readonly arch?: Architecture
  readonly os?: OperatingSystem
}

/** Flags of `skyloom catalog add replica`. */
export interface ReplicaFlags extends AddFlags {
  readonly site: string
  readonly regex?: boolean
  readonly sha256?: string
  readonly size?: number
  readonly compute?: boolean
  readonly metadata?: ReadonlyMap<string, string>
}

/** Flags of `skyloom catalog add site`. */
export interface SiteFlags extends AddFlags, PlatformFlags {
  readonly scratch?: string
  readonly scratchUrl?: string
  readonly storage?: string
  readonly storageUrl?: string
  readonly nodeScratch?: string
  readonly profile?: ReadonlyMap<string, string>
}

/** Flags of `skyloom catalog add transformation`. */
export interface TransformationFlags extends AddFlags, PlatformFlags {
  readonly site: string
  readonly stageable?: boolean
  readonly container?: string
  readonly profile?: ReadonlyMap<string, string>
}

/** Flags of `skyloom catalog add container`. */
export interface ContainerFlags extends AddFlags {
  readonly type: ContainerType
  readonly imageSite?: string
  readonly mount?: readonly string[]
}

/** `skyloom catalog add replica` */
export async function catalogAddReplica(lfn: string, pfn: string, flags: ReplicaFlags): Promise<number> {
  const facts = flags.compute === true ? await fileFacts(resolve(pfn.replace(/^file:\/\//, ''))) : undefined
  const sha256 = flags.sha256 ?? facts?.sha256
  const size = flags.size ?? facts?.sizeBytes
  const metadata = {
    ...(size === undefined ? {} : { size: String(size) }),
    ...Object.fromEntries(flags.metadata ?? []),
  }
  const catalog = new ReplicaCatalog()
  if (flags.regex === true) catalog.addRegexReplica(flags.site, lfn, pfn, { metadata })
  else
    catalog.addReplica(flags.site, lfn, pfn, {
      metadata,
      ...(sha256 === undefined ? {} : { checksum: { sha256 } }),
    })
  const [replica] = catalog.build().replicas
  return replica === undefined ? EXIT.failed : await add(flags, { kind: 'replica', replica })
}

/** `skyloom catalog add site` */
export async function catalogAddSite(name: string, flags: SiteFlags): Promise<number> {
  const site = new Site(name, platformOf(flags))
  const directories = [
    ['sharedScratch', flags.scratch, flags.scratchUrl],
    // The submit host's own storage is local storage; that of a cluster is shared.
    [name === 'local' ? 'localStorage' : 'sharedStorage', flags.storage, flags.storageUrl],
    ['localScratch', flags.nodeScratch, undefined],
  ] as const
  for (const [type, path, url] of directories) {
    if (path === undefined) continue
    const fileServers = url === undefined ? [] : [new FileServer(url, 'all')]
    site.addDirectories(new Directory(type, path, { fileServers }))
  }
  addProfiles(site, flags.profile)
  return await add(flags, { kind: 'site', site: site.build() })
}

/** `skyloom catalog add transformation` */
export async function catalogAddTransformation(
  id: string,
  pfn: string,
  flags: TransformationFlags,
): Promise<number> {
  const { name, ...rest } = parseTransformationId(id)
  const { namespace, version } = rest
  const site = new TransformationSite(flags.site, pfn, {
    ...platformOf(flags),
    isStageable: flags.stageable === true,
    ...(flags.container === undefined ? {} : { container: flags.container }),
  })
  addProfiles(site, flags.profile)
  const transformation = new Transformation(name, {
    ...(namespace === undefined ? {} : { namespace }),
    ...(version === undefined ? {} : { version }),
  }).addSites(site)
  return await add(flags, { kind: 'transformation', transformation: transformation.build() })
}

/** `skyloom catalog add container` */
export async function catalogAddContainer(
  name: string,
  image: string,
  flags: ContainerFlags,
): Promise<number> {
  const container = new Container(name, flags.type, image, {
    ...(flags.imageSite === undefined ? {} : { imageSite: flags.imageSite }),
    ...(flags.mount === undefined ? {} : { mounts: flags.mount }),
  })
  return await add(flags, { kind: 'container', container: container.build() })
}

async function add(flags: AddFlags, entry: CatalogEntry): Promise<number> {
  const added = await addToCatalog(flags.file, entry, { overwrite: flags.overwrite })
  if (flags.json === true) printJson(added)
  else process.stdout.write(`${added.file}: ${entry.kind} ${added.name} ${added.change}\n`)
  return EXIT.done
}

function platformOf(flags: PlatformFlags): { arch?: Architecture; osType?: OperatingSystem } {
  return {
    ...(flags.arch === undefined ? {} : { arch: flags.arch }),
    ...(flags.os === undefined ? {} : { osType: flags.os }),
  }
}

function addProfiles(
  target: Site | TransformationSite,
  profiles: ReadonlyMap<string, string> | undefined,
): void {
  for (const [name, value] of profiles ?? []) {
    const dot = name.indexOf('.')
    const namespace = PROFILE_NAMESPACES.find((known) => known === name.slice(0, dot))
    if (namespace === undefined) {
      throw new WorkflowError('WORKFLOW_BAD_OPTION', 'a profile needs a name space', {
        where: ['option --profile'],
        found: name,
        allowed: PROFILE_NAMESPACES.map((known) => `${known}.KEY`).join(', '),
      })
    }
    target.addProfiles(namespace, { [name.slice(dot + 1)]: value })
  }
}
