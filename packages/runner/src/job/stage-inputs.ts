import { mkdir, realpath, stat, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { PlanInput } from '@skyloom/workflow'
import { RunnerError } from '../errors.ts'
import { filePathOf } from '../files/file-url.ts'
import type { InvocationFile } from '../invocation/invocation.ts'
import { type SourceFault, sourceFaultsText } from '../transfer/source-faults.ts'
import { wrongContent } from '../transfer/transfer.ts'
import type { Attempt, JobContext } from './job-context.ts'

/**
 * Brings the inputs of a job into its work directory under their logical names: files of this machine as symbolic links,
 * others by transfer. Places are tried best first; one that fails or holds other content than it should is passed by. When the
 * program of an adopted attempt runs already, what is there stays as it is.
 *
 * @throws {RunnerError} `RUNNER_INPUT_MISSING` with every place that was looked at; `RUNNER_CHECKSUM` when the last one held
 * other content
 */
export async function stageInputs(
  context: JobContext,
  attempt: Attempt,
  workDirectory: string,
): Promise<readonly InvocationFile[]> {
  const staged: InvocationFile[] = []
  for (const input of attempt.job.inputs) {
    if (input.from === 'absent') continue
    const path = join(workDirectory, input.lfn)
    await mkdir(dirname(path), { recursive: true })
    // The program of an attempt that is adopted may read it now: what is there stays as it is.
    const isThere = attempt.isAdopted && (await exists(path))
    const found = isThere
      ? { path: await realpath(path), ...(await context.hasher.digest(path)) }
      : await stageInput(context, attempt, input, path)
    if (found !== undefined) staged.push({ lfn: input.lfn, ...found })
  }
  return staged
}

/** @returns nothing for an optional input that is nowhere */
async function stageInput(
  context: JobContext,
  attempt: Attempt,
  input: PlanInput,
  path: string,
): Promise<Omit<InvocationFile, 'lfn'> | undefined> {
  const faults: SourceFault[] = []
  for (const { url } of input.sources) {
    const source = filePathOf(url)
    try {
      if (source === undefined)
        return { path, ...(await context.transfers.fetch(url, path, input, attempt.signal)) }
      const digest = await context.hasher.digest(source)
      if (input.sha256 !== undefined && input.sha256 !== digest.sha256)
        throw wrongContent(source, `SHA-256 ${digest.sha256}`, `SHA-256 ${input.sha256}`)
      await link(source, path)
      return { path: source, ...digest }
    } catch (error) {
      attempt.signal.throwIfAborted()
      faults.push({ url, error })
    }
  }
  if (input.isOptional) return undefined
  const last = faults.at(-1)?.error
  const isChecksum = last instanceof RunnerError && last.code === 'RUNNER_CHECKSUM'
  const [code, problem] = isChecksum
    ? (['RUNNER_CHECKSUM', 'an input is not what it should be'] as const)
    : (['RUNNER_INPUT_MISSING', 'an input is missing'] as const)
  throw new RunnerError(code, `${problem}: ${sourceFaultsText(faults)}`, { where: [input.lfn], cause: last })
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
