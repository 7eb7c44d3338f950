import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type CredentialSource, collectCredentials } from '../credentials/collect-credentials.ts'
import { CREDENTIALS_FILE, type Credentials } from '../credentials/credentials.ts'
import { writeSecretFile } from '../credentials/secret-file.ts'
import type { BatchFile, BatchTask } from './batch-file.ts'
import { readTextFile } from './read-text.ts'

/**
 * Leaves what the tasks of a batch need to reach their places in a file of its folder that only its owner reads; none when all
 * places are files. It goes with the folder. A file that says the same stays as it is.
 *
 * @throws {RunnerError} `RUNNER_TRANSFER_FAILED` when a key cannot be read
 */
export async function writeCredentials(
  folder: string,
  { tasks }: Pick<BatchFile, 'tasks'>,
  source: CredentialSource,
): Promise<void> {
  const credentials = await collectCredentials(tasks.flatMap(urlsOf), source)
  if (credentials === undefined) return
  mkdirSync(folder, { recursive: true })
  const path = join(folder, CREDENTIALS_FILE)
  const text = JSON.stringify(credentials)
  if (readTextFile(path) !== text) writeSecretFile(path, text)
}

/** The file of credentials of a batch, as a list: of none or one. */
export function credentialFiles(folder: string): readonly string[] {
  const path = join(folder, CREDENTIALS_FILE)
  return existsSync(path) ? [path] : []
}

/** Takes the credentials out of the folder of a task that a scheduler carried, before a program of the job starts. */
export function takeCredentials(folder: string): Credentials | undefined {
  const [path] = credentialFiles(folder)
  if (path === undefined) return undefined
  const credentials = credentialsIn(path)
  rmSync(path)
  return credentials
}

/** Reads the credentials in the folder of a batch, which its engine writes anew when they change. */
export class CredentialReader {
  readonly #path: string
  #read = ''

  constructor(folder: string) {
    this.#path = join(folder, CREDENTIALS_FILE)
  }

  /** Those that were not read yet, if any. */
  newer(): Credentials | undefined {
    const found = statSync(this.#path, { throwIfNoEntry: false })
    const state = found === undefined ? '' : `${found.ino} ${found.mtimeMs}`
    if (state === this.#read) return undefined
    this.#read = state
    return found === undefined ? undefined : credentialsIn(this.#path)
  }
}

/** @returns undefined when the file is gone by now */
function credentialsIn(path: string): Credentials | undefined {
  const text = readTextFile(path)
  // It was written by writeCredentials.
  return text === undefined ? undefined : (JSON.parse(text) as Credentials)
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
