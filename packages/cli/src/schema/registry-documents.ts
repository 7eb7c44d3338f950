import {
  count,
  either,
  flag,
  json,
  list,
  number,
  numberOrNull,
  orNull,
  type Part,
  record,
  table,
  text,
  textOrNull,
  texts,
  withOptional,
  word,
} from './parts.ts'

const value = either(either(number, text), flag)
const madeBy = orNull(record({ runId: text, jobId: text, attempt: count, task: number }))

const file = {
  id: text,
  lfn: text,
  type: text,
  sizeBytes: numberOrNull,
  sha256: textOrNull,
  createdMs: number,
  madeBy,
}

const level = word('error', 'warning', 'info')

const details = record({
  ...file,
  replicas: list(record({ site: text, pfn: text, registeredMs: number })),
  metadata: table(value),
  sky: orNull(
    withOptional(
      { centreLonDeg: number, centreLatDeg: number, radiusDeg: number },
      { outline: list(list(number)) },
    ),
  ),
  tags: texts,
  messages: list(
    withOptional(
      { level, text, timeMs: number },
      {
        fileId: textOrNull,
        jobId: textOrNull,
        attempt: numberOrNull,
        author: textOrNull,
        logFile: textOrNull,
        logLine: numberOrNull,
        data: json,
      },
    ),
  ),
})

const invocation = record({
  jobId: text,
  attempt: count,
  task: number,
  taskId: textOrNull,
  transformation: text,
  executable: text,
  programVersion: textOrNull,
  programSha256: textOrNull,
  arguments: texts,
  workDirectory: textOrNull,
  site: textOrNull,
  host: textOrNull,
  ip: textOrNull,
  platform: textOrNull,
  startMs: number,
  durationMs: number,
  cpuMs: numberOrNull,
  maxRssBytes: numberOrNull,
  readBytes: numberOrNull,
  writtenBytes: numberOrNull,
  exitCode: number,
  signal: textOrNull,
  data: json,
})

const trace = record({
  registry: text,
  direction: word('ancestors', 'descendants'),
  roots: texts,
  files: list(record(file)),
  steps: list(
    record({
      runId: text,
      workflow: text,
      jobId: text,
      attempt: count,
      task: number,
      invocation: orNull(invocation),
      used: texts,
      generated: texts,
    }),
  ),
  derived: list(record({ parentId: text, childId: text })),
  isCut: flag,
  corrections: list(record({ lfn: text, a: number, b: number, c: number })),
})

const added = withOptional(
  { path: text, id: text, lfn: text, hasPlaceOnSky: flag, warnings: texts },
  { type: text, sizeBytes: count, sha256: text, createdMs: number, metadata: table(value) },
)

/** What a comparison with storage finds. */
export const storageReport: Readonly<Record<string, Part>> = {
  checkedCopies: count,
  checkedBytes: count,
  remoteCopies: count,
  copiesWithoutChecksum: count,
  damaged: list(record({ fileId: text, site: text, pfn: text, fault: text, registered: text, found: text })),
  strays: texts,
  affected: texts,
}

/** What `skyloom registry ... --json` and `skyloom trace --json` print, by the name of its schema. */
export const REGISTRY_DOCUMENTS: Readonly<Record<string, Part>> = {
  'registry-add': record({ registry: textOrNull, files: list(added), failed: texts }),
  'registry-find': record({ registry: text, files: list(details) }),
  'registry-show': details,
  'registry-tags': record({ tags: list(record({ tag: text, files: count })) }),
  'registry-tag': record({ tag: text, files: texts, changed: count }),
  'registry-quality': record({ fileId: text, level, text, author: text }),
  'registry-verify': record({ registry: text, ...storageReport }),
  'registry-backup': record({ registry: text, out: text, sizeBytes: count }),
  'registry-migrate': record({ registry: text, version: count }),
  'registry-stats': record({
    registry: text,
    dialect: word('sqlite', 'postgres'),
    version: count,
    sizeBytes: count,
    rows: table(count),
    metadata: list(record({ name: text, kinds: texts, files: count })),
    tags: list(record({ tag: text, files: count })),
  }),
  'registry-export': record({
    registry: text,
    written: list(
      withOptional(
        { format: word('prov-json', 'ro-crate', 'stampede'), out: text },
        { files: count, steps: count, rows: table(count) },
      ),
    ),
  }),
  'registry-forget': record({
    registry: text,
    copies: list(record({ fileId: text, site: text, pfn: text })),
    isDryRun: flag,
  }),
  trace,
}
