import { memorySink } from '@skyloom/base'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Header } from '../header/header.ts'
import { writeImage } from '../image/write-image.ts'
import { encodeChecksum } from './encode-checksum.ts'
import { addSums, Sum32 } from './sum32.ts'

/** Word by word with bigints: modulo 2^32 - 1, as ones' complement addition is (FITS Standard 4.0, appendix J.1). */
function plainSum(bytes: Uint8Array): number {
  let sum = 0n
  bytes.forEach((byte, index) => {
    sum += BigInt(byte) << BigInt(24 - 8 * (index % 4))
  })
  while (sum >= 2n ** 32n) sum = (sum & 0xffffffffn) + (sum >> 32n)
  return Number(sum)
}

describe('the sum', () => {
  test('of any bytes, added in any pieces', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 8 }), (pieces) => {
        const sum = new Sum32()
        for (const piece of pieces) sum.add(piece)
        expect(sum.value).toBe(plainSum(Uint8Array.from(pieces.flatMap((piece) => [...piece]))))
      }),
    )
  })

  test('keeps every carry', () => {
    expect(new Sum32().add(new Uint8Array(4 * 2 ** 21).fill(255)).value).toBe(0xffffffff)
    expect(addSums(0xffffffff, 1)).toBe(1)
  })
})

describe('the encoded checksum', () => {
  test('is that of the example in the standard', () => {
    // FITS Standard 4.0, appendix J.5: a sum of 868229149 is written as hcHjjc9ghcEghc9g.
    expect(encodeChecksum(868229149)).toBe('hcHjjc9ghcEghc9g')
  })

  test('has letters and digits only, and brings any sum to all ones', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), (sum) => {
        const text = encodeChecksum(sum)
        expect(text).toMatch(/^[0-9A-Za-z]{16}$/)
        // The string stands at an offset of 3 modulo 4 (column 12); zeros '0' stood there when the sum was taken.
        const at = (value: string): number =>
          new Sum32().add(new TextEncoder().encode(`\0\0\0${value}\0`)).value
        const change = addSums(at(text), 0xffffffff - at('0000000000000000'))
        expect(addSums(sum, change) % 0xffffffff).toBe(0)
      }),
    )
  })
})

test('a written file sums up to all ones', async () => {
  const sink = memorySink()
  const data = new Float32Array(1001).map((_, index) => Math.sin(index))
  await writeImage(sink, new Header().set('OBJECT', 'sine'), { width: 1001, height: 1, data })
  expect(new Sum32().add(sink.bytes()).value).toBe(0xffffffff)
})
