import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { writeFileAtomic } from '@skyloom/base/node'
import { filePathOf } from '../files/file-url.ts'
import type { BatchFile, BatchTask } from './batch-file.ts'
import type { BatchFolder } from './batch-folder.ts'
import { CARRIED_TASK, type CarriedTask, carriedInput } from './carried-files.ts'
import { carriedSource } from './make-batches.ts'
import type { NodeSettings } from './node-work.ts'

/** Names and places of the inputs that travel with a task. */
export function carriedInputs(task: BatchTask): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const [at, input] of task.plan.inputs.entries()) {
    const source = carriedSource(task, input)
    const path = source === undefined ? undefined : filePathOf(source)
    if (path !== undefined) found.set(carriedInput(at), path)
  }
  return found
}

/** The folder of each task as the scheduler carries it: the task and its inputs under plain names. */
export async function writeCarried(folder: BatchFolder, batch: BatchFile): Promise<void> {
  const settings: NodeSettings = {
    name: batch.name,
    runId: batch.runId,
    runDir: batch.runDir,
    data: batch.data,
    keptOutputBytes: batch.keptOutputBytes,
    maxOutputBytes: batch.maxOutputBytes,
    inheritEnvironment: batch.inheritEnvironment,
  }
  for (const [at, task] of batch.tasks.entries()) {
    const home = folder.home(at)
    mkdirSync(home, { recursive: true })
    for (const [name, path] of carriedInputs(task)) symlinkSync(path, join(home, name))
    const content: CarriedTask = { batch: settings, task }
    await writeFileAtomic(join(home, CARRIED_TASK), JSON.stringify(content))
  }
}
