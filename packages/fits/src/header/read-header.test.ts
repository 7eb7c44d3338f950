import { type ByteSource, memorySource } from '@skyloom/base'
import { describe, expect, test } from 'vitest'
import { latin1Bytes } from './latin1.ts'
import { readHeaderAt } from './read-header.ts'

/** Records and blanks up to whole blocks. */
function blocks(...records: readonly string[]): Uint8Array {
  const text = records.map((record) => record.padEnd(80)).join('')
  return latin1Bytes(text.padEnd(Math.ceil(text.length / 2880) * 2880))
}

const remarks = (count: number): string[] => Array.from({ length: count }, (_, index) => `COMMENT ${index}`)

describe('a header is read', () => {
  test.for([0, 35, 36, 143, 144, 145, 10_000])('with %i cards', async (count) => {
    const bytes = blocks(...remarks(count), 'END', '')
    const { header, dataOffset, isEndMisplaced } = await readHeaderAt(memorySource(bytes), 0)
    expect(header.cards()).toHaveLength(count)
    expect(dataOffset).toBe((Math.floor(count / 36) + 1) * 2880)
    expect(isEndMisplaced).toBe(false)
  })

  test('from anywhere in a file', async () => {
    const bytes = blocks('SIMPLE  = T', 'END', ...remarks(34), 'A       = 5', 'END')
    const { header } = await readHeaderAt(memorySource(bytes, 'x.fits'), 2880, { hdu: 1 })
    expect(header.locate('A')).toEqual({ file: 'x.fits', hdu: 1, keyword: 'A', card: 1, byteOffset: 2880 })
  })

  test('with one call when it is short', async () => {
    const source = memorySource(blocks('A       = 5', 'END', ...remarks(2000)))
    const reads: number[] = []
    const counted: ByteSource = {
      ...source,
      readInto: (target, offset) => {
        reads.push(target.length)
        return source.readInto(target, offset)
      },
    }
    await readHeaderAt(counted, 0)
    expect(reads).toEqual([4 * 2880])
    reads.length = 0
    await readHeaderAt(counted, 0, { firstReadBytes: 2880 })
    expect(reads).toEqual([2880])
  })
})

describe('END in the wrong place', () => {
  test('is found when nothing but blanks follows in its block', async () => {
    const bytes = blocks('SIMPLE  = T', ...remarks(3))
    bytes.set(latin1Bytes('END'), 4 * 80 - 13)
    const { header, isEndMisplaced, dataOffset } = await readHeaderAt(memorySource(bytes), 0)
    expect(isEndMisplaced).toBe(true)
    expect(dataOffset).toBe(2880)
    expect(header.boolean('SIMPLE')).toBe(true)
  })

  test('is not taken for END when text follows', async () => {
    const bytes = blocks('SIMPLE  = T', 'COMMENT WEEKEND          at home')
    await expect(readHeaderAt(memorySource(bytes), 0)).rejects.toMatchObject({ code: 'FITS_NO_END' })
  })
})

describe('a header is refused', () => {
  test('without END', async () => {
    await expect(readHeaderAt(memorySource(blocks(...remarks(100)), 'x.fits'), 0)).rejects.toMatchObject({
      code: 'FITS_NO_END',
      message:
        'x.fits, byte 0: the header has no END card: found 108 records up to the end of the file; the file is truncated or damaged; fetch it again [FITS_NO_END]',
    })
  })

  test('that the file cuts', async () => {
    const cut = blocks(...remarks(5)).subarray(0, 333)
    await expect(readHeaderAt(memorySource(cut), 0)).rejects.toMatchObject({ code: 'FITS_TRUNCATED' })
    await expect(readHeaderAt(memorySource(cut), 333)).rejects.toMatchObject({ code: 'FITS_TRUNCATED' })
  })

  test('that is longer than allowed', async () => {
    const options = { maxHeaderBytes: 10_000 }
    const source = memorySource(blocks(...remarks(200), 'END'))
    await expect(readHeaderAt(source, 0, options)).rejects.toMatchObject({ code: 'FITS_TOO_LARGE' })
  })

  test('when the source has less than it said', async () => {
    const source = { ...memorySource(blocks(...remarks(36))), sizeBytes: 1e9 }
    await expect(readHeaderAt(source, 0)).rejects.toMatchObject({ code: 'FITS_NO_END' })
  })
})
