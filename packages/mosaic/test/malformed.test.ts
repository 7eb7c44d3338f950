import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isSkyloomError } from '@skyloom/base'
import { makeMosaic } from '@skyloom/mosaic/node'
import { describe, expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { sharedPath, skipShared } from '../../../testing/shared-data.ts'

const folder = sharedPath('data/malformed')

interface Entry {
  readonly file: string
  readonly expect: 'ok' | 'error' | 'skip' | 'any'
  readonly what: string
}

async function manifest(): Promise<readonly Entry[]> {
  return JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as readonly Entry[]
}

describe.skipIf(skipShared)('the malformed files', () => {
  test('together with good ones: the good ones make the mosaic, each bad one is listed with file and reason', async () => {
    const entries = await manifest()
    const work = freshFolder()
    const images = join(work, 'in')
    await mkdir(images)
    for (const { file } of entries) await copyFile(join(folder, file), join(images, file))
    const summary = await makeMosaic({ imagesDir: images, outDir: join(work, 'out') })
    expect(summary.status).toBe('partial')
    const used = new Set(summary.images.map(({ name }) => name))
    const leftOut = new Map(summary.rejected.map(({ name, reason }) => [name, reason]))
    for (const entry of entries) {
      const isListed = used.has(entry.file) || leftOut.has(entry.file)
      expect(isListed, `${entry.file} is neither used nor listed`).toBe(true)
      if (entry.expect === 'error' || entry.expect === 'skip') {
        expect(used.has(entry.file), `${entry.file}: ${entry.what}`).toBe(false)
        expect(leftOut.get(entry.file)).toContain(entry.file)
      }
      if (entry.expect === 'ok' && leftOut.has(entry.file)) {
        // Fine to read, but an image without a finite pixel has nothing to give.
        expect(leftOut.get(entry.file), entry.file).toContain('no pixel with data')
      }
    }
  })

  test('alone: good files give a mosaic, bad ones a typed error that names the file', async () => {
    for (const entry of await manifest()) {
      const work = freshFolder()
      await mkdir(join(work, 'in'))
      await copyFile(join(folder, entry.file), join(work, 'in', entry.file))
      const outcome: unknown = await makeMosaic({
        imagesDir: join(work, 'in'),
        outDir: join(work, 'out'),
        threads: 1,
      }).catch((error: unknown) => error)
      const isError = outcome instanceof Error
      if (isError && !isSkyloomError(outcome)) throw outcome
      if (isError)
        expect(outcome.message, entry.file).toContain(
          entry.file === 'all-nan.fits' ? 'no image has data' : entry.file,
        )
      if (entry.expect === 'ok')
        expect(isError, `${entry.file}: ${String(outcome)}`).toBe(entry.file === 'all-nan.fits')
      if (entry.expect === 'error' || entry.expect === 'skip') expect(isError, entry.file).toBe(true)
    }
  })
})
