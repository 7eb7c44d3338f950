/** One metadata entry of a workflow, job, file, transformation, container or replica. */
export interface MetadataEntry {
  readonly key: string
  /** As text, the way the file spelled it. */
  readonly value: string
}

/** Value of one metadata key, `undefined` when it is not set. */
export function metadataValue(metadata: readonly MetadataEntry[], key: string): string | undefined {
  for (const entry of metadata) if (entry.key === key) return entry.value
  return undefined
}

/** Size in bytes from the metadata key `size`; `undefined` when absent or not a whole number. */
export function metadataSizeBytes(metadata: readonly MetadataEntry[]): number | undefined {
  const text = metadataValue(metadata, 'size')
  if (text === undefined || !/^\d{1,15}$/.test(text)) return undefined
  return Number(text)
}
