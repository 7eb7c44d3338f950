import { constants } from 'node:fs'
import { chmod, copyFile, link, mkdir, realpath, stat, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { PlanInput } from '@skyloom/workflow'
import { containersOf } from '../container/contained-program.ts'
import { RunnerError } from '../errors.ts'
import { canExecute } from '../files/can-execute.ts'
import type { FileDigest } from '../files/file-hasher.ts'
import { filePathOf } from '../files/file-url.ts'
import type { InvocationFile } from '../invocation/invocation.ts'
import { type AttemptMemory, memoryInput } from '../memory/attempt-memory.ts'
import { piecesOf } from '../memory/extent.ts'
import type { HeldFile } from '../memory/shared-files.ts'
import { writePieces } from '../memory/write-pieces.ts'
import { type SourceFault, sourceFaultsText } from '../transfer/source-faults.ts'
import { wrongContent } from '../transfer/transfer.ts'
import type { Attempt, JobContext } from './job-context.ts'

/**
 * Brings the inputs of a job into its work directory under their logical names: files of this machine as symbolic links, or, for
 * programs in containers, which do not see where those lead, as hard links or copies; others by transfer. Places are tried best
 * first; one that fails or holds other content than it should is passed by. What is in memory stays there for functions that find it, and becomes
 * a file for all others. When the program of an adopted attempt runs already, what is
 * there stays as it is. Images of containers are none of the files of the work directory.
 *
 * @throws {RunnerError} `RUNNER_INPUT_MISSING` with every place that was looked at; `RUNNER_CHECKSUM` when the last one held
 * other content
 */
export async function stageInputs(
  context: JobContext,
  attempt: Attempt,
  workDirectory: string,
  memory?: InputMemory,
): Promise<readonly InvocationFile[]> {
  const staged: InvocationFile[] = []
  for (const input of attempt.job.inputs) {
    if (input.from === 'absent' || input.containerType !== undefined) continue
    const path = join(workDirectory, input.lfn)
    await mkdir(dirname(path), { recursive: true })
    // The program of an attempt that is adopted may read it now: what is there stays as it is.
    const isThere = attempt.isAdopted && (await exists(path))
    const held = isThere ? undefined : memory?.files.held(input.lfn)
    if (held !== undefined) {
      if (memory?.isMounted !== true) await writeHeld(held, path)
      staged.push(memoryInput(held))
      continue
    }
    const found = isThere
      ? { path: await realpath(path), ...(await context.hasher.digest(path)) }
      : await stageInput(context, attempt, input, path)
    if (found !== undefined) staged.push({ lfn: input.lfn, ...found })
  }
  return staged
}

/** Inputs that are in memory. */
export interface InputMemory {
  readonly files: AttemptMemory
  /** All that the job runs finds them there. */
  readonly isMounted: boolean
}

async function writeHeld({ content, sizeBytes }: HeldFile, path: string): Promise<void> {
  if (content.kind === 'memory') await writePieces(piecesOf(content.extents, sizeBytes), path)
  else await placePlain(content.path, path)
}

async function stageInput(
  context: JobContext,
  attempt: Attempt,
  input: PlanInput,
  path: string,
): Promise<Omit<InvocationFile, 'lfn'> | undefined> {
  return await firstGoodSource(attempt, input, async (url) => {
    const source = filePathOf(url)
    if (source === undefined) {
      const digest = await context.transfers.fetch(url, path, input, attempt.signal)
      // What moves files keeps no modes.
      if (input.isExecutable) await chmod(path, 0o755)
      return { path, ...digest }
    }
    const digest = await verifiedDigest(context, source, input.sha256)
    if (!input.isExecutable || canExecute(source)) await placeInput(attempt.job, source, path)
    else {
      // The file of somebody else stays as it is.
      await copyFile(source, path, constants.COPYFILE_FICLONE)
      await chmod(path, 0o755)
    }
    return { path: source, ...digest }
  })
}

/**
 * What is found at the first place of an input that is good.
 *
 * @returns nothing for an optional input that is nowhere
 * @throws {RunnerError} see {@link stageInputs}
 */
export async function firstGoodSource<Found>(
  attempt: Attempt,
  input: PlanInput,
  take: (url: string) => Promise<Found>,
): Promise<Found | undefined> {
  const faults: SourceFault[] = []
  for (const { url } of input.sources) {
    try {
      return await take(url)
    } catch (error) {
      attempt.signal.throwIfAborted()
      faults.push({ url, error })
    }
  }
  if (input.isOptional) return undefined
  const last = faults.at(-1)?.error
  const problems = {
    RUNNER_CHECKSUM: 'an input is not what it should be',
    RUNNER_CONTAINER: 'an image cannot be used',
    RUNNER_INPUT_MISSING: 'an input is missing',
  } as const
  const known = last instanceof RunnerError ? last.code : undefined
  const code =
    known === 'RUNNER_CHECKSUM' || known === 'RUNNER_CONTAINER' ? known : ('RUNNER_INPUT_MISSING' as const)
  throw new RunnerError(code, `${problems[code]}: ${sourceFaultsText(faults)}`, {
    where: [input.lfn],
    cause: last,
  })
}

/** Digest of a file of this machine. @throws {RunnerError} `RUNNER_CHECKSUM` when it is not the one that is known */
export async function verifiedDigest(
  { hasher }: Pick<JobContext, 'hasher'>,
  path: string,
  sha256: string | undefined,
): Promise<FileDigest> {
  const digest = await hasher.digest(path)
  if (sha256 === undefined || sha256 === digest.sha256) return digest
  throw wrongContent(path, `SHA-256 ${digest.sha256}`, `SHA-256 ${sha256}`)
}

/** A hard link costs nothing; other file systems, and systems that forbid links to files of others, get a copy. */
async function placePlain(source: string, path: string): Promise<void> {
  const real = await realpath(source)
  try {
    await link(real, path)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code !== 'EXDEV' && code !== 'EPERM' && code !== 'EMLINK' && code !== 'ENOTSUP') throw cause
    await copyFile(real, path, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL)
  }
}

/** Shows a file of this machine in a work directory; one that is there already stays. */
export async function placeInput(
  job: Pick<Attempt['job'], 'tasks'>,
  source: string,
  path: string,
): Promise<void> {
  const isContained = containersOf(job).length > 0
  await unlessThere(async () => await (isContained ? placePlain(source, path) : symlink(source, path)))
}

/** An attempt that is adopted has its links already. */
async function unlessThere(make: () => Promise<void>): Promise<void> {
  try {
    await make()
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')) throw cause
  }
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}
