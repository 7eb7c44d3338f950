import type { Generated } from 'kysely'

/** Runs. `key` is the number by which the other tables know it. */
export interface RunTable {
  key: Generated<number>
  id: string
  label: string
  state: string
  user_name: string
  host: string
  directory: string
  parent_key: number | null
  created_ms: number
  started_ms: number | null
  ended_ms: number | null
  exit_code: number | null
  reason: string | null
  last_seq: number
  lease_owner: string | null
  lease_token: number
  lease_expires_ms: number | null
  /** JSON, as everywhere. */
  data: string
}

/** Jobs of runs, by the names that the plan gives them. */
export interface JobTable {
  run_key: number
  job_id: string
  kind: string
  transformation: string
  state: string
  site: string | null
  attempt_count: number
  max_retries: number
  priority: number
  category: string | null
  task_count: number
  changed_ms: number
  reason: string | null
  data: string
}

export interface JobEdgeTable {
  run_key: number
  parent: string
  child: string
}

export interface AttemptTable {
  run_key: number
  job_id: string
  attempt: number
  state: string
  executor: string
  external_id: string | null
  site: string | null
  host: string | null
  submitted_ms: number | null
  started_ms: number | null
  ended_ms: number | null
  exit_code: number | null
  signal: string | null
  reason: string | null
  work_directory: string | null
  cores: number
  recipe_sha256: string | null
  stdout_file: string | null
  stderr_file: string | null
  stdout: string | null
  stderr: string | null
  data: string
}

export interface InvocationTable {
  run_key: number
  job_id: string
  attempt: number
  task: number
  task_id: string | null
  transformation: string
  executable: string
  program_version: string | null
  program_sha256: string | null
  arguments: string
  work_directory: string | null
  site: string | null
  host: string | null
  ip: string | null
  platform: string | null
  start_ms: number
  duration_ms: number
  cpu_ms: number | null
  max_rss_bytes: number | null
  read_bytes: number | null
  written_bytes: number | null
  exit_code: number
  signal: string | null
  data: string
}

/** Append-only. */
export interface EventTable {
  run_key: number
  seq: number
  time_ms: number
  type: string
  job_id: string | null
  attempt: number | null
  data: string | null
}

/** What files are, apart from where they lie. */
export interface FileTable {
  key: Generated<number>
  id: string
  lfn: string
  type: string
  size_bytes: number | null
  sha256: string | null
  created_ms: number
  /** Who made it; null for files from elsewhere. */
  run_key: number | null
  job_id: string | null
  attempt: number | null
  task: number | null
}

export interface ReplicaTable {
  file_key: number
  site: string
  pfn: string
  registered_ms: number
}

/** One value of one file: `number_value` for integers, reals, booleans and times (milliseconds), `text_value` for texts and times. */
export interface MetadataTable {
  file_key: number
  name: string
  kind: string
  number_value: number | null
  text_value: string | null
}

export interface UsedTable {
  run_key: number
  job_id: string
  attempt: number
  task: number
  file_key: number
}

export interface DerivedTable {
  child_key: number
  parent_key: number
}

export interface FileSkyTable {
  file_key: number
  centre_lon_deg: number
  centre_lat_deg: number
  radius_deg: number
  outline: string | null
}

/** HEALPix cells as ranges of the order of the index; `first` and `last` inclusive. */
export interface SkyCellTable {
  first: number
  last: number
  file_key: number
}

export interface TagTable {
  tag: string
  file_key: number
  tagged_ms: number
}

export interface QualityMessageTable {
  key: Generated<number>
  time_ms: number
  level: string
  text: string
  file_key: number | null
  run_key: number | null
  job_id: string | null
  attempt: number | null
  author: string | null
  log_file: string | null
  log_line: number | null
  data: string
}

/** All tables. */
export interface Tables {
  run: RunTable
  job: JobTable
  job_edge: JobEdgeTable
  attempt: AttemptTable
  invocation: InvocationTable
  event: EventTable
  file: FileTable
  replica: ReplicaTable
  metadata: MetadataTable
  used: UsedTable
  derived: DerivedTable
  file_sky: FileSkyTable
  sky_cell: SkyCellTable
  tag: TagTable
  quality_message: QualityMessageTable
}

/** Names of all tables. */
export const TABLE_NAMES: readonly (keyof Tables)[] = [
  'run',
  'job',
  'job_edge',
  'attempt',
  'invocation',
  'event',
  'file',
  'replica',
  'metadata',
  'used',
  'derived',
  'file_sky',
  'sky_cell',
  'tag',
  'quality_message',
]
