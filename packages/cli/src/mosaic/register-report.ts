import { join, resolve } from 'node:path'
import type { ProductSummary } from '@skyloom/mosaic'
import { productSummary } from '@skyloom/mosaic/node'
import { productFileId, type Registry } from '@skyloom/registry'

/** The product that tells of the others. */
const REPORT = 'report.html'

/** Registers the report, which is written when the run has ended, as made from the products of the run. */
export async function registerReport(
  registry: Registry,
  runId: string,
  outDir: string,
  products: readonly ProductSummary[],
): Promise<void> {
  const folder = resolve(outDir)
  const { name: lfn, sizeBytes, sha256 } = await productSummary(folder, REPORT)
  const id = productFileId(runId, lfn)
  await registry.files.add({
    files: [{ id, lfn, sizeBytes, sha256, replacesContent: true }],
    replicas: [{ fileId: id, site: 'local', pfn: `file://${join(folder, lfn)}` }],
    derived: products.map(({ name }) => ({ parentId: productFileId(runId, name), childId: id })),
  })
}
