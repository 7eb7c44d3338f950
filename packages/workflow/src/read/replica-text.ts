import type { MetadataEntry } from '../model/metadata.ts'
import {
  makeReplicaCatalog,
  type Replica,
  type ReplicaCatalog,
  type ReplicaLocation,
} from '../model/replica-catalog.ts'
import { lineTable, ProblemCollector } from '../problem/collector.ts'
import type { ReadResult } from '../problem/problem.ts'
import { compileReplicaPattern } from './replica-pattern.ts'
import { readWord, type Word } from './text-words.ts'

/** One line of the text format. */
interface ReplicaLine {
  readonly lfn: Word
  readonly pfn: Word
  readonly attributes: ReadonlyMap<string, string>
}

/**
 * Reads the text form of a replica catalog, which is also that of cache files: one location per line,
 * `LFN PFN site="…" key="value" …`, `#` for comments. Lines of one name become one entry. The attribute `pool` is the
 * old name of `site`; `regex="true"` makes the name a pattern.
 */
export function readReplicaText(text: string, name: string): ReadResult<ReplicaCatalog> {
  const problems = new ProblemCollector(name, lineTable(text))
  const entries = new Map<string, MutableEntry>()
  let start = 0
  while (start < text.length) {
    const newline = text.indexOf('\n', start)
    const end = newline < 0 ? text.length : newline
    const line = readLine(text, start, end, problems)
    if (line !== undefined) addLine(line, entries, problems)
    start = end + 1
  }
  const replicas = [...entries.values()].map(toReplica)
  return problems.result(makeReplicaCatalog(replicas))
}

interface MutableEntry {
  readonly lfn: string
  readonly isRegex: boolean
  readonly locations: ReplicaLocation[]
  readonly metadata: Map<string, string>
  sha256: string | undefined
}

function readLine(
  text: string,
  start: number,
  end: number,
  problems: ProblemCollector,
): ReplicaLine | undefined {
  const first = skipBlanks(text, start, end)
  if (first >= end || text[first] === '#') return undefined
  const lfn = readWord(text, first, '', problems)
  const second = skipBlanks(text, lfn.end, end)
  if (second >= end) {
    problems.add('SYNTAX', 'the line has no location', {
      path: '',
      offset: first,
      found: lfn.word.text,
      allowed: 'LFN PFN site="…"',
    })
    return undefined
  }
  const pfn = readWord(text, second, '', problems)
  const attributes = new Map<string, string>()
  for (
    let at = skipBlanks(text, pfn.end, end);
    at < end && text[at] !== '#';
    at = skipBlanks(text, at, end)
  ) {
    const key = readWord(text, at, '=', problems)
    if (text[key.end] !== '=' || key.word.text === '') {
      problems.add('SYNTAX', 'this is not an attribute', {
        path: '',
        offset: at,
        found: key.word.text === '' ? (text[at] ?? '') : key.word.text,
        allowed: 'key="value"',
      })
      return undefined
    }
    const value = readWord(text, key.end + 1, '', problems)
    attributes.set(key.word.text, value.word.text)
    at = value.end
  }
  return { lfn: lfn.word, pfn: pfn.word, attributes }
}

function skipBlanks(text: string, start: number, end: number): number {
  let at = start
  while (at < end && (text[at] === ' ' || text[at] === '\t' || text[at] === '\r')) at++
  return at
}

function addLine(line: ReplicaLine, entries: Map<string, MutableEntry>, problems: ProblemCollector): void {
  const attributes = new Map(line.attributes)
  const take = (key: string): string | undefined => {
    const value = attributes.get(key)
    attributes.delete(key)
    return value
  }
  const pool = take('pool')
  const site = take('site') ?? pool
  if (site === undefined || site === '') {
    problems.add('MISSING_KEY', 'the line needs the attribute site', {
      path: '',
      offset: line.pfn.offset,
      found: line.lfn.text,
      allowed: 'site="local"',
    })
    return
  }
  const isRegex = take('regex')?.toLowerCase() === 'true'
  if (isRegex) checkPattern(line.lfn, problems)
  const type = take('checksum.type')
  const sum = take('checksum.value')
  if (type !== undefined && type !== 'sha256') {
    problems.add('UNKNOWN_VALUE', 'unknown checksum type', {
      path: '',
      offset: line.lfn.offset,
      found: type,
      allowed: 'sha256',
    })
  }
  const id = `${String(isRegex)} ${line.lfn.text}`
  const entry = entries.get(id) ?? {
    lfn: line.lfn.text,
    isRegex,
    locations: [],
    metadata: new Map<string, string>(),
    sha256: undefined,
  }
  const isKnown = entry.locations.some((other) => other.site === site && other.pfn === line.pfn.text)
  if (!isKnown) entry.locations.push({ site, pfn: line.pfn.text })
  entry.sha256 ??= sum
  for (const [key, value] of attributes) entry.metadata.set(key, value)
  entries.set(id, entry)
}

function checkPattern(lfn: Word, problems: ProblemCollector): void {
  const compiled = compileReplicaPattern(lfn.text)
  if (compiled.ok) return
  problems.add('BAD_REGEX', `the pattern does not compile (${compiled.reason})`, {
    path: '',
    offset: lfn.offset,
    found: lfn.text,
    allowed: 'a regular expression',
  })
}

function toReplica(entry: MutableEntry): Replica {
  const metadata: MetadataEntry[] = [...entry.metadata].map(([key, value]) => ({ key, value }))
  return {
    lfn: entry.lfn,
    isRegex: entry.isRegex,
    locations: entry.locations,
    ...(entry.sha256 === undefined ? {} : { checksum: { sha256: entry.sha256 } }),
    metadata,
  }
}
