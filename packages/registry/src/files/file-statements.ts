import { type BulkColumn, bulkDelete, bulkInsert, bulkUpdate } from '../database/bulk-statement.ts'
import type { BulkStatement } from '../database/engine.ts'

const text = (name: string): BulkColumn => ({ name, type: 'text' })
const whole = (name: string): BulkColumn => ({ name, type: 'whole' })
const real = (name: string): BulkColumn => ({ name, type: 'real' })
const fileKey = (name: string): BulkColumn => ({ name, type: 'text', isFileId: true })

const FILE_COLUMNS: readonly BulkColumn[] = [
  text('id'),
  text('lfn'),
  text('type'),
  whole('size_bytes'),
  text('sha256'),
  real('created_ms'),
]
const NEW_TYPE = "type = CASE WHEN excluded.type = 'file' THEN file.type ELSE excluded.type END"

/** Registers files. A row that contradicts what is registered changes nothing and is not counted. */
export const PUT_FILES: BulkStatement = bulkInsert('file', FILE_COLUMNS, {
  do: 'update',
  key: ['id'],
  set:
    `${NEW_TYPE}, size_bytes = coalesce(file.size_bytes, excluded.size_bytes), ` +
    'sha256 = coalesce(file.sha256, excluded.sha256)',
  where:
    'file.lfn = excluded.lfn ' +
    'AND (file.sha256 IS NULL OR excluded.sha256 IS NULL OR file.sha256 = excluded.sha256) ' +
    'AND (file.size_bytes IS NULL OR excluded.size_bytes IS NULL OR file.size_bytes = excluded.size_bytes)',
})

/** Registers files whose former content is lost. */
export const REPLACE_FILES: BulkStatement = bulkInsert('file', FILE_COLUMNS, {
  do: 'update',
  key: ['id'],
  set: `${NEW_TYPE}, size_bytes = excluded.size_bytes, sha256 = excluded.sha256, created_ms = excluded.created_ms`,
  where: 'file.lfn = excluded.lfn',
})

/** Says who made files; only rows without a maker, or with an earlier attempt of the same job, are changed. */
export const SET_MAKERS: BulkStatement = bulkUpdate(
  'file',
  [text('id'), whole('run_key'), text('job_id'), whole('attempt'), whole('task')],
  1,
  'run_key = v.run_key, job_id = v.job_id, attempt = v.attempt, task = v.task',
  't.run_key IS NULL OR (t.run_key = v.run_key AND t.job_id = v.job_id AND t.attempt <= v.attempt)',
)

/** Says what invocations read. */
export const INSERT_USED: BulkStatement = bulkInsert(
  'used',
  [whole('run_key'), text('job_id'), whole('attempt'), whole('task'), fileKey('file_key')],
  { do: 'nothing' },
)

/** Says from what files come. */
export const INSERT_DERIVED: BulkStatement = bulkInsert(
  'derived',
  [fileKey('child_key'), fileKey('parent_key')],
  { do: 'nothing' },
)

/** Registers copies; the time of a known one stays. */
export const INSERT_REPLICAS: BulkStatement = bulkInsert(
  'replica',
  [fileKey('file_key'), text('site'), text('pfn'), real('registered_ms')],
  { do: 'nothing' },
)

/** Forgets copies. */
export const DELETE_REPLICAS: BulkStatement = bulkDelete('replica', [
  fileKey('file_key'),
  text('site'),
  text('pfn'),
])

/** Removes whatever is said to stand at places. */
export const EMPTY_PLACES: BulkStatement = bulkDelete('replica', [text('site'), text('pfn')])

/** Writes metadata. */
export const PUT_METADATA: BulkStatement = bulkInsert(
  'metadata',
  [fileKey('file_key'), text('name'), text('kind'), real('number_value'), text('text_value')],
  { do: 'replace', key: ['file_key', 'name'] },
)

/** Writes places on the sky. */
export const PUT_SKY: BulkStatement = bulkInsert(
  'file_sky',
  [fileKey('file_key'), real('centre_lon_deg'), real('centre_lat_deg'), real('radius_deg'), text('outline')],
  { do: 'replace', key: ['file_key'] },
)

/** Takes files out of the index of the sky. */
export const DELETE_CELLS: BulkStatement = bulkDelete('sky_cell', [fileKey('file_key')])

/** Puts files into the index of the sky. */
export const INSERT_CELLS: BulkStatement = bulkInsert(
  'sky_cell',
  [whole('first'), whole('last'), fileKey('file_key')],
  { do: 'nothing' },
)

/** Puts tags on files. */
export const INSERT_TAGS: BulkStatement = bulkInsert(
  'tag',
  [text('tag'), fileKey('file_key'), real('tagged_ms')],
  { do: 'nothing' },
)

/** Takes tags off files. */
export const DELETE_TAGS: BulkStatement = bulkDelete('tag', [text('tag'), fileKey('file_key')])

/** Adds quality messages; the file is given by its key, since it may be absent. */
export const INSERT_MESSAGES: BulkStatement = bulkInsert('quality_message', [
  real('time_ms'),
  text('level'),
  text('text'),
  whole('file_key'),
  whole('run_key'),
  text('job_id'),
  whole('attempt'),
  text('author'),
  text('log_file'),
  whole('log_line'),
  text('data'),
])
