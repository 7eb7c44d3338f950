import type { PlanContext } from '../context.ts'
import type { KnownFile } from '../replica-index.ts'

/** Where a file of a plan exists: replicas, or the source of a staged executable or image. */
export function knownFile(
  context: Pick<PlanContext, 'units' | 'replicas'>,
  file: number,
): KnownFile | undefined {
  const { files } = context.units
  const companion = files.companions[file - files.workflowFileCount]
  if (companion === undefined) return context.replicas.find(files.lfns[file] ?? '')
  return {
    locations: [companion.source],
    sha256: companion.sha256,
    sizeBytes: undefined,
    source: 'transformation catalog',
  }
}

/** Size and checksum of a file, as far as workflow and catalogs know them. */
export function fileFacts(
  context: Pick<PlanContext, 'units' | 'replicas'>,
  file: number,
): { readonly sizeBytes: number | undefined; readonly sha256: string | undefined } {
  const size = context.units.files.sizeBytes[file]!
  const isRaw = context.units.producer[file]! < 0
  const known = isRaw ? knownFile(context, file) : undefined
  return { sizeBytes: Number.isNaN(size) ? known?.sizeBytes : size, sha256: known?.sha256 }
}
