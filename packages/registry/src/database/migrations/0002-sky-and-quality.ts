import type { Kysely, Migration } from 'kysely'
import { columnTypes } from './column-types.ts'

/** Places on the sky with the HEALPix index; tags and quality messages. */
export const skyAndQuality: Migration = {
  async up(db: Kysely<unknown>): Promise<void> {
    const types = columnTypes(db)
    const { text, whole, real } = types
    await types
      .keyed(db.schema.createTable('file_sky'), ['file_key'])
      .addColumn('file_key', whole, (column) => column.notNull().references('file.key'))
      .addColumn('centre_lon_deg', real, (column) => column.notNull())
      .addColumn('centre_lat_deg', real, (column) => column.notNull())
      .addColumn('radius_deg', real, (column) => column.notNull())
      .addColumn('outline', text)
      .execute()

    await types
      .keyed(db.schema.createTable('sky_cell'), ['first', 'last', 'file_key'])
      .addColumn('first', whole, (column) => column.notNull())
      .addColumn('last', whole, (column) => column.notNull())
      .addColumn('file_key', whole, (column) => column.notNull().references('file.key'))
      .execute()
    await db.schema.createIndex('sky_cell_file').on('sky_cell').column('file_key').execute()

    await types
      .keyed(db.schema.createTable('tag'), ['tag', 'file_key'])
      .addColumn('tag', text, (column) => column.notNull())
      .addColumn('file_key', whole, (column) => column.notNull().references('file.key'))
      .addColumn('tagged_ms', real, (column) => column.notNull())
      .execute()
    await db.schema.createIndex('tag_file').on('tag').column('file_key').execute()

    await types
      .numbered(db.schema.createTable('quality_message'), 'key')
      .addColumn('time_ms', real, (column) => column.notNull())
      .addColumn('level', text, (column) => column.notNull())
      .addColumn('text', text, (column) => column.notNull())
      .addColumn('file_key', whole, (column) => column.references('file.key'))
      .addColumn('run_key', whole, (column) => column.references('run.key'))
      .addColumn('job_id', text)
      .addColumn('attempt', whole)
      .addColumn('author', text)
      .addColumn('log_file', text)
      .addColumn('log_line', whole)
      .addColumn('data', text, (column) => column.notNull())
      .execute()
    await db.schema.createIndex('quality_file').on('quality_message').column('file_key').execute()
    await db.schema.createIndex('quality_run').on('quality_message').columns(['run_key', 'job_id']).execute()
  },
}
