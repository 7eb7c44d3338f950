import type { Replica, ReplicaLocation } from '../model/replica-catalog.ts'
import { checksum, metadata } from '../schema/common.ts'
import { list } from '../schema/list.ts'
import { flag, text } from '../schema/scalar.ts'
import { mapped, type Schema } from '../schema/schema.ts'
import { optional, required, shape } from '../schema/shape.ts'

const location: Schema<ReplicaLocation> = mapped(
  shape(
    { site: required(text({ noun: 'a site name' })), pfn: required(text({ noun: 'a path or URL' })) },
    { noun: 'a location', allowsExtensions: false },
  ),
  ({ site, pfn }) => ({ site, pfn }),
)

/** One entry of a replica catalog. */
export const replica: Schema<Replica> = mapped(
  shape(
    {
      lfn: required(text({ noun: 'a logical file name' })),
      pfns: required(list(location)),
      regex: optional(flag()),
      checksum: optional(checksum),
      metadata: optional(metadata),
    },
    { noun: 'a replica', allowsExtensions: false },
  ),
  (fields): Replica => ({
    lfn: fields.lfn,
    isRegex: fields.regex ?? false,
    locations: fields.pfns,
    ...(fields.checksum === undefined ? {} : { checksum: fields.checksum }),
    metadata: fields.metadata ?? [],
  }),
)
