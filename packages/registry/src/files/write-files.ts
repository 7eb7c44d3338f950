import { sql } from 'kysely'
import type { Session } from '../database/database.ts'
import type { SqlValue } from '../database/engine.ts'
import { jsonText } from '../database/json-text.ts'
import { RegistryError } from '../errors.ts'
import { fileKeys, inPieces } from './file-keys.ts'
import {
  DELETE_CELLS,
  EMPTY_PLACES,
  INSERT_CELLS,
  INSERT_DERIVED,
  INSERT_MESSAGES,
  INSERT_REPLICAS,
  PUT_FILES,
  PUT_METADATA,
  PUT_SKY,
  REPLACE_FILES,
} from './file-statements.ts'
import { storedValue } from './metadata-value.ts'
import type { DerivedRow, FileRow, PlaceRow, QualityMessage, ReplicaRow } from './records.ts'
import { MAX_SKY_CELLS, skyRange } from './sky-cell.ts'

/** Rows of files that are written together. */
export interface FileRows {
  readonly files?: readonly FileRow[] | undefined
  readonly replicas?: readonly ReplicaRow[] | undefined
  readonly removedPlaces?: readonly PlaceRow[] | undefined
  readonly derived?: readonly DerivedRow[] | undefined
}

const SHA256 = /^[0-9a-f]{64}$/
/** Number of the advisory lock of writers of files in one PostgreSQL database; any constant does. */
const FILES_LOCK = 7_305_112

/** Writes files with replicas, metadata, places on the sky and derivations. */
export async function writeFiles(session: Session, rows: FileRows, nowMs: number): Promise<void> {
  const files = mergedFiles(rows.files ?? [])
  if (files.length > 0) {
    // Writers of the same files in another order would end each other in deadlocks; SQLite has one writer anyway.
    if (session.dialect === 'postgres') await session.run(sql`SELECT pg_advisory_xact_lock(${FILES_LOCK})`)
    await putFiles(session, files, nowMs)
    await putMetadata(session, files)
    await putSky(session, files)
  }
  await session.bulk(
    INSERT_REPLICAS,
    (rows.replicas ?? []).map(({ fileId, site, pfn }) => [fileId, site, pfn, nowMs]),
  )
  await session.bulk(
    EMPTY_PLACES,
    (rows.removedPlaces ?? []).map(({ site, pfn }) => [site, pfn]),
  )
  await session.bulk(
    INSERT_DERIVED,
    (rows.derived ?? []).map(({ childId, parentId }) => [childId, parentId]),
  )
}

/** Adds quality messages. @param runKey run of those that name a job, or of all of a run */
export async function writeMessages(
  session: Session,
  messages: readonly QualityMessage[],
  nowMs: number,
  runKey: number | null,
): Promise<void> {
  const ids = messages.flatMap(({ fileId }) => (fileId === undefined ? [] : [fileId]))
  const keys = await fileKeys(session, ids)
  await session.bulk(
    INSERT_MESSAGES,
    messages.map((message) => [
      message.timeMs ?? nowMs,
      message.level,
      message.text,
      message.fileId === undefined ? null : (keys.get(message.fileId) ?? null),
      runKey,
      message.jobId ?? null,
      message.attempt ?? null,
      message.author ?? null,
      message.logFile ?? null,
      message.logLine ?? null,
      jsonText(message.data),
    ]),
  )
}

/** One row for each id: PostgreSQL refuses to write a row twice in one statement. */
function mergedFiles(files: readonly FileRow[]): readonly FileRow[] {
  const byId = new Map<string, FileRow>()
  for (const file of files) {
    checkFile(file)
    const before = byId.get(file.id)
    if (before === undefined) {
      byId.set(file.id, file)
      continue
    }
    for (const key of ['lfn', 'sha256', 'sizeBytes'] as const) {
      if (before[key] !== undefined && file[key] !== undefined && before[key] !== file[key])
        throw contradiction(file.id, key, String(before[key]), String(file[key]))
    }
    const metadata = { ...before.metadata, ...file.metadata }
    byId.set(file.id, { ...before, ...definedOf(file), metadata })
  }
  return [...byId.values()]
}

function definedOf(file: FileRow): FileRow {
  // Only keys whose value is undefined are left out; `id` and `lfn` are never.
  return Object.fromEntries(
    Object.entries(file).filter(([, value]) => value !== undefined),
  ) as unknown as FileRow
}

