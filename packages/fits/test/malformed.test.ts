import { readFileSync } from 'node:fs'
import { isSkyloomError } from '@skyloom/base'
import { describe, expect, test } from 'vitest'
import { sharedRoot, sharedText, skipShared } from '../../../testing/shared-data.ts'
import { readImage, verifyFits } from '../src/index.ts'
import { openFitsFile } from '../src/node/index.ts'

/** One file of `data/malformed`: `skip` are matters of its sky, or files without an image; `any` may be read or refused. */
interface Fault {
  readonly file: string
  readonly expect: 'ok' | 'error' | 'skip' | 'any'
  readonly what: string
}

const FAULTS: readonly Fault[] = skipShared
  ? []
  : (JSON.parse(sharedText('data/malformed/manifest.json')) as Fault[])

/** Files that an image reader passes over because they hold no image at all. */
const WITHOUT_IMAGE: readonly string[] = ['table-only.fits', 'header-only.fits']

/** Reads the first image of a file, every pixel of it. */
async function readFirstImage(name: string): Promise<Float32Array> {
  await using file = await openFitsFile(`${sharedRoot}/data/malformed/${name}`)
  for await (const hdu of file.hdus()) {
    if (hdu.type === 'image' || hdu.type === 'compressed-image') return (await readImage(hdu)).data
  }
  return (await readImage(await file.hdu(0))).data
}

function outcome(name: string): Promise<Float32Array | string> {
  return readFirstImage(name).catch((error: unknown) => {
    if (isSkyloomError(error)) return error.code
    throw error
  })
}

describe.skipIf(skipShared)('faulty files are read or refused as they should be', () => {
  test.for(FAULTS)('$file: $what', async ({ file, expect: expected }) => {
    const result = await outcome(file)
    if (expected === 'error' || WITHOUT_IMAGE.includes(file)) expect(result).toMatch(/^FITS_/)
    else if (expected === 'any') expect(result).toBeDefined()
    else expect(result).toBeInstanceOf(Float32Array)
  })

  test('every error names the file', async () => {
    for (const { file } of FAULTS.filter((fault) => fault.expect === 'error')) {
      await expect(readFirstImage(file)).rejects.toMatchObject({
        message: expect.stringContaining(file) as string,
      })
    }
  })

  test('pixels are the same however the file is packed', async () => {
    const good = await readFirstImage('good.fits')
    for (const name of [
      'gzip-under-fits-name.fits',
      'plain-under-gz-name.fits.gz',
      'junk-after.fits',
      'no-padding.fits',
      'long-header.fits',
      'naxis-4.fits',
    ]) {
      expect(await readFirstImage(name)).toEqual(good)
    }
  })
})

/** What is wrong with each file, beyond what a reader needs to care about. */
const FINDINGS: Readonly<Record<string, readonly string[]>> = {
  'good.fits': [],
  'no-end.fits': ['HEADER_UNREADABLE'],
  'header-cut.fits': ['HEADER_UNREADABLE', 'FILE_LENGTH'],
  'data-cut.fits': ['DATA_CUT', 'FILE_LENGTH'],
  'no-padding.fits': ['FILE_LENGTH'],
  'junk-after.fits': ['TRAILING_BYTES', 'FILE_LENGTH'],
  'bitpix-17.fits': ['HEADER_UNREADABLE'],
  'axis-missing.fits': ['MISSING_KEYWORD', 'HEADER_UNREADABLE'],
  'axis-float.fits': ['WRONG_TYPE', 'HEADER_UNREADABLE'],
  'simple-false.fits': ['NOT_CONFORMING'],
  'crval-nan.fits': ['BAD_VALUE'],
  'crval-text.fits': ['WRONG_TYPE'],
  'crval-twice.fits': ['DUPLICATE_KEYWORD'],
  'non-ascii.fits': ['BAD_CHARACTER', 'END_MISPLACED'],
  'tab-in-card.fits': ['BAD_CHARACTER', 'VALUE_FORM', 'END_MISPLACED'],
  'bscale-zero.fits': ['SCALE_ZERO'],
  'fz-heap-cut.fits.fz': ['DATA_CUT'],
  'astropy_verify.fits': ['MANDATORY_ORDER'],
  'astropy_group_invalid.fits': ['DEPRECATED'],
}

describe.skipIf(skipShared)('the verifier says what is wrong', () => {
  test.for(Object.entries(FINDINGS))('%s: %s', async ([name, codes]) => {
    await using file = await openFitsFile(`${sharedRoot}/data/malformed/${name}`)
    expect((await verifyFits(file)).findings.map(({ code }) => code)).toEqual(codes)
  })

  test('wrong checksums', async () => {
    await using file = await openFitsFile(`${sharedRoot}/data/malformed/astropy_checksum_false.fits`)
    const { findings } = await verifyFits(file)
    const wrong = findings.filter(({ severity }) => severity === 'error')
    expect(wrong.map(({ code, location }) => [code, location.hdu, location.card])).toEqual([
      ['DATASUM_WRONG', 0, 28],
      ['CHECKSUM_WRONG', 0, 27],
      ['DATASUM_WRONG', 1, 51],
      ['CHECKSUM_WRONG', 1, 50],
    ])
    expect((await verifyFits(file, { checksums: false })).errorCount).toBe(0)
  })

  test('a real header with many small faults', async () => {
    await using file = await openFitsFile(`${sharedRoot}/data/malformed/astropy_header_newlines.fits`)
    const { findings } = await verifyFits(file)
    expect(
      findings.filter(({ severity }) => severity === 'error').map(({ code, message }) => [code, message]),
    ).toEqual([
      ['MANDATORY_ORDER', 'CRVAL1 must follow WCSAXES'],
      ['DATASUM_WRONG', "DATASUM is '395763289', but the data sum up to 0"],
      ['CHECKSUM_WRONG', "CHECKSUM is 'O3aBP1ZBO1aBO1YB', but header and data do not sum up to zero"],
    ])
  })
})

test.skipIf(skipShared)('the manifest lists every made-up file', () => {
  expect(FAULTS.length).toBeGreaterThan(45)
  expect(() => readFileSync(`${sharedRoot}/data/malformed/good.fits`)).not.toThrow()
})
