import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { PlanJobLine } from '@skyloom/workflow'
import { RunnerError } from '../errors.ts'
import type { Product } from '../executor/executor.ts'
import type { FileHasher } from '../files/file-hasher.ts'
import { filePathOf } from '../files/file-url.ts'
import { publishFile } from '../files/publish-file.ts'
import type { Transfers } from '../transfer/transfer.ts'
import type { BatchReport } from './batch-file.ts'
import { CARRIED_OUT } from './carried-files.ts'

/** What bringing files home needs. */
export interface HomeTools {
  readonly hasher: FileHasher
  readonly transfers: Transfers
}

/**
 * Brings the outputs that a scheduler carried home to their places, each compared with the checksum that the node took
 * right after the program had written it. May be done twice: what is there already with the right content stays.
 *
 * @param home folder of the task, see `BatchFolder.home`
 * @throws {RunnerError} `RUNNER_CHECKSUM` when a file is not what the node sent; `RUNNER_OUTPUT_MISSING`
 */
export async function bringHome(
  tools: HomeTools,
  job: PlanJobLine,
  home: string,
  report: BatchReport,
): Promise<readonly Product[]> {
  const made = new Map(report.products.map((product) => [product.lfn, product]))
  const products: Product[] = []
  for (const { lfn, path, target, deliverTo } of job.outputs) {
    const product = made.get(lfn)
    // A checkpoint need not be there.
    if (product === undefined) continue
    const from = join(home, CARRIED_OUT, 'files', path)
    for (const place of [target, ...deliverTo]) {
      await bring(tools, lfn, from, place.url, product.sha256, place === target && deliverTo.length === 0)
      products.push({ ...product, site: place.site, url: place.url })
    }
  }
  return products
}

async function bring(
  { hasher, transfers }: HomeTools,
  lfn: string,
  from: string,
  url: string,
  sha256: string,
  mayMove: boolean,
): Promise<void> {
  const to = filePathOf(url)
  const hasCome = await isFile(from)
  if (to !== undefined && !hasCome && (await isFile(to)) && (await hasher.digest(to)).sha256 === sha256)
    return
  if (!hasCome) {
    throw new RunnerError('RUNNER_OUTPUT_MISSING', 'a file of the job did not come home', {
      where: [lfn, from],
      remedy: 'look for the reason in the log of the scheduler',
    })
  }
  const found = await hasher.digest(from)
  if (found.sha256 !== sha256) {
    throw new RunnerError('RUNNER_CHECKSUM', 'a file changed on its way home', {
      where: [lfn, from],
      found: `SHA-256 ${found.sha256}`,
      allowed: `SHA-256 ${sha256}`,
    })
  }
  if (to !== undefined && mayMove) {
    await publishFile(from, to)
    hasher.renamed(to, found)
    return
  }
  const transfer = {
    lfn,
    sources: [{ site: 'local', url: from, priority: 0 }],
    target: { site: '', url },
    isLink: false,
    sizeBytes: found.sizeBytes,
  }
  await transfers.move(transfer, sha256, AbortSignal.timeout(24 * 3600 * 1000))
}

async function isFile(path: string): Promise<boolean> {
  return await stat(path).then(
    (facts) => facts.isFile(),
    () => false,
  )
}
