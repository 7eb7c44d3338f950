import {
  CONTAINER_TYPES,
  type Container,
  TRANSFORMATION_TYPES,
  type Transformation,
  type TransformationSite,
} from '../model/transformation-catalog.ts'
import { checksum, hooks, metadata, platformFields, profiles } from '../schema/common.ts'
import { list } from '../schema/list.ts'
import { flag, oneOf, text } from '../schema/scalar.ts'
import { mapped, type Schema } from '../schema/schema.ts'
import { optional, required, shape } from '../schema/shape.ts'
import { toPlatform } from './platform.ts'

const idPart = { pattern: /^[^:\s]+$/, allowed: 'a text without colon and blanks' } as const

const transformationSite: Schema<TransformationSite> = mapped(
  shape(
    {
      name: required(text({ noun: 'a site name' })),
      pfn: required(text({ noun: 'a path or URL' })),
      type: required(oneOf('type of executable', TRANSFORMATION_TYPES)),
      ...platformFields,
      profiles: optional(profiles),
      metadata: optional(metadata),
      bypass: optional(flag()),
      container: optional(text({ noun: 'a container name' })),
    },
    { noun: 'a site of a transformation' },
  ),
  (fields): TransformationSite => ({
    name: fields.name,
    pfn: fields.pfn,
    type: fields.type,
    ...toPlatform(fields),
    profiles: fields.profiles ?? [],
    metadata: fields.metadata ?? [],
    ...(fields.bypass === undefined ? {} : { bypass: fields.bypass }),
    ...(fields.container === undefined ? {} : { container: fields.container }),
    extensions: fields.extensions,
  }),
)

/** One transformation. */
export const transformation: Schema<Transformation> = mapped(
  shape(
    {
      namespace: optional(text({ noun: 'a name space', ...idPart })),
      name: required(text({ noun: 'a transformation name', ...idPart })),
      version: optional(text({ noun: 'a version', ...idPart })),
      sites: required(list(transformationSite, 1)),
      requires: optional(list(text({ noun: 'a transformation id' }))),
      profiles: optional(profiles),
      hooks: optional(hooks),
      metadata: optional(metadata),
      checksum: optional(checksum),
    },
    { noun: 'a transformation' },
  ),
  ({ namespace, version, ...fields }): Transformation => ({
    ...(namespace === undefined ? {} : { namespace }),
    ...(version === undefined ? {} : { version }),
    ...fields,
    requires: fields.requires ?? [],
    profiles: fields.profiles ?? [],
    hooks: fields.hooks ?? [],
    metadata: fields.metadata ?? [],
  }),
)

/** One container. */
export const container: Schema<Container> = mapped(
  shape(
    {
      name: required(text({ noun: 'a container name' })),
      type: required(oneOf('container type', CONTAINER_TYPES, { apptainer: 'singularity' })),
      image: required(text({ noun: 'the URL of an image' })),
      'image.site': optional(text({ noun: 'a site name' })),
      mounts: optional(
        list(
          text({ noun: 'a mount', pattern: /^[^:]+:[^:]+(:[^:]+)?$/, allowed: 'source:destination[:ro|rw]' }),
        ),
      ),
      bypass: optional(flag()),
      checksum: optional(checksum),
      profiles: optional(profiles),
      metadata: optional(metadata),
    },
    { noun: 'a container' },
  ),
  ({ 'image.site': imageSite, ...fields }): Container => ({
    ...fields,
    ...(imageSite === undefined ? {} : { imageSite }),
    mounts: fields.mounts ?? [],
    profiles: fields.profiles ?? [],
    metadata: fields.metadata ?? [],
  }),
)
