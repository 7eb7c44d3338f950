import type { AttemptMemory } from '../memory/attempt-memory.ts'
import type { Attempt, JobContext, Product } from './job-context.ts'
import { publishOutputs, type TaskOutputs } from './publish-outputs.ts'

/**
 * Makes the outputs of a job, or of one task of it, available: those on disk by {@link publishOutputs}, after that those in memory, which
 * nothing can keep from being handed over.
 *
 * @throws {RunnerError} as {@link publishOutputs}
 */
export async function keepOutputs(
  context: JobContext,
  attempt: Attempt,
  workDirectory: string,
  memory: AttemptMemory | undefined,
  part: TaskOutputs = { task: attempt.job.tasks.length, outputs: attempt.job.outputs },
): Promise<readonly Product[]> {
  const { task, outputs } = part
  const inMemory = outputs.filter(({ lfn }) => memory?.wrote(lfn) === true)
  const onDisk = inMemory.length === 0 ? outputs : outputs.filter((output) => !inMemory.includes(output))
  const published =
    onDisk.length === 0
      ? []
      : await publishOutputs(context, attempt, workDirectory, { task, outputs: onDisk })
  return [...published, ...(memory?.handOver(inMemory, task) ?? [])]
}
