import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MosaicOptions } from '@skyloom/mosaic'
import { makeMosaic } from '@skyloom/mosaic/node'
import { expect, test } from 'vitest'
import { keptFolder } from '../../../testing/folders.ts'
import { writeNoisyField } from './support/noise.ts'

const SIDE = 400
const folder = keptFolder()
await writeNoisyField(folder, { count: 8, side: SIDE, scaleDeg: 1 / 3600, sigma: () => 3 }, 1)

let made = 0

/** SHA-256 of every product that a number of threads makes. */
async function products(
  threads: number,
  options: Partial<MosaicOptions>,
): Promise<Readonly<Record<string, string>>> {
  const outDir = join(folder, `out${++made}`)
  await makeMosaic({
    imagesDir: join(folder, 'raw'),
    outDir,
    background: 'none',
    planes: ['variance', 'weight', 'count', 'context'],
    quality: { variance: join(folder, 'variance') },
    template: { scaleDeg: 1 / 3600, centre: { lonDeg: 150, latDeg: 20 } },
    threads,
    ...options,
  })
  const files = readdirSync(outDir).filter((file) => file.endsWith('.fits'))
  expect(files).toHaveLength(6)
  return Object.fromEntries(
    files.map((file) => [
      file,
      createHash('sha256')
        .update(readFileSync(join(outDir, file)))
        .digest('hex'),
    ]),
  )
}

test.each(['area', 'planar', 'drizzle', 'nearest', 'bilinear', 'bicubic', 'lanczos3'] as const)(
  'one thread and four make the same bytes of the mosaic and its planes by %s',
  async (method) => {
    const one = await products(1, { method })
    // What threads do to each other depends on the moment.
    for (let round = 0; round < 3; round++) expect(await products(4, { method })).toEqual(one)
  },
)

test.each(['weighted', 'median', 'clipped'] as const)(
  'one thread and four make the same bytes of the mosaic and its planes combined by %s',
  async (combine) => {
    expect(await products(4, { combine })).toEqual(await products(1, { combine }))
  },
)
