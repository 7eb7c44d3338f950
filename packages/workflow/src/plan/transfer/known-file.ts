import type { ContainerType } from '../../model/transformation-catalog.ts'
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

/** Facts of a file, as far as workflow and catalogs know them. */
export interface FileFacts {
  readonly sizeBytes: number | undefined
  readonly sha256: string | undefined
  /** Of a container image. */
  readonly containerType: ContainerType | undefined
}

/** Size, checksum and container type of a file. */
export function fileFacts(context: Pick<PlanContext, 'units' | 'replicas'>, file: number): FileFacts {
  const { files } = context.units
  const size = files.sizeBytes[file]!
  const isRaw = context.units.producer[file]! < 0
  const known = isRaw ? knownFile(context, file) : undefined
  return {
    sizeBytes: Number.isNaN(size) ? known?.sizeBytes : size,
    sha256: known?.sha256,
    containerType: files.companions[file - files.workflowFileCount]?.containerType,
  }
}
