import type { Checksum } from '../model/checksum.ts'
import type { MetadataEntry } from '../model/metadata.ts'
import type { ReplicaCatalog as ReplicaCatalogData, ReplicaLocation } from '../model/replica-catalog.ts'
import { FORMAT_VERSION } from '../model/workflow.ts'
import { compileReplicaPattern } from '../read/replica-pattern.ts'
import { type WriteReplicaOptions, writeReplicaCatalog } from '../write/write.ts'
import { type MetadataInput, mergeMetadata } from './annotations.ts'
import { type FileLike, toFile } from './file.ts'
import { checkChecksum } from './transformation.ts'
import { badValue, checkFilled, checkLocation, duplicate } from './values.ts'

/** Options of a replica. */
export interface ReplicaOptions {
  readonly checksum?: Checksum
  readonly metadata?: MetadataInput
}

interface Entry {
  readonly isRegex: boolean
  readonly locations: ReplicaLocation[]
  checksum: Checksum | undefined
  metadata: readonly MetadataEntry[]
}

/** Replicas that are put together one by one. */
export class ReplicaCatalog {
  readonly #literal = new Map<string, Entry>()
  readonly #patterns = new Map<string, Entry>()

  /** Adds a location of a file; several calls for one file add locations, and merge checksum and metadata. */
  addReplica(site: string, file: FileLike, pfn: string, options: ReplicaOptions = {}): this {
    const { lfn, metadata } = toFile(file)
    const entry = this.#literal.get(lfn) ?? {
      isRegex: false,
      locations: [],
      checksum: undefined,
      metadata: [],
    }
    const location = {
      site: checkFilled('the site of a replica', site),
      pfn: checkLocation('the location of a replica', pfn),
    }
    const isKnown = entry.locations.some(
      (other) => other.site === location.site && other.pfn === location.pfn,
    )
    if (!isKnown) entry.locations.push(location)
    if (options.checksum !== undefined) entry.checksum = checkChecksum(options.checksum)
    const own = Object.fromEntries(metadata.map(({ key, value }) => [key, value]))
    entry.metadata = mergeMetadata(mergeMetadata(entry.metadata, own), options.metadata ?? {})
    this.#literal.set(lfn, entry)
    return this
  }

  /** Adds a location for all files whose whole name matches a pattern; `[0]` in it is the name, `[1]`… the groups. */
  addRegexReplica(
    site: string,
    pattern: string,
    pfn: string,
    options: Pick<ReplicaOptions, 'metadata'> = {},
  ): this {
    if (this.#patterns.has(pattern)) throw duplicate('the pattern of a replica', pattern)
    const compiled = compileReplicaPattern(checkFilled('the pattern of a replica', pattern))
    if (!compiled.ok)
      throw badValue(`the pattern of a replica (${compiled.reason})`, pattern, 'a regular expression')
    this.#patterns.set(pattern, {
      isRegex: true,
      locations: [
        {
          site: checkFilled('the site of a replica', site),
          pfn: checkLocation('the location of a replica', pfn),
        },
      ],
      checksum: undefined,
      metadata: mergeMetadata([], options.metadata ?? {}),
    })
    return this
  }

  /** The catalog as plain data: files first, then patterns, each in the order of the calls. */
  build(): ReplicaCatalogData {
    const entries = [...this.#literal, ...this.#patterns]
    return {
      pegasus: FORMAT_VERSION,
      replicas: entries.map(([lfn, { isRegex, locations, checksum, metadata }]) => ({
        lfn,
        isRegex,
        locations: [...locations],
        ...(checksum === undefined ? {} : { checksum }),
        metadata,
      })),
      extensions: [],
    }
  }

  /** Text of the catalog file. */
  toText(options: WriteReplicaOptions = {}): string {
    return writeReplicaCatalog(this.build(), options)
  }
}
