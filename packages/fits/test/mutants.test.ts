import { readdirSync } from 'node:fs'
import { isSkyloomError, memorySink, memorySource } from '@skyloom/base'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sharedBytes, sharedRoot, skipShared } from '../../../testing/shared-data.ts'
import {
  type Hdu,
  Header,
  openFits,
  readCube,
  readGroups,
  repairFits,
  verifyFits,
  writeImage,
} from '../src/index.ts'
import { concat, gzip, latin1 } from './bytes.ts'
import { type Mutant, mutantsOf } from './mutants.ts'

const IS_CI = process.env.CI === 'true'

/** What a hostile file may cost at most. */
const MAX_MS = 2000
const MAX_BYTES = 256 * 1024 * 1024

async function readHdu(hdu: Hdu): Promise<void> {
  for (const card of hdu.header) hdu.header.has(card.keyword)
  if (hdu.type === 'image' || hdu.type === 'compressed-image') await readCube(hdu)
  if (hdu.type === 'groups') await readGroups(hdu)
}

/** Opens a file, reads everything and verifies it. Errors of Skyloom are what is wanted; all others fail the test. */
async function useFile(bytes: Uint8Array): Promise<string> {
  try {
    await using file = await openFits(memorySource(bytes, 'mutant.fits'))
    for await (const hdu of file.hdus()) {
      await readHdu(hdu).catch((error: unknown) => {
        if (!isSkyloomError(error)) throw error
      })
    }
    await verifyFits(file)
    await repairFits(file, memorySink())
    return 'read'
  } catch (error) {
    if (isSkyloomError(error) && error.where[0] === 'mutant.fits') return error.code
    throw error
  }
}

/** Time of the processor and memory of one use. The clock on the wall would count the neighbours' work too. */
async function costOf(bytes: Uint8Array): Promise<{ outcome: string; cpuMs: number; grownBytes: number }> {
  const before = process.memoryUsage()
  const start = process.cpuUsage()
  const outcome = await useFile(bytes)
  const { user, system } = process.cpuUsage(start)
  const cpuMs = (user + system) / 1000
  const after = process.memoryUsage()
  const grownBytes = after.arrayBuffers + after.heapUsed - before.arrayBuffers - before.heapUsed
  return { outcome, cpuMs, grownBytes }
}

function seeds(): Mutant[] {
  const folders = ['malformed', 'formats']
  return folders.flatMap((folder) =>
    readdirSync(`${sharedRoot}/data/${folder}`)
      .filter((name) => /\.fits/.test(name) && !name.startsWith('long-header'))
      .map((name) => ({ name, bytes: sharedBytes(`data/${folder}/${name}`) }))
      .filter(({ bytes }) => bytes.length < 200_000),
  )
}

describe.skipIf(skipShared)('damaged files', () => {
  test('2,000 mutants cost little and fail with errors of ours', async () => {
    const outcomes = new Map<string, number>()
    const tooDear: string[] = []
    for (const { name, bytes } of mutantsOf(seeds(), 2000, 42)) {
      const { outcome, cpuMs, grownBytes } = await costOf(bytes).catch((cause: unknown) => {
        throw new Error(`mutant ${name}`, { cause })
      })
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      if (cpuMs > MAX_MS || grownBytes > MAX_BYTES) tooDear.push(`${name}: ${cpuMs} ms, ${grownBytes} bytes`)
    }
    expect(tooDear).toEqual([])
    expect(outcomes.size).toBeGreaterThan(5)
    expect(Object.keys({})).toEqual([])
    expect('polluted' in {}).toBe(false)
  }, 300_000)
})

describe('hostile files of little size', () => {
  test('a gzip bomb', async () => {
    const header = new Uint8Array(2880).fill(32)
    header.set(new TextEncoder().encode('SIMPLE  =                    T'))
    const bomb = gzip(concat(header, new Uint8Array(400 * 1024 * 1024)))
    const { outcome, cpuMs, grownBytes } = await costOf(bomb)
    expect(outcome).toBe('FITS_TOO_LARGE')
    expect(cpuMs).toBeLessThan(MAX_MS)
    expect(grownBytes).toBeLessThan(MAX_BYTES)
  })

  test('a header without end', async () => {
    const endless = new Uint8Array(40 * 1024 * 1024).fill(32)
    endless.set(new TextEncoder().encode('SIMPLE  =                    T'))
    const { outcome, cpuMs, grownBytes } = await costOf(endless)
    expect(outcome).toBe('FITS_TOO_LARGE')
    expect(cpuMs).toBeLessThan(MAX_MS)
    expect(grownBytes).toBeLessThan(MAX_BYTES)
  })

  test('50,000 HISTORY cards', async () => {
    const sink = memorySink()
    const header = new Header()
    for (let line = 0; line < 50_000; line++) header.addHistory(`line ${line}`)
    await writeImage(sink, header, { width: 1, height: 1, data: new Uint8Array(1) })
    const { outcome, cpuMs } = await costOf(sink.bytes())
    expect(outcome).toBe('read')
    expect(cpuMs).toBeLessThan(MAX_MS)
  })

  test('one string over 50,000 CONTINUE cards', async () => {
    const sink = memorySink()
    await writeImage(sink, new Header().set('LONG', 'x'.repeat(67 * 50_000)), {
      width: 1,
      height: 1,
      data: new Uint8Array(1),
    })
    const { outcome, cpuMs } = await costOf(sink.bytes())
    expect(outcome).toBe('read')
    expect(cpuMs).toBeLessThan(MAX_MS)
  })
})

describe('headers of random bytes', () => {
  const record = fc.oneof(
    fc.string({
      unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
      maxLength: 80,
    }),
    fc
      .tuple(
        fc.constantFrom(
          'BITPIX',
          'NAXIS',
          'NAXIS1',
          'NAXIS2',
          'PCOUNT',
          'GCOUNT',
          'GROUPS',
          'BLANK',
          'BSCALE',
          'EXTNAME',
          'ZIMAGE',
        ),
        fc.oneof(fc.integer(), fc.double(), fc.boolean(), fc.string({ maxLength: 20 }), fc.bigInt()),
      )
      .map(
        ([keyword, value]) =>
          `${keyword.padEnd(8)}= ${typeof value === 'string' ? `'${value}'` : typeof value === 'boolean' ? (value ? 'T' : 'F') : String(value)}`,
      ),
    fc.constantFrom(
      'NAXIS   =                    2',
      'NAXIS1  =                    3',
      'NAXIS2  =                    4',
      'BITPIX  =                   16',
      'GROUPS  =                    T',
      "XTENSION= 'IMAGE   '",
    ),
  )

  test('are headers, or fail with errors of ours', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 40 }), fc.boolean(), async (records, hasEnd) => {
        const cards = ['SIMPLE  =                    T', ...records, ...(hasEnd ? ['END'] : [])]
        const text = cards.map((card) => card.padEnd(80).slice(0, 80)).join('')
        const bytes = latin1(text.padEnd(Math.ceil(text.length / 2880) * 2880 + 2880, '\0'))
        expect(await useFile(bytes)).toMatch(/^(?:read|FITS_|BASE_SHORT_READ)/)
      }),
      { numRuns: IS_CI ? 40_000 : 2000 },
    )
  }, 600_000)
})
