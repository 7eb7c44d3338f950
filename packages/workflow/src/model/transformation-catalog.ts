import type { Checksum } from './checksum.ts'
import type { ShellHook } from './hook.ts'
import type { TransformationName } from './job.ts'
import type { MetadataEntry } from './metadata.ts'
import type { Extension } from './plain.ts'
import type { Platform } from './platform.ts'
import type { Profile } from './profile.ts'
import { FORMAT_VERSION } from './workflow.ts'

/** Ways in which an executable comes to a site. */
export const TRANSFORMATION_TYPES = ['installed', 'stageable'] as const

/** `installed`: it is there; `stageable`: it is copied with the job. */
export type TransformationType = (typeof TRANSFORMATION_TYPES)[number]

/** Kinds of containers; Apptainer is `singularity`, and `bubblewrap`, which Pegasus has not, is a plain root tree. */
export const CONTAINER_TYPES = ['docker', 'singularity', 'shifter', 'bubblewrap'] as const

/** Kind of a container. */
export type ContainerType = (typeof CONTAINER_TYPES)[number]

/** Where one transformation is found on one site. */
export interface TransformationSite extends Platform {
  /** Handle of the site. */
  readonly name: string
  /** Path of the installed or URL of the stageable executable. */
  readonly pfn: string
  readonly type: TransformationType
  readonly profiles: readonly Profile[]
  readonly metadata: readonly MetadataEntry[]
  /** Stage the executable straight to the node. */
  readonly bypass?: boolean | undefined
  /** Name of a container of the same catalog. */
  readonly container?: string | undefined
  readonly extensions: readonly Extension[]
}

/** An executable with the places where it is found. */
export interface Transformation extends TransformationName {
  /** At least one. */
  readonly sites: readonly TransformationSite[]
  /** Identities `namespace::name:version` of what is staged with it. */
  readonly requires: readonly string[]
  readonly profiles: readonly Profile[]
  readonly hooks: readonly ShellHook[]
  readonly metadata: readonly MetadataEntry[]
  readonly checksum?: Checksum | undefined
  readonly extensions: readonly Extension[]
}

/** A container image in which transformations run. */
export interface Container {
  readonly name: string
  readonly type: ContainerType
  /** URL of the image: `docker:///img:tag`, `http://…`, `file://…`. */
  readonly image: string
  /** Site handle of the image URL. */
  readonly imageSite?: string | undefined
  /** `source:destination[:ro|rw]` */
  readonly mounts: readonly string[]
  readonly bypass?: boolean | undefined
  readonly checksum?: Checksum | undefined
  readonly profiles: readonly Profile[]
  readonly metadata: readonly MetadataEntry[]
  readonly extensions: readonly Extension[]
}

/**
 * Folder of an image that is used where it is, as on CVMFS: its `file:` URL ends with a slash. It is on every node and never
 * staged. `undefined` for an image that is a file.
 */
export function imageFolder({ image }: Pick<Container, 'image'>): string | undefined {
  const path = image.startsWith('/') ? image : /^file:(?:\/\/(?:localhost)?)?(\/.*)$/.exec(image)?.[1]
  return path?.endsWith('/') === true && path !== '/' ? path.slice(0, -1) : undefined
}

/** The executables a plan may use. */
export interface TransformationCatalog {
  readonly pegasus: string
  readonly transformations: readonly Transformation[]
  readonly containers: readonly Container[]
  readonly extensions: readonly Extension[]
}

/** A catalog of these executables. */
export function makeTransformationCatalog(
  transformations: readonly Transformation[],
  containers: readonly Container[] = [],
): TransformationCatalog {
  return { pegasus: FORMAT_VERSION, transformations, containers, extensions: [] }
}

/** An executable of which nothing but its places is known. */
export function plainTransformation(
  name: string,
  places: readonly Pick<TransformationSite, 'name' | 'pfn' | 'type'>[],
): Transformation {
  const none = { profiles: [], metadata: [], extensions: [] }
  return { ...none, name, sites: places.map((place) => ({ ...none, ...place })), requires: [], hooks: [] }
}
