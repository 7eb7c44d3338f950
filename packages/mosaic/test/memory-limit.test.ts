import { execFile } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { MosaicOptions } from '@skyloom/mosaic'
import { describe, expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { type TanGrid, writeTestImage } from './support/images.ts'

const MIB = 1024 ** 2
/** What the runtime may take beside 110 % of the limit, bytes. */
const RUNTIME_BYTES = 150e6

/** A mosaic made by a process of its own, with the peak of that process alone: `ru_maxrss` would count what its parent had before. */
const PROGRAM = `
import { readFileSync } from 'node:fs'
import { makeMosaic } from '${import.meta.resolve('@skyloom/mosaic/node')}'
const { spilledBytes, mosaic } = await makeMosaic(JSON.parse(process.argv[1]))
const [, kib] = /^VmHWM:\\s+(\\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))
process.stdout.write(JSON.stringify({ spilledBytes, width: mosaic.width, peakBytes: 1024 * Number(kib) }))
`

interface Measured {
  readonly spilledBytes: number
  readonly width: number
  readonly peakBytes: number
}

async function measureMosaic(options: MosaicOptions): Promise<Measured> {
  const program = ['--input-type=module', '--eval', PROGRAM, JSON.stringify(options)]
  const { stdout } = await promisify(execFile)(process.execPath, program)
  return JSON.parse(stdout) as Measured
}

const CENTRE = { lonDeg: 150, latDeg: 20 }
const SCALE_DEG = 1 / 3600

/** Images of `side` pixels, `step` pixels apart, in a square of so many about the centre. */
async function writeSquare(folder: string, across: number, side: number, step: number): Promise<void> {
  const grid: TanGrid = { width: side, height: side, ...CENTRE, scaleDeg: SCALE_DEG }
  for (let index = 0; index < across ** 2; index++) {
    const offset = (place: number): number => side / 2 + step * (place - (across - 1) / 2)
    const place = { crpix1: offset(index % across), crpix2: offset(Math.floor(index / across)) }
    await writeTestImage(
      folder,
      `${index}.fits`,
      { ...grid, ...place },
      (col, row) => index + ((col ^ row) % 7),
    )
  }
}

describe.skipIf(process.platform !== 'linux')('--memory holds for the whole process', () => {
  test('when the reprojected images are larger than the limit', { timeout: 60_000 }, async () => {
    const folder = freshFolder()
    await writeSquare(folder, 10, 640, 560)
    const memoryBytes = 256 * MIB
    const options = { imagesDir: folder, outDir: join(folder, 'out'), memoryBytes, threads: 2 }
    const { spilledBytes, peakBytes } = await measureMosaic(options)
    expect(spilledBytes).toBeGreaterThan(50 * MIB)
    expect(peakBytes).toBeLessThan(1.1 * memoryBytes + RUNTIME_BYTES)
  })

  test('when the mosaic is larger than the limit, and hardly covered', { timeout: 60_000 }, async () => {
    const folder = freshFolder()
    const images = join(folder, 'images')
    await mkdir(images)
    await writeSquare(images, 2, 300, 250)
    const memoryBytes = 64 * MIB
    const side = 6000
    const template = { centre: CENTRE, sizeDeg: { width: side * SCALE_DEG, height: side * SCALE_DEG } }
    const options = {
      imagesDir: images,
      outDir: join(folder, 'out'),
      memoryBytes,
      template,
      isExactSize: true,
    }
    const { width, peakBytes } = await measureMosaic(options)
    expect(width).toBe(side)
    expect(peakBytes).toBeLessThan(1.1 * memoryBytes + RUNTIME_BYTES)
  })
})
