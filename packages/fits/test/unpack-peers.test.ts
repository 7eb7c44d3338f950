import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { keptFolder } from '../../../testing/folders.ts'
import { askPython, lacksPython } from '../../../testing/peers.ts'
import { seededRandom } from '../../../testing/seeded-random.ts'
import { sharedRoot, skipShared } from '../../../testing/shared-data.ts'
import { readImage } from '../src/index.ts'
import { openFitsFile } from '../src/node/index.ts'
import { bunzip2 } from '../src/unpack/bunzip2.ts'
import { compressLzw } from './compress-lzw.ts'

const folder = keptFolder()

describe.skipIf(skipShared)('packed files of other programs', () => {
  test.for(['test.fits.Z', 'test.fits.bz2'])('%s has the pixels of the plain file', async (name) => {
    await using plain = await openFitsFile(`${sharedRoot}/data/formats/test.fits`)
    await using packed = await openFitsFile(`${sharedRoot}/data/formats/${name}`)
    expect((await readImage(await packed.hdu(0))).data).toEqual((await readImage(await plain.hdu(0))).data)
  })
})

/** Contents that use all of a packer: runs of every length, few and many symbols, more than one block. */
const CONTENTS: Readonly<Record<string, () => Uint8Array>> = {
  empty: () => new Uint8Array(0),
  runs: () => Uint8Array.from({ length: 100_000 }, (_, index) => Math.floor(Math.sqrt(index)) & 0xff),
  'long runs': () => new Uint8Array(2_000_000),
  'every byte': () => Uint8Array.from({ length: 2560 }, (_, index) => index & 0xff),
  text: () => new TextEncoder().encode('SIMPLE  =                    T'.repeat(5000)),
  noise: () => {
    const random = seededRandom(1)
    return Uint8Array.from({ length: 1_200_000 }, () => Math.floor(random() * 256))
  },
}

describe.skipIf(lacksPython('bz2'))('bzip2 of Python', () => {
  test.for(Object.entries(CONTENTS))('%s', ([name, make]) => {
    const plain = make()
    const path = join(folder, `${name}.bin`)
    writeFileSync(path, plain)
    const script = `
import base64, bz2
with open(given, 'rb') as file: plain = file.read()
answer = [base64.b64encode(bz2.compress(plain, level)).decode() for level in (1, 9)]`
    for (const text of askPython(script, path) as string[]) {
      const packed = Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
      expect(Buffer.compare(bunzip2(packed, 10_000_000, {}), plain)).toBe(0)
    }
  })
})

describe('compress streams of the tests', () => {
  test.for(Object.entries(CONTENTS))('%s is what gzip -d unpacks', ([name, make]) => {
    const plain = make().subarray(0, 100_000)
    const path = join(folder, `${name}.Z`)
    for (const [maxWidth, clearEvery] of [
      [16, 0],
      [12, 0],
      [14, 1000],
    ] as const) {
      writeFileSync(path, compressLzw(plain, maxWidth, clearEvery))
      const script = `
import base64, subprocess
with open(given, 'rb') as file: answer = base64.b64encode(subprocess.run(['gzip', '-dc'], stdin=file, capture_output=True, check=True).stdout).decode()`
      const unpacked = Uint8Array.from(atob(askPython(script, path) as string), (char) => char.charCodeAt(0))
      expect(Buffer.compare(unpacked, plain)).toBe(0)
    }
  })
})
