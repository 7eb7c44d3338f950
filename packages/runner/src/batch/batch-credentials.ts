import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type CredentialSource, collectCredentials } from '../credentials/collect-credentials.ts'
import { CREDENTIALS_FILE, type Credentials } from '../credentials/credentials.ts'
import type { BatchFile, BatchTask } from './batch-file.ts'

/**
 * Leaves what the tasks of a batch need to reach their places in a file of its folder that only its owner reads; none when all
 * places are files. It goes with the folder.
 */
export async function writeCredentials(
  folder: string,
  { tasks }: Pick<BatchFile, 'tasks'>,
  source: CredentialSource,
): Promise<void> {
  const credentials = await collectCredentials(tasks.flatMap(urlsOf), source)
  if (credentials === undefined) return
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, CREDENTIALS_FILE), JSON.stringify(credentials), { mode: 0o600 })
}

/** The file of credentials of a batch, as a list: of none or one. */
export function credentialFiles(folder: string): readonly string[] {
  const path = join(folder, CREDENTIALS_FILE)
  return existsSync(path) ? [path] : []
}

/**
 * Reads the credentials in a folder.
 *
 * @param isOwn the folder is the node's own: the file goes at once, before a program of the job starts
 */
export function readCredentials(folder: string, isOwn: boolean): Credentials | undefined {
  const [path] = credentialFiles(folder)
  if (path === undefined) return undefined
  // It was written by writeCredentials.
  const credentials = JSON.parse(readFileSync(path, 'utf8')) as Credentials
  if (isOwn) rmSync(path)
  return credentials
}

/** Every place that a task may read, write, make or remove. */
function urlsOf({ plan }: BatchTask): readonly string[] {
  return [
    ...plan.inputs.flatMap(({ sources }) => sources),
    ...plan.outputs.flatMap(({ target, deliverTo }) => [target, ...deliverTo]),
    ...plan.transfers.flatMap(({ sources, target }) => [...sources, target]),
    ...plan.registrations.map(({ place }) => place),
    ...plan.removals.map(({ place }) => place),
    ...plan.directories,
  ].map(({ url }) => url)
}
