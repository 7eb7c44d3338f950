import { mkdir, stat, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { PlanInput } from '@skyloom/workflow'
import { RunnerError } from '../errors.ts'
import { filePathOf } from '../files/file-url.ts'
import type { InvocationFile } from '../invocation/invocation.ts'
import { type SourceFault, sourceFaultsText } from '../transfer/source-faults.ts'
import type { Attempt, JobContext } from './job-context.ts'

/**
 * Brings the inputs of a job into its work directory under their logical names: files of this machine as symbolic links,
 * others by transfer.
 *
 * @throws {RunnerError} `RUNNER_INPUT_MISSING` with every place that was looked at; `RUNNER_CHECKSUM`
 */
export async function stageInputs(
  context: JobContext,
  { job, signal }: Attempt,
  workDirectory: string,
): Promise<readonly InvocationFile[]> {
  const staged: InvocationFile[] = []
  for (const input of job.inputs) {
    if (input.from === 'absent') continue
    const path = join(workDirectory, input.lfn)
    await mkdir(dirname(path), { recursive: true })
    const source = await firstFile(input)
    if (source !== undefined) await link(source, path)
    else if (!(await fetchInput(context, input, path, signal))) continue
    const digest = await context.hasher.digest(path)
    if (input.sha256 !== undefined && input.sha256 !== digest.sha256) {
      throw new RunnerError('RUNNER_CHECKSUM', 'an input is not what it should be', {
        where: [input.lfn],
        found: `SHA-256 ${digest.sha256}`,
        allowed: `SHA-256 ${input.sha256}`,
      })
    }
    staged.push({ lfn: input.lfn, path: source ?? path, ...digest })
  }
  return staged
}

async function firstFile(input: PlanInput): Promise<string | undefined> {
  for (const { url } of input.sources) {
    const path = filePathOf(url)
    if (path !== undefined && (await exists(path))) return path
  }
  return undefined
}

/** @returns false for an optional input that is nowhere */
async function fetchInput(
  context: JobContext,
  input: PlanInput,
  path: string,
  signal: AbortSignal,
): Promise<boolean> {
  const faults: SourceFault[] = []
  for (const { url } of input.sources) {
    if (filePathOf(url) !== undefined) {
      faults.push({ url, error: new Error('it was not found') })
      continue
    }
    try {
      await context.transfers.fetch(url, path, { sizeBytes: input.sizeBytes, signal })
      return true
    } catch (error) {
      signal.throwIfAborted()
      faults.push({ url, error })
    }
  }
  if (input.isOptional) return false
  throw new RunnerError('RUNNER_INPUT_MISSING', `an input is missing: ${sourceFaultsText(faults)}`, {
    where: [input.lfn],
  })
}

async function link(source: string, path: string): Promise<void> {
  try {
    await symlink(source, path)
  } catch (cause) {
    // An attempt that is adopted has its links already.
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause
  }
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}