function checkFile(file: FileRow): void {
  const { id, lfn, sha256, sizeBytes } = file
  if (sha256 !== undefined && !SHA256.test(sha256)) {
    throw new RegistryError('REGISTRY_BAD_VALUE', 'this is no SHA-256', {
      where: [id],
      found: sha256,
      allowed: '64 hexadecimal digits in lower case',
    })
  }
  if (sizeBytes !== undefined && !(Number.isSafeInteger(sizeBytes) && sizeBytes >= 0)) {
    throw new RegistryError('REGISTRY_BAD_VALUE', 'this is no size', {
      where: [id],
      found: String(sizeBytes),
      allowed: 'a whole number of bytes',
    })
  }
  if (id === '' || lfn === '' || id.includes('\0') || lfn.includes('\0')) {
    throw new RegistryError('REGISTRY_BAD_VALUE', 'a file needs an id and a logical name', {
      found: `id ${id}, name ${lfn}`,
    })
  }
}

async function putFiles(session: Session, files: readonly FileRow[], nowMs: number): Promise<void> {
  const values = (file: FileRow): readonly SqlValue[] => [
    file.id,
    file.lfn,
    file.type ?? 'file',
    file.sizeBytes ?? null,
    file.sha256 ?? null,
    file.createdMs ?? nowMs,
  ]
  const kept = files.filter((file) => file.replacesContent !== true)
  const replaced = files.filter((file) => file.replacesContent === true)
  const written =
    (await session.bulk(PUT_FILES, kept.map(values))) +
    (await session.bulk(REPLACE_FILES, replaced.map(values)))
  if (written !== files.length) await explainRefusal(session, files)
}

/** Finds the file that contradicts what is registered. */
async function explainRefusal(session: Session, files: readonly FileRow[]): Promise<never> {
  for (const piece of inPieces(files)) {
    const rows = await session.rows(
      session.sql
        .selectFrom('file')
        .select(['id', 'lfn', 'size_bytes', 'sha256'])
        .where(
          'id',
          'in',
          piece.map(({ id }) => id),
        ),
    )
    const known = new Map(rows.map((row) => [row.id, row]))
    for (const file of piece) {
      const row = known.get(file.id)
      if (row === undefined) continue
      if (row.lfn !== file.lfn) throw contradiction(file.id, 'lfn', row.lfn, file.lfn)
      if (row.sha256 !== null && file.sha256 !== undefined && row.sha256 !== file.sha256)
        throw contradiction(file.id, 'sha256', row.sha256, file.sha256)
      if (row.size_bytes !== null && file.sizeBytes !== undefined && row.size_bytes !== file.sizeBytes)
        throw contradiction(file.id, 'sizeBytes', String(row.size_bytes), String(file.sizeBytes))
    }
  }
  throw new RegistryError('REGISTRY_CONFLICT', 'a file contradicts what is registered')
}

function contradiction(id: string, what: string, registered: string, found: string): RegistryError {
  const words = { lfn: 'logical name', sha256: 'SHA-256', sizeBytes: 'size in bytes' }
  const word = what === 'lfn' || what === 'sha256' || what === 'sizeBytes' ? words[what] : what
  return new RegistryError('REGISTRY_CONFLICT', `a file of this id has another ${word}`, {
    where: [id],
    found,
    allowed: registered,
    remedy: 'register other content under another id',
  })
}

async function putMetadata(session: Session, files: readonly FileRow[]): Promise<void> {
  const rows = files.flatMap(({ id, metadata = {} }) =>
    Object.entries(metadata).map(([name, value]) => {
      const { kind, number, text } = storedValue(id, name, value)
      return [id, name, kind, number, text]
    }),
  )
  await session.bulk(PUT_METADATA, rows)
}

async function putSky(session: Session, files: readonly FileRow[]): Promise<void> {
  const placed = files.flatMap(({ id, sky }) => (sky === undefined ? [] : [{ id, sky }]))
  if (placed.length === 0) return
  for (const { id, sky } of placed) {
    if (sky.cells.length > 0 && sky.cells.length <= MAX_SKY_CELLS) continue
    throw new RegistryError('REGISTRY_BAD_VALUE', 'a place on the sky needs cells, and not too many', {
      where: [id],
      found: `${sky.cells.length} cells`,
      allowed: `1 to ${MAX_SKY_CELLS}`,
    })
  }
  await session.bulk(
    PUT_SKY,
    placed.map(({ id, sky }) => [
      id,
      sky.centreLonDeg,
      sky.centreLatDeg,
      sky.radiusDeg,
      sky.outline === undefined ? null : jsonText(sky.outline),
    ]),
  )
  await session.bulk(
    DELETE_CELLS,
    placed.map(({ id }) => [id]),
  )
  await session.bulk(
    INSERT_CELLS,
    placed.flatMap(({ id, sky }) =>
      sky.cells.map((cell) => {
        const { first, last } = skyRange(cell, [id, 'sky'])
        return [first, last, id]
      }),
    ),
  )
}
