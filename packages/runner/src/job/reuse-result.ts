import { stat } from 'node:fs/promises'
import type { PlanJobLine } from '@skyloom/workflow'
import { filePathOf } from '../files/file-url.ts'
import type { Attempt, FoundResult, JobContext, Product } from './job-context.ts'

/** What taking a result over needs. */
export type ReuseContext = Pick<JobContext, 'findResult' | 'hasher' | 'transfers' | 'checkLease' | 'onStep'>

/** A result that was taken over. */
export interface ReusedResult {
  readonly name: string
  readonly products: readonly Product[]
}

/**
 * Takes over the outputs of an earlier invocation of the same recipe. Every file is verified by its content hash; when one is
 * gone or damaged everywhere, nothing is taken.
 */
export async function reuseResult(
  context: ReuseContext,
  attempt: Pick<Attempt, 'job' | 'signal'>,
  recipe: string,
): Promise<ReusedResult | undefined> {
  const { job } = attempt
  if (job.outputs.length === 0) return undefined
  for (const result of await context.findResult(recipe)) {
    const places = await placesOf(context, job, result)
    if (places === undefined) continue
    const products: Product[] = []
    for (const output of job.outputs) {
      const place = places.get(output.lfn)
      if (place === undefined) continue
      await context.checkLease()
      for (const target of [output.target, ...output.deliverTo]) {
        const moved = await context.transfers.move(
          {
            lfn: output.lfn,
            sources: [{ site: target.site, url: place.url, priority: 0 }],
            target,
            isLink: false,
            sizeBytes: undefined,
          },
          place.sha256,
          attempt.signal,
          context.onStep,
        )
        const { sizeBytes, sha256 } = moved
        products.push({ lfn: output.lfn, site: target.site, url: target.url, sizeBytes, sha256 })
      }
    }
    return { name: result.name, products }
  }
  return undefined
}

/** A good copy of every output; `undefined` when one has none. */
async function placesOf(
  context: ReuseContext,
  job: PlanJobLine,
  result: FoundResult,
): Promise<ReadonlyMap<string, { readonly url: string; readonly sha256: string }> | undefined> {
  const files = new Map(result.files.map((file) => [file.lfn, file]))
  const places = new Map<string, { readonly url: string; readonly sha256: string }>()
  for (const { lfn, isCheckpoint } of job.outputs) {
    const file = files.get(lfn)
    let good: string | undefined
    for (const url of file?.urls ?? []) {
      const path = filePathOf(url)
      if (path !== undefined && (await isGood(context, path, file?.sha256))) {
        good = path
        break
      }
    }
    if (good !== undefined && file !== undefined) places.set(lfn, { url: good, sha256: file.sha256 })
    else if (!isCheckpoint) return undefined
  }
  return places
}

async function isGood(context: ReuseContext, path: string, sha256: string | undefined): Promise<boolean> {
  const isThere = await stat(path).then(
    (facts) => facts.isFile(),
    () => false,
  )
  return isThere && (await context.hasher.digest(path)).sha256 === sha256
}
