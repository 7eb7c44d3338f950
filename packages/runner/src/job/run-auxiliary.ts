import { chmod, mkdir, rm, stat } from 'node:fs/promises'
import { systemClock } from '@skyloom/base'
import type { PlanJobLine } from '@skyloom/workflow'
import { RunnerError } from '../errors.ts'
import type { Product, Removed } from '../executor/executor.ts'
import type { FileDigest } from '../files/file-hasher.ts'
import { filePathOf, needFilePath, publicUrl } from '../files/file-url.ts'
import { syncPath } from '../files/publish-file.ts'
import { IN_PROCESS, type Invocation } from '../invocation/invocation.ts'
import type { Failure } from '../machine/run-event.ts'
import {
  type Attempt,
  emptyResult,
  failedResult,
  failureOf,
  type JobContext,
  type JobResult,
} from './job-context.ts'
import { canceled } from './run-compute.ts'

interface Done {
  readonly products: Product[]
  readonly removed: Removed[]
  readonly log: string[]
}

/** Files that one transfer job moves at a time. */
const PARALLEL_FILES = 4

/**
 * One attempt of a job that moves, registers or removes files or makes directories. All of these may be done twice without
 * harm, so an attempt of a former engine is lost and done again.
 */
export async function runAuxiliary(
  context: JobContext,
  attempt: Attempt,
  transformation: string,
): Promise<JobResult> {
  const executor = 'engine'
  if (attempt.isAdopted) {
    const failure: Failure = { kind: 'start', message: 'the engine ended while it worked on this job' }
    return { ...emptyResult(executor), outcome: 'lost', failure }
  }
  const startMs = Date.now()
  const started = systemClock.monotonicMs()
  const done: Done = { products: [], removed: [], log: [] }
  let failure: Failure | undefined
  try {
    await work(context, attempt, done)
  } catch (error) {
    if (error instanceof RunnerError && error.code === 'RUNNER_LEASE_LOST') throw error
    failure = failureOf(error, 'transfer')
  }
  const stdout = done.log
    .map((line) => `${line}\n`)
    .join('')
    .slice(0, context.keptOutputBytes)
  const invocation: Invocation = {
    ...IN_PROCESS,
    task: 1,
    taskId: undefined,
    transformation,
    executable: `skyloom#${attempt.job.kind}`,
    programSha256: undefined,
    arguments: [],
    workDirectory: context.runDir,
    site: attempt.job.site,
    host: context.host,
    platform: context.platform,
    startMs,
    durationMs: systemClock.monotonicMs() - started,
    exitCode: failure === undefined ? 0 : 1,
    inputs: [],
    outputs: [],
    stdout,
    stderr: failure?.message ?? '',
  }
  const facts = { ...done, invocations: [invocation], stdout, stderr: invocation.stderr }
  if (attempt.abortReason !== undefined) return canceled(attempt, executor, facts)
  if (failure !== undefined) return failedResult(executor, failure, facts)
  return { ...emptyResult(executor), ...facts }
}

async function work(context: JobContext, attempt: Attempt, done: Done): Promise<void> {
  const { job } = attempt
  for (const { url } of job.directories) {
    const path = filePathOf(url)
    if (path === undefined) await context.transfers.makeDirectory(url, attempt.signal)
    else {
      await mkdir(path, { recursive: true })
      await syncPath(path)
    }
    done.log.push(`made ${path ?? publicUrl(url)}`)
  }
  await moveFiles(context, attempt, done)
  for (const { url } of job.modes) {
    await chmod(needFilePath(url, 'a program'), 0o755)
    done.log.push(`made executable ${url}`)
  }
  for (const registration of job.registrations) await register(context, attempt, registration, done)
  for (const { lfn, place } of job.removals) {
    await context.checkLease()
    const path = filePathOf(place.url)
    if (path === undefined) {
      if (lfn === undefined) await context.transfers.removeDirectory(place.url, attempt.signal)
      else await context.transfers.remove(place.url, attempt.signal)
    } else await rm(path, { recursive: lfn === undefined, force: true })
    done.removed.push({ lfn, ...place })
    done.log.push(`removed ${path ?? publicUrl(place.url)}`)
  }
}

async function moveFiles(context: JobContext, attempt: Attempt, done: Done): Promise<void> {
  const waiting = [...attempt.job.transfers]
  const mover = async (): Promise<void> => {
    for (let transfer = waiting.shift(); transfer !== undefined; transfer = waiting.shift()) {
      await context.checkLease()
      const { lfn, target } = transfer
      // What this run made must arrive as it was made; other files as the catalog says.
      const known = transfer.integrity === 'none' ? undefined : (context.productHash(lfn) ?? transfer.sha256)
      const { sizeBytes, sha256, source } = await context.transfers.move(
        transfer,
        known,
        attempt.signal,
        context.onStep,
      )
      done.products.push({ lfn, ...target, sizeBytes, sha256 })
      // Where an input came from stays known when the copy is cleaned up.
      const from = transfer.sources.find(({ url }) => url === source)
      if (attempt.job.kind === 'stage_in' && from !== undefined && source !== target.url)
        done.products.push({ lfn, site: from.site, url: publicUrl(source), sizeBytes, sha256 })
      done.log.push(`${publicUrl(source)} -> ${publicUrl(target.url)} ${sizeBytes} bytes`)
    }
  }
  // One that fails must not leave others at work behind it.
  const results = await Promise.allSettled(Array.from({ length: PARALLEL_FILES }, mover))
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

async function register(
  context: JobContext,
  attempt: Attempt,
  { lfn, place }: PlanJobLine['registrations'][number],
  done: Done,
): Promise<void> {
  const digest = await registeredDigest(context, attempt, lfn, place.url)
  const expected = context.productHash(lfn)
  if (expected !== undefined && expected !== digest.sha256) {
    throw new RunnerError('RUNNER_CHECKSUM', 'a file to register is not the one that was made', {
      where: [lfn, publicUrl(place.url)],
      found: `SHA-256 ${digest.sha256}`,
      allowed: `SHA-256 ${expected}`,
    })
  }
  context.onStep?.('register')
  done.products.push({ lfn, ...place, ...digest, isRegistered: true })
  done.log.push(`registered ${lfn} ${filePathOf(place.url) ?? publicUrl(place.url)}`)
}

/** Size and hash of a file at its final place, as they are there now. */
async function registeredDigest(
  context: JobContext,
  attempt: Attempt,
  lfn: string,
  url: string,
): Promise<FileDigest> {
  const path = filePathOf(url)
  if (path === undefined) return await context.transfers.digest(url, lfn, attempt.signal)
  const isThere = await stat(path).then(
    (facts) => facts.isFile(),
    () => false,
  )
  if (isThere) return await context.hasher.digest(path)
  throw new RunnerError('RUNNER_OUTPUT_MISSING', 'a file to register is not there', { where: [lfn, path] })
}
