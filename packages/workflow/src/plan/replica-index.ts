import { metadataSizeBytes } from '../model/metadata.ts'
import type { Replica, ReplicaCatalog, ReplicaLocation } from '../model/replica-catalog.ts'
import { compileReplicaPattern, fillPattern } from '../read/replica-pattern.ts'
import type { PlanProblems } from './problem.ts'

/** Where a file exists, from the highest-ranking source that knows it. */
export interface KnownFile {
  readonly locations: readonly ReplicaLocation[]
  readonly sha256: string | undefined
  readonly sizeBytes: number | undefined
  /** Source that answered: `cache`, `input directory`, `workflow`, `parent workflow`, `earlier run`, `replica catalog`. */
  readonly source: string
}

/** One catalog with the name under which `explain` shows it. */
export interface ReplicaSource {
  readonly name: string
  readonly catalog: ReplicaCatalog
  /** Add the places of lower sources instead of hiding them. */
  readonly isMerged: boolean
}

interface SourceIndex {
  readonly source: ReplicaSource
  readonly literal: ReadonlyMap<string, KnownFile>
  readonly patterns: readonly { readonly pattern: RegExp; readonly replica: Replica }[]
}

/** Answers where a logical file exists. Literal entries win over patterns, the first pattern that matches is used. */
export class ReplicaIndex {
  readonly #sources: readonly SourceIndex[]
  /** True when no source has an entry. */
  readonly isEmpty: boolean

  /** @param sources by falling rank; a source hides those after it unless it is merged */
  constructor(sources: readonly ReplicaSource[], problems: PlanProblems) {
    this.#sources = sources.map((source) => indexSource(source, problems))
    this.isEmpty = this.#sources.every((index) => index.literal.size === 0 && index.patterns.length === 0)
  }

  /** Places of a file; `undefined` when no source has one. */
  find(lfn: string): KnownFile | undefined {
    let merged: KnownFile | undefined
    for (const index of this.#sources) {
      const known = findIn(index, lfn)
      if (known === undefined || known.locations.length === 0) continue
      merged = merged === undefined ? known : merge(merged, known)
      if (!index.source.isMerged) return merged
    }
    return merged
  }

  /** True when some source has a place of the file. */
  has(lfn: string): boolean {
    return !this.isEmpty && this.find(lfn) !== undefined
  }

  /** Literal names that are close to `lfn`, for messages. */
  literalNames(limit: number): readonly string[] {
    const names: string[] = []
    for (const index of this.#sources) {
      for (const name of index.literal.keys()) {
        if (names.length >= limit) return names
        names.push(name)
      }
    }
    return names
  }
}

function indexSource(source: ReplicaSource, problems: PlanProblems): SourceIndex {
  const literal = new Map<string, KnownFile>()
  const patterns: { pattern: RegExp; replica: Replica }[] = []
  for (const replica of source.catalog.replicas) {
    if (replica.isRegex) {
      const pattern = compilePattern(replica.lfn, problems)
      if (pattern !== undefined) patterns.push({ pattern, replica })
      continue
    }
    const known = knownFile(replica, replica.locations, source.name)
    const before = literal.get(replica.lfn)
    literal.set(replica.lfn, before === undefined ? known : merge(before, known))
  }
  return { source, literal, patterns }
}

function compilePattern(text: string, problems: PlanProblems): RegExp | undefined {
  const result = compileReplicaPattern(text)
  if (result.ok) return result.regex
  problems.error(
    'BAD_REGEX',
    `a pattern of the replica catalog is not a regular expression (${result.reason})`,
    {
      where: `replica ${text}`,
      found: text,
      remedy: 'escape marks such as ( and [ with a backslash',
    },
  )
  return undefined
}

function findIn(index: SourceIndex, lfn: string): KnownFile | undefined {
  const literal = index.literal.get(lfn)
  if (literal !== undefined) return literal
  for (const { pattern, replica } of index.patterns) {
    const match = pattern.exec(lfn)
    if (match === null) continue
    const locations = replica.locations.map(({ site, pfn }) => ({
      site,
      pfn: fillPattern(pfn, match),
    }))
    return knownFile(replica, locations, index.source.name)
  }
  return undefined
}

function knownFile(replica: Replica, locations: readonly ReplicaLocation[], source: string): KnownFile {
  return {
    locations,
    sha256: replica.checksum?.sha256,
    sizeBytes: metadataSizeBytes(replica.metadata),
    source,
  }
}

function merge(first: KnownFile, second: KnownFile): KnownFile {
  const locations = [...first.locations]
  for (const location of second.locations) {
    if (!locations.some((l) => l.site === location.site && l.pfn === location.pfn)) locations.push(location)
  }
  return {
    locations,
    sha256: first.sha256 ?? second.sha256,
    sizeBytes: first.sizeBytes ?? second.sizeBytes,
    source: first.source,
  }
}
