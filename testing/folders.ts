import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, onTestFinished } from 'vitest'

/** The repository. */
export const repositoryRoot: string = fileURLToPath(new URL('../', import.meta.url))
/** The ten images of the demo. */
export const demoImages: string = join(repositoryRoot, 'demo/images')

/** A fresh folder that is removed when the test ends. */
export function freshFolder(): string {
  const folder = newFolder()
  onTestFinished(async () => await removeFolder(folder))
  return folder
}

/** A fresh folder that is removed when the tests of the file have ended. */
export function keptFolder(): string {
  const folder = newFolder()
  afterAll(async () => await removeFolder(folder))
  return folder
}

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'skyloom-test-'))
}

async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
}
