import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { lacksProgram } from '../../../../testing/peers.ts'
import { seededRandom } from '../simulate/seeded-random.ts'
import { unpackBzip2 } from './unpack-bzip2.ts'

const MAX_BYTES = 2 ** 24

function bzip2(bytes: Uint8Array, ...options: readonly string[]): Uint8Array {
  return new Uint8Array(spawnSync('bzip2', ['-c', ...options], { input: bytes, maxBuffer: MAX_BYTES }).stdout)
}

const random = seededRandom(7)
const noise = Uint8Array.from({ length: 300_000 }, () => Math.floor(random() * 256))
const runs = Uint8Array.from({ length: 250_000 }, (_, i) => (i % 1000 < 900 ? 7 : i))
const cases: readonly (readonly [string, Uint8Array])[] = [
  ['nothing', new Uint8Array(0)],
  ['one byte', Uint8Array.of(65)],
  ['text', new TextEncoder().encode('SIMPLE  =                    T'.repeat(50))],
  ['zeros', new Uint8Array(1_000_000)],
  ['noise over several blocks', noise],
  [
    'runs of every length',
    Uint8Array.from(Array.from({ length: 300 }, (_, n) => new Array<number>(n).fill(n % 5)).flat()),
  ],
  ['long runs', runs],
]

test.skipIf(lacksProgram('bzip2')).each(cases)('what bzip2 packed comes back: %s', (_, bytes) => {
  expect(Buffer.from(unpackBzip2(bzip2(bytes, '-1'), 'x', MAX_BYTES)).equals(Buffer.from(bytes))).toBe(true)
})

test.skipIf(lacksProgram('bzip2'))('files in a row are one', () => {
  const one = bzip2(Uint8Array.of(1, 2, 3))
  expect([...unpackBzip2(Uint8Array.from([...one, ...one]), 'x', MAX_BYTES)]).toEqual([1, 2, 3, 1, 2, 3])
})

test.skipIf(lacksProgram('bzip2'))('cut or damaged data and bombs are refused', () => {
  const packed = bzip2(noise.subarray(0, 20_000))
  expect(() => unpackBzip2(packed.subarray(0, 9000), 'x', MAX_BYTES)).toThrow('the data end early')
  const damaged = packed.slice()
  damaged[6000] = damaged[6000]! ^ 0x10
  expect(() => unpackBzip2(damaged, 'x', MAX_BYTES)).toThrow('bzip2 data cannot be unpacked')
  expect(() => unpackBzip2(bzip2(new Uint8Array(100_000)), 'x', 50_000)).toThrow('more than 50000 bytes')
  expect(() => unpackBzip2(new TextEncoder().encode('<html>'), 'x', MAX_BYTES)).toThrow('no bzip2 data')
})
