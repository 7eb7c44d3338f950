/** A name of queries that every file has, apart from its metadata. */
export interface FileField {
  readonly kind: 'text' | 'number' | 'time'
  /** Column, with the alias of its table. */
  readonly column: string
  /** Table with several rows for a file; one of them must fit. */
  readonly via?: 'replica' | 'tag'
}

/** Names that every file has. Metadata cannot use them. */
export const FILE_FIELDS: ReadonlyMap<string, FileField> = new Map<string, FileField>([
  ['id', { kind: 'text', column: 'f.id' }],
  ['lfn', { kind: 'text', column: 'f.lfn' }],
  ['type', { kind: 'text', column: 'f.type' }],
  ['size', { kind: 'number', column: 'f.size_bytes' }],
  ['sha256', { kind: 'text', column: 'f.sha256' }],
  ['created', { kind: 'time', column: 'f.created_ms' }],
  ['run', { kind: 'text', column: 'r.id' }],
  ['workflow', { kind: 'text', column: 'r.label' }],
  ['job', { kind: 'text', column: 'f.job_id' }],
  ['site', { kind: 'text', column: 'replica.site', via: 'replica' }],
  ['pfn', { kind: 'text', column: 'replica.pfn', via: 'replica' }],
  ['tag', { kind: 'text', column: 'tag.tag', via: 'tag' }],
])
