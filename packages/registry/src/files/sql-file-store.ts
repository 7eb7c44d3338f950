import { sql } from 'kysely'
import type { Database, Session } from '../database/database.ts'
import { PAGE_ROWS, pages } from '../database/pages.ts'
import { RegistryError } from '../errors.ts'
import { type FileTrace, type TraceOptions, traceFiles } from '../provenance/trace.ts'
import type { FileSearch } from '../query/file-search.ts'
import { findKeys, skyFromRow } from '../query/find-keys.ts'
import { metadataNames } from '../query/known-names.ts'
import { fileKeys, inPieces } from './file-keys.ts'
import { fileFromRow, messageFromRow } from './file-rows.ts'
import { DELETE_REPLICAS, DELETE_TAGS, INSERT_TAGS } from './file-statements.ts'
import type { FileDetails, FileInfo, FileStore } from './file-store.ts'
import { type MetadataKind, valueFromRow } from './metadata-value.ts'
import type { DerivedRow, FileRow, QualityMessage, ReplicaRow } from './records.ts'
import { writeFiles, writeMessages } from './write-files.ts'

const MAX_FOUND = 1000
const MIN_DIGITS = 8
const TAG = /^[^\s,]{1,100}$/u

/** Files in a database. */
export class SqlFileStore implements FileStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async add(rows: {
    readonly files?: readonly FileRow[]
    readonly replicas?: readonly ReplicaRow[]
    readonly derived?: readonly DerivedRow[]
  }): Promise<void> {
    const nowMs = this.#database.clock.nowMs()
    await this.#database.write((session) => writeFiles(session, rows, nowMs))
  }

  async get(fileId: string): Promise<FileDetails> {
    return await this.#database.read(async (session) => {
      const row = await session.row(fileQuery(session).where('file.id', '=', fileId))
      if (row === undefined)
        throw new RegistryError('REGISTRY_NOT_FOUND', 'no such file is registered', { found: fileId })
      return await details(session, row.key, fileFromRow(row))
    })
  }

  async lookup(text: string): Promise<readonly FileInfo[]> {
    return await this.#database.read(async (session) => {
      const isDigits = /^[0-9a-f]+$/.test(text) && text.length >= MIN_DIGITS && text.length <= 64
      const rows = await session.rows(
        fileQuery(session)
          .where((where) =>
            where.or([
              where('file.id', '=', text),
              where('file.lfn', '=', text),
              where('file.key', 'in', where.selectFrom('replica').select('file_key').where('pfn', '=', text)),
              ...(isDigits
                ? [
                    where.and([
                      where('file.sha256', '>=', text),
                      where('file.sha256', '<=', text.padEnd(64, 'f')),
                    ]),
                  ]
                : []),
            ]),
          )
          .orderBy('file.key', 'desc')
          .limit(MAX_FOUND),
      )
      return rows.map(fileFromRow)
    })
  }

  async replicas(lfns: readonly string[]): Promise<
    ReadonlyMap<
      string,
      readonly {
        readonly fileId: string
        readonly site: string
        readonly pfn: string
        readonly sha256: string | null
        readonly sizeBytes: number | null
      }[]
    >
  > {
    return await this.#database.read(async (session) => {
      const found = new Map<
        string,
        { fileId: string; site: string; pfn: string; sha256: string | null; sizeBytes: number | null }[]
      >()
      for (const piece of inPieces(lfns)) {
        const rows = await session.rows(
          session.sql
            .selectFrom('replica')
            .innerJoin('file', 'file.key', 'replica.file_key')
            .select(['lfn', 'file.id as fileId', 'site', 'pfn', 'sha256', 'size_bytes as sizeBytes'])
            .where('lfn', 'in', piece)
            .orderBy('file.key', 'desc')
            .orderBy('site')
            .orderBy('pfn'),
        )
        for (const { lfn, ...replica } of rows) {
          const list = found.get(lfn)
          if (list === undefined) found.set(lfn, [replica])
          else list.push(replica)
        }
      }
      return found
    })
  }

  async countReplicas(site?: string): Promise<number> {
    return await this.#database.read(async (session) => {
      const query = session.sql.selectFrom('replica').select(({ fn }) => fn.countAll<number>().as('count'))
      const row = await session.row(site === undefined ? query : query.where('site', '=', site))
      return row?.count ?? 0
    })
  }

  async *allReplicas(
    site?: string,
  ): AsyncGenerator<
    ReplicaRow & { readonly sizeBytes: number | null; readonly sha256: string | null },
    void,
    undefined
  > {
    type Row = ReplicaRow & { sizeBytes: number | null; sha256: string | null; key: number }
    const all = pages<Row>(async (after) =>
      this.#database.read(async (session) => {
        let query = session.sql
          .selectFrom('replica')
          .innerJoin('file', 'file.key', 'replica.file_key')
          .select(['file.key', 'file.id as fileId', 'site', 'pfn', 'sha256', 'size_bytes as sizeBytes'])
        if (site !== undefined) query = query.where('site', '=', site)
        if (after !== undefined)
          query = query.where((where) =>
            where(
              where.refTuple('replica.file_key', 'site', 'pfn'),
              '>',
              where.tuple(after.key, after.site, after.pfn),
            ),
          )
        return await session.rows(
          query.orderBy('replica.file_key').orderBy('site').orderBy('pfn').limit(PAGE_ROWS),
        )
      }),
    )
    for await (const { fileId, site: at, pfn, sizeBytes, sha256 } of all)
      yield { fileId, site: at, pfn, sizeBytes, sha256 }
  }

  async removeReplicas(rows: readonly ReplicaRow[]): Promise<number> {
    return await this.#database.write(async (session) =>
      session.bulk(
        DELETE_REPLICAS,
        rows.map(({ fileId, site, pfn }) => [fileId, site, pfn]),
      ),
    )
  }

  async *find(search: FileSearch = {}): AsyncGenerator<FileInfo, void, undefined> {
    const keys = await this.#database.read((session) => findKeys(session, search))
    for (const piece of inPieces(keys)) {
      const rows = await this.#database.read(async (session) =>
        session.rows(fileQuery(session).where('file.key', 'in', piece).orderBy('file.key')),
      )
      for (const row of rows) yield fileFromRow(row)
    }
  }

  async tag(tag: string, fileIds: readonly string[]): Promise<number> {
    if (!TAG.test(tag)) {
      throw new RegistryError('REGISTRY_BAD_VALUE', 'this is no tag', {
        found: tag,
        allowed: '1 to 100 characters without blanks and commas',
      })
    }
    const nowMs = this.#database.clock.nowMs()
    return await this.#database.write(async (session) => {
      await fileKeys(session, fileIds)
      return await session.bulk(
        INSERT_TAGS,
        [...new Set(fileIds)].map((id) => [tag, id, nowMs]),
      )
    })
  }

  async untag(tag: string, fileIds: readonly string[]): Promise<number> {
    return await this.#database.write(async (session) => {
      await fileKeys(session, fileIds)
      return await session.bulk(
        DELETE_TAGS,
        [...new Set(fileIds)].map((id) => [tag, id]),
      )
    })
  }

  async tags(): Promise<readonly { readonly tag: string; readonly files: number }[]> {
    return await this.#database.read(async (session) =>
      session.rows(
        session.sql
          .selectFrom('tag')
          .select('tag')
          .select(({ fn }) => fn.countAll<number>().as('files'))
          .groupBy('tag')
          .orderBy('tag'),
      ),
    )
  }

  async addMessages(messages: readonly QualityMessage[]): Promise<void> {
    const nowMs = this.#database.clock.nowMs()
    await this.#database.write((session) => writeMessages(session, messages, nowMs, null))
  }

  async metadataNames(): Promise<
    readonly { readonly name: string; readonly kinds: readonly MetadataKind[]; readonly files: number }[]
  > {
    return await this.#database.read(async (session) => {
      const names = []
      for (const name of await metadataNames(session)) {
        const rows = await session.rows(
          session.sql
            .selectFrom('metadata')
            .select('kind')
            .select(sql<number>`count(*)`.as('files'))
            .where('name', '=', name)
            .groupBy('kind')
            .orderBy('kind'),
        )
        names.push({
          name,
          // Written from `storedValue` only.
          kinds: rows.map(({ kind }) => kind as MetadataKind),
          files: rows.reduce((sum, { files }) => sum + files, 0),
        })
      }
      return names
    })
  }

  async trace(fileIds: readonly string[], options: TraceOptions): Promise<FileTrace> {
    return await this.#database.read((session) => traceFiles(session, fileIds, options))
  }
}

