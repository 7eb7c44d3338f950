import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { nodeDeflateTile } from '../node/deflate-tile.ts'
import { nodeInflateTile } from '../node/inflate-tile.ts'
import { portableDeflateTile } from './deflate-tile.ts'
import { portableInflateTile } from './inflate-tile.ts'

const inflaters = [
  { name: 'portable', inflate: portableInflateTile },
  { name: 'zlib', inflate: nodeInflateTile },
] as const

describe.for(inflaters)('$name inflate', ({ inflate }) => {
  test('gives back what either deflate packed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.nat({ max: 3000 }), (some, repeat) => {
        const bytes = new Uint8Array(some.length + repeat).fill(7)
        bytes.set(some)
        for (const deflate of [portableDeflateTile, nodeDeflateTile]) {
          expect(inflate(deflate(bytes), bytes.length)).toEqual(bytes)
        }
      }),
    )
  })

  test('works inside a larger buffer', () => {
    const packed = nodeDeflateTile(Uint8Array.of(1, 2, 3))
    const buffer = new Uint8Array(packed.length + 20).fill(9)
    buffer.set(packed, 10)
    expect(inflate(buffer.subarray(10, 10 + packed.length), 3)).toEqual(Uint8Array.of(1, 2, 3))
  })

  test('refuses streams that are cut, damaged or no gzip at all', () => {
    const packed = nodeDeflateTile(Uint8Array.from({ length: 500 }, (_, i) => i * i))
    for (let length = 0; length < packed.length; length++) {
      expect(inflate(packed.subarray(0, length), 500)).toBeUndefined()
    }
    for (let at = 10; at < packed.length; at += 7) {
      expect(inflate(packed.with(at, packed[at]! ^ 0x10), 500)).toBeUndefined()
    }
    expect(inflate(new Uint8Array(100).fill(0x1f), 500)).toBeUndefined()
    expect(inflate(new Uint8Array(0), 500)).toBeUndefined()
  })

  test('stops at the size that is allowed', () => {
    const packed = nodeDeflateTile(new Uint8Array(1000))
    expect(inflate(packed, 1000)).toHaveLength(1000)
    expect(inflate(packed, 999)).toBeUndefined()
  })

  test('does not unpack a bomb', () => {
    const bomb = new Uint8Array(gzipSync(new Uint8Array(300 * 2 ** 20)))
    const before = process.cpuUsage()
    expect(inflate(bomb, 2 ** 20)).toBeUndefined()
    const { user, system } = process.cpuUsage(before)
    // One piece of 32 KiB unpacks to 33 MB at most; all of it would take a second.
    expect((user + system) / 1000).toBeLessThan(500)
  })
})

test('the same bytes are packed to the same bytes, without a time in them', () => {
  for (const deflate of [portableDeflateTile, nodeDeflateTile]) {
    const packed = deflate(Uint8Array.of(1, 2, 3))
    expect(deflate(Uint8Array.of(1, 2, 3))).toEqual(packed)
    expect([...packed.subarray(4, 8)]).toEqual([0, 0, 0, 0])
  }
})
