import { isSkyloomError, memorySource } from '@skyloom/base'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../../../testing/seeded-random.ts'
import { openFits } from '../src/hdu/open-fits.ts'
import { readCube } from '../src/image/read-image.ts'
import { nodeInflateTile } from '../src/node/inflate-tile.ts'
import { readFitsTable } from '../src/table/read-table.ts'
import { type Mutant, mutantsOf } from './mutants.ts'
import { packedBytes, skyValues } from './packed-image.ts'
import { catalog, packedTable } from './packed-table.ts'

/** Mutants of each kind: enough to find something now, many under CI. */
const LYING_HEADERS = process.env.CI === 'true' ? 5000 : 800
const DAMAGED_STREAMS = process.env.CI === 'true' ? 30_000 : 1500
/** What a hostile file may cost at most. */
const MAX_MS = 2000
const MAX_BYTES = 256 * 1024 * 1024

const sky = skyValues(1200)
const shape = [30, 40] as const
const integers = Int16Array.from(sky)
const floats = Float32Array.from(sky, (value, i) => (i % 111 === 0 ? NaN : value))
const mask = Uint8Array.from(sky, (value) => (value > 1020 ? 3 : 0))

const seeds: readonly Mutant[] = await Promise.all(
  (
    [
      ['rice', { data: integers }, { method: 'RICE_1' }],
      ['rice tiles', { data: Int32Array.from(sky) }, { method: 'RICE_1', tileShape: [7, 11] }],
      ['rice bytes', { data: mask }, { method: 'RICE_1', tileShape: [30, 40] }],
      ['gzip', { data: integers }, { method: 'GZIP_1', tileShape: [5, 40] }],
      ['shuffled', { data: floats }, { method: 'GZIP_2' }],
      ['plio', { data: mask }, { method: 'PLIO_1', tileShape: [10, 40] }],
      ['hcompress', { data: integers }, { method: 'HCOMPRESS_1' }],
      ['lossy', { data: integers }, { method: 'HCOMPRESS_1', hcompressScale: 2, smooth: true }],
      ['dithered', { data: floats }, { quantize: { level: 4 } }],
      [
        'zeros',
        { data: floats },
        { method: 'HCOMPRESS_1', quantize: { level: 4, dithering: 'SUBTRACTIVE_DITHER_2' } },
      ],
      ['plain', { data: Float64Array.from(sky) }, { method: 'NOCOMPRESS' }],
    ] as const
  ).map(async ([name, image, options]) => ({ name, bytes: await packedBytes({ ...image, shape }, options) })),
)
const tableSeed: Mutant = { name: 'table', bytes: (await packedTable(catalog(60), { tileRows: 25 })).packed }

/** The seeds with bytes changed behind the headers: descriptors, streams, and what says how long they are. */
function* damagedStreams(count: number): Generator<Mutant, void, undefined> {
  const files = [...seeds, tableSeed]
  for (let index = 0; index < count; index++) {
    const random = seededRandom(7000 + index)
    const file = files[index % files.length] ?? tableSeed
    const bytes = file.bytes.slice()
    const start = bytes.length - 2880 * Math.min(4, Math.floor(bytes.length / 2880) - 2)
    for (let change = 0; change <= random() * 6; change++) {
      const at = start + Math.floor(random() * (bytes.length - start))
      bytes[at] = random() < 0.3 ? 0xff : Math.floor(random() * 256)
    }
    yield { name: `${index} streams ${file.name}`, bytes }
  }
}

/** Opens a file and reads all its images and tables. Errors of ours are what is wanted; all others fail the test. */
async function useFile(bytes: Uint8Array, inflateTile: typeof nodeInflateTile | undefined): Promise<string> {
  let outcome = 'read'
  const keep = (error: unknown): void => {
    if (!isSkyloomError(error) || error.where.length === 0) throw error
    outcome = error.code
  }
  try {
    await using file = await openFits(memorySource(bytes, 'mutant.fits'), { inflateTile })
    for await (const hdu of file.hdus()) {
      if (hdu.type === 'compressed-image') await readCube(hdu).catch(keep)
      if (hdu.type === 'bintable') await readFitsTable(hdu).catch(keep)
    }
  } catch (error) {
    keep(error)
  }
  return outcome
}

async function tooDear(mutants: Iterable<Mutant>, outcomes: Map<string, number>): Promise<string[]> {
  const found: string[] = []
  let turn = 0
  for (const { name, bytes } of mutants) {
    const before = process.memoryUsage()
    const start = process.cpuUsage()
    const outcome = await useFile(bytes, turn++ % 2 === 0 ? nodeInflateTile : undefined).catch(
      (cause: unknown) => {
        throw new Error(`mutant ${name}`, { cause })
      },
    )
    const { user, system } = process.cpuUsage(start)
    const after = process.memoryUsage()
    const grownBytes = after.external + after.heapUsed - before.external - before.heapUsed
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    if ((user + system) / 1000 > MAX_MS || grownBytes > MAX_BYTES) {
      found.push(`${name}: ${(user + system) / 1000} ms, ${grownBytes} bytes`)
    }
  }
  return found
}

describe('damaged compressed files cost little and fail with errors of ours', () => {
  test('lying headers', async () => {
    const outcomes = new Map<string, number>()
    expect(await tooDear(mutantsOf([...seeds, tableSeed], LYING_HEADERS, 99), outcomes)).toEqual([])
    expect(outcomes.size).toBeGreaterThan(5)
  }, 600_000)

  test('damaged descriptors and streams', async () => {
    const outcomes = new Map<string, number>()
    expect(await tooDear(damagedStreams(DAMAGED_STREAMS), outcomes)).toEqual([])
    expect(outcomes.get('FITS_BAD_TILE')).toBeGreaterThan(DAMAGED_STREAMS / 20)
  }, 600_000)
})
