import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { PlanOutput } from '@skyloom/workflow'
import { RunnerError } from '../errors.ts'
import type { FileDigest } from '../files/file-hasher.ts'
import { filePathOf } from '../files/file-url.ts'
import { publishFile } from '../files/publish-file.ts'
import type { Attempt, JobContext, Product } from './job-context.ts'

/** File in a work directory that says what is published of a task; written before the first rename. */
const MANIFEST = '.skyloom-outputs'

/** Outputs of a job that one task made. */
export interface TaskOutputs {
  /** Position of the task, from 1. */
  readonly task: number
  readonly outputs: readonly PlanOutput[]
}

/**
 * Gives the outputs of a job, or of one task of it, their final names, after all of them are there and hashed. An attempt that was interrupted
 * between two renames goes on by its manifest.
 *
 * @throws {RunnerError} `RUNNER_OUTPUT_MISSING` with all that are missing; `RUNNER_CHECKSUM` when a file that was published
 * before is not the one of the manifest; `RUNNER_LEASE_LOST`
 */
export async function publishOutputs(
  context: JobContext,
  attempt: Attempt,
  workDirectory: string,
  { task, outputs }: TaskOutputs = { task: attempt.job.tasks.length, outputs: attempt.job.outputs },
): Promise<readonly Product[]> {
  const manifestPath = join(workDirectory, `${MANIFEST}.${task}.json`)
  let digests = attempt.isAdopted ? await readManifest(manifestPath) : undefined
  if (digests === undefined) {
    digests = await hashOutputs(context, outputs, workDirectory)
    context.onStep?.('write')
    await writeFile(manifestPath, JSON.stringify([...digests]))
  }
  const products: Product[] = []
  for (const output of outputs) {
    const digest = digests.get(output.lfn)
    // A checkpoint need not be there.
    if (digest === undefined) continue
    await context.checkLease()
    for (const product of await publish(context, output, join(workDirectory, output.lfn), digest)) {
      products.push({ ...product, task })
    }
  }
  return products
}

async function hashOutputs(
  context: JobContext,
  outputs: readonly PlanOutput[],
  workDirectory: string,
): Promise<ReadonlyMap<string, FileDigest>> {
  const digests = new Map<string, FileDigest>()
  const missing: string[] = []
  for (const { lfn, isCheckpoint } of outputs) {
    const path = join(workDirectory, lfn)
    const isThere = await stat(path).then(
      (facts) => facts.isFile(),
      () => false,
    )
    if (isThere) digests.set(lfn, await context.hasher.digest(path))
    else if (!isCheckpoint) missing.push(lfn)
  }
  if (missing.length > 0) {
    throw new RunnerError('RUNNER_OUTPUT_MISSING', 'the job ended well but did not write what it should', {
      found: `nothing under ${missing.slice(0, 5).join(', ')}${missing.length > 5 ? ` and ${missing.length - 5} more` : ''}`,
      remedy: 'compare the arguments of the job with the outputs that the workflow names',
    })
  }
  return digests
}

async function publish(
  context: JobContext,
  { lfn, target, deliverTo }: PlanOutput,
  from: string,
  digest: FileDigest,
): Promise<readonly Product[]> {
  const to = filePathOf(target.url)
  const signal = AbortSignal.timeout(24 * 3600 * 1000)
  if (to === undefined) {
    await context.transfers.move(
      {
        lfn,
        sources: [{ site: 'local', url: from, priority: 0 }],
        target,
        isLink: false,
        sizeBytes: undefined,
      },
      digest.sha256,
      signal,
      context.onStep,
    )
  } else if (await isFile(from)) {
    await publishFile(from, to, context.onStep)
    context.hasher.renamed(to, digest)
  } else if (!(await isFile(to)) || (await context.hasher.digest(to)).sha256 !== digest.sha256) {
    throw new RunnerError('RUNNER_CHECKSUM', 'an output that was published is not there any more', {
      where: [to],
    })
  }
  const products: Product[] = [{ lfn, site: target.site, url: target.url, ...digest }]
  for (const place of deliverTo) {
    await context.transfers.move(
      { lfn, sources: [{ ...target, priority: 0 }], target: place, isLink: false, sizeBytes: undefined },
      digest.sha256,
      signal,
      context.onStep,
    )
    products.push({ lfn, site: place.site, url: place.url, ...digest })
  }
  return products
}

async function readManifest(path: string): Promise<ReadonlyMap<string, FileDigest> | undefined> {
  try {
    return new Map(JSON.parse(await readFile(path, 'utf8')) as [string, FileDigest][])
  } catch {
    // None was written, or not to its end: nothing was renamed yet.
    return undefined
  }
}

async function isFile(path: string): Promise<boolean> {
  return await stat(path).then(
    (facts) => facts.isFile(),
    () => false,
  )
}