function fileQuery(session: Session) {
  return session.sql
    .selectFrom('file')
    .leftJoin('run', 'run.key', 'file.run_key')
    .selectAll('file')
    .select('run.id as run_id')
}

async function details(session: Session, key: number, file: FileInfo): Promise<FileDetails> {
  const { sql: query } = session
  const replicas = await session.rows(
    query
      .selectFrom('replica')
      .select(['site', 'pfn', 'registered_ms as registeredMs'])
      .where('file_key', '=', key)
      .orderBy('site')
      .orderBy('pfn'),
  )
  const metadata = await session.rows(
    query.selectFrom('metadata').selectAll().where('file_key', '=', key).orderBy('name'),
  )
  const sky = await session.row(query.selectFrom('file_sky').selectAll().where('file_key', '=', key))
  const tags = await session.rows(
    query.selectFrom('tag').select('tag').where('file_key', '=', key).orderBy('tag'),
  )
  const messages = await session.rows(
    query
      .selectFrom('quality_message')
      .selectAll()
      .select(sql<null>`null`.as('file_id'))
      .where('file_key', '=', key)
      .orderBy('key'),
  )
  return {
    ...file,
    replicas,
    metadata: Object.fromEntries(metadata.map((row) => [row.name, valueFromRow(row)])),
    sky: sky === undefined ? null : skyFromRow(sky),
    tags: tags.map(({ tag }) => tag),
    messages: messages.map(messageFromRow),
  }
}
