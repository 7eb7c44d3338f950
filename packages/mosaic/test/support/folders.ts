import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, onTestFinished } from 'vitest'

const ROOT = new URL('../../../../', import.meta.url)

/** The ten images of the demo. */
export const DEMO_IMAGES: string = fileURLToPath(new URL('demo/images/', ROOT))
/** Reference results of the ten-image set. */
export const FIXTURES: string = fileURLToPath(new URL('../fixtures/m42-j-10/', import.meta.url))
/** The shared test data beside the checkout, which a clone need not have. */
export const SHARED: string = process.env.SKYLOOM_SHARED ?? fileURLToPath(new URL('../shared/', ROOT))

/** A fresh folder that is removed when the test ends. */
export async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'skyloom-test-'))
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }))
  return folder
}

/** A fresh folder that is removed when the file's tests have ended. */
export async function keptFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'skyloom-test-'))
  afterAll(async () => await rm(folder, { recursive: true, force: true }))
  return folder
}
