import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { memorySink } from '@skyloom/base'
import { FitsWriter, readImage, writeFitsTable } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import { tableFromRows } from '@skyloom/fits/tables'
import { healpixCellAt, nestedIndex, pixelToSky, ringIndex, wcsFromKeywords } from '@skyloom/wcs'
import { expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { lacksProgram, runPeer } from '../../../testing/peers.ts'
import { runModuleIn } from './run-module-in.ts'

const ORDER = 3
const COUNT = 12 * 4 ** ORDER

/** Writes a map whose pixels hold their own numbers, those of `numbers` only when they are given. */
async function writeMap(
  path: string,
  cards: Readonly<Record<string, string>>,
  numbers?: readonly number[],
): Promise<void> {
  const sink = memorySink()
  const columns = [{ name: 'VALUE', type: 'float32' }] as const
  const explicit = [{ name: 'PIXEL', type: 'int32' }, ...columns] as const
  const rows = (numbers ?? Array.from({ length: COUNT }, (_, k) => k)).map((k) => [k, k + 0.5])
  const table =
    numbers === undefined
      ? tableFromRows(
          columns,
          rows.map(([, value = 0]) => [value]),
        )
      : tableFromRows(explicit, rows)
  const all = { PIXTYPE: 'HEALPIX', INDXSCHM: numbers === undefined ? 'IMPLICIT' : 'EXPLICIT', ...cards }
  const notes = Object.entries({ ...all }).map(([name, value]) => ({ kind: 'keyword' as const, name, value }))
  const nside = { kind: 'keyword' as const, name: 'NSIDE', value: 2 ** ORDER }
  const writer = new FitsWriter(sink)
  await writeFitsTable(writer, { ...table, notes: [...notes, nside] })
  await writer.commit()
  writeFileSync(path, sink.bytes())
}

async function read(
  path: string,
): Promise<{ data: Float64Array; width: number; get: (keyword: string) => unknown }> {
  const file = await openFitsFile(path)
  try {
    const hdu = await file.hdu(0)
    const { data, width } = await readImage(hdu, { as: 'float64' })
    return { data, width, get: (keyword) => hdu.header.get(keyword) }
  } finally {
    await file.close()
  }
}

test.each([
  { ordering: 'RING', options: [] },
  { ordering: 'NESTED', options: ['-q', '3'] },
  { ordering: 'RING', options: ['-x', 'n'] },
  { ordering: 'NESTED', options: ['-x', 's', '-q', '1'] },
])(
  'every pixel of a map in $ordering order with $options is where its header says',
  async ({ ordering, options }) => {
    const folder = freshFolder()
    await writeMap(join(folder, 'map.fits'), { ORDERING: ordering, COORDSYS: 'G' })
    const { stdout } = await runModuleIn(folder, 'HPXcvt', ...options, 'map.fits', 'out.fits')
    expect(stdout).toContain('stat="OK", module="HPXcvt", nside=8')
    const { data, width, get } = await read(join(folder, 'out.fits'))
    const wcs = wcsFromKeywords((keyword) => get(keyword) as string | number | undefined)
    const seen = new Set<number>()
    data.forEach((value, at) => {
      if (Number.isNaN(value)) return
      seen.add(value)
      const sky = pixelToSky(wcs, (at % width) + 1, Math.floor(at / width) + 1)
      // The other half of the face on the seam lies beyond the projection of the standard.
      if (sky === undefined) return
      const cell = healpixCellAt(ORDER, sky.lonDeg, sky.latDeg)
      if (cell === undefined) throw new Error('off the sky')
      expect(value - 0.5).toBe(ordering === 'RING' ? ringIndex(cell) : nestedIndex(cell))
    })
    expect(seen.size).toBe(COUNT)
  },
)

test.skipIf(lacksProgram('/usr/bin/HPXcvt'))('the pixels are those of HPXcvt of WCSLIB', async () => {
  const folder = freshFolder()
  for (const ordering of ['RING', 'NESTED']) {
    await writeMap(join(folder, 'map.fits'), { ORDERING: ordering, COORDSYS: 'G' })
    for (const option of ['-q0', '-q1', '-q2', '-q3', '-xn', '-xs']) {
      const name = `${ordering}${option}.fits`
      runPeer('/usr/bin/HPXcvt', [option, 'map.fits', `theirs${name}`], { cwd: folder })
      await runModuleIn(folder, 'HPXcvt', option, 'map.fits', `ours${name}`)
      const [theirs, ours] = [
        await read(join(folder, `theirs${name}`)),
        await read(join(folder, `ours${name}`)),
      ]
      expect(ours.width).toBe(theirs.width)
      // Around a pole a cell on a cut belongs to both sides; theirs fills one.
      const isPolar = option.startsWith('-x')
      const own = ours.data.map((value, at) =>
        isPolar && Number.isNaN(theirs.data[at]!) ? Number.NaN : value,
      )
      expect(own).toEqual(theirs.data)
    }
  }
})

test('a table with the numbers of its pixels fills those and no others', async () => {
  const folder = freshFolder()
  const numbers = [5, 700, 33]
  await writeMap(join(folder, 'part.fits'), { ORDERING: 'NESTED', COORDSYS: 'C' }, numbers)
  await runModuleIn(folder, 'HPXcvt', 'part.fits', 'out.fits')
  const { data, get } = await read(join(folder, 'out.fits'))
  expect(get('CTYPE1')).toBe('RA---HPX')
  expect([...new Set(data.filter((value) => !Number.isNaN(value)))].sort((a, b) => a - b)).toEqual([
    5.5, 33.5, 700.5,
  ])
})

test('a map that does not tell its order is refused until it is told', async () => {
  const folder = freshFolder()
  await writeMap(join(folder, 'map.fits'), { COORDSYS: 'G' })
  expect((await runModuleIn(folder, 'HPXcvt', 'map.fits', 'out.fits')).stdout).toBe(
    '[struct stat="ERROR", msg="HEALPix map map.fits has no keyword ORDERING"]\n',
  )
  expect((await runModuleIn(folder, 'HPXcvt', '-n', 'map.fits', 'out.fits')).exitCode).toBe(0)
})
