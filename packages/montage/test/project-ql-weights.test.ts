import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { memorySink } from '@skyloom/base'
import { FitsWriter, Header, readImage } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import { expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { mProjExec, mProjectQL } from '../src/index.ts'

const SIZE = 6
const CARDS = {
  CTYPE1: 'RA---TAN',
  CTYPE2: 'DEC--TAN',
  CRVAL1: 10,
  CRVAL2: 20,
  CRPIX1: 3.5,
  CRPIX2: 3.5,
  CDELT1: -0.001,
  CDELT2: 0.001,
}

async function writeImage(path: string, value: (k: number) => number): Promise<void> {
  const header = new Header()
  for (const [keyword, card] of Object.entries(CARDS)) header.set(keyword, card)
  const sink = memorySink()
  const writer = new FitsWriter(sink, { checksum: false })
  const image = await writer.beginImage({ bitpix: -64, shape: [SIZE, SIZE] }, header)
  await image.writeRows(Float64Array.from({ length: SIZE * SIZE }, (_, k) => value(k)))
  await image.end()
  await writer.commit()
  writeFileSync(path, sink.bytes())
}

async function pixels(path: string): Promise<readonly number[]> {
  await using file = await openFitsFile(path, { blocking: true })
  return [...(await readImage(await file.hdu(0), { as: 'float64' })).data]
}

function writeTemplate(path: string): void {
  const words = Object.entries({ SIMPLE: 'T', BITPIX: -64, NAXIS: 2, NAXIS1: SIZE, NAXIS2: SIZE, ...CARDS })
  const lines = words.map(([keyword, value]) => {
    const text = typeof value === 'string' && value !== 'T' ? `'${value}'` : value
    return `${keyword.padEnd(8)}= ${text}`
  })
  writeFileSync(path, `${lines.join('\n')}\nEND\n`)
}

test.each(['nearest', 'lanczos3'] as const)(
  '%s: pixels of weight 0 have no data, areas are weights',
  async (interpolation) => {
    const folder = freshFolder()
    writeTemplate(join(folder, 't.hdr'))
    await writeImage(join(folder, 'in.fits'), (k) => k + 1)
    // Below the threshold in every seventh pixel.
    await writeImage(join(folder, 'w.fits'), (k) => (k % 7 === 0 ? 0.1 : 1 + (k % 3)))
    const files = { image: 'in.fits', output: 'out.fits', template: 't.hdr', weightImage: 'w.fits' }
    const how = { threshold: 0.5, weight: 2, interpolation, hasAreas: true, isFullRegion: true }
    await mProjectQL({ ...files, ...how }, { cwd: folder })
    const values = await pixels(join(folder, 'out.fits'))
    const areas = await pixels(join(folder, 'out_area.fits'))
    expect(values).toHaveLength(SIZE * SIZE)
    for (const [k, value] of values.entries()) {
      if (k % 7 === 0) expect([value, areas[k]]).toEqual([Number.NaN, Number.NaN])
      else {
        expect(value).toBeCloseTo(k + 1, 6)
        expect(areas[k]).toBe(2 * (1 + (k % 3)))
      }
    }
  },
)

test('mProjExec -q hands the weight of each image on to the areas', async () => {
  const folder = freshFolder()
  mkdirSync(join(folder, 'p'))
  writeTemplate(join(folder, 't.hdr'))
  await writeImage(join(folder, 'in.fits'), (k) => k + 1)
  writeFileSync(join(folder, 'images.tbl'), '|fname  |wgt |\n|char   |real|\n in.fits  3.0\n')
  const files = { images: 'images.tbl', template: 't.hdr', folder: 'p', statistics: 'stats.tbl' }
  await mProjExec({ ...files, isQuick: true, weightColumn: 'wgt', isExpanded: true }, { cwd: folder })
  const [name = ''] = readdirSync(join(folder, 'p')).filter((file) => file.endsWith('_area.fits'))
  const areas = (await pixels(join(folder, 'p', name))).filter((area) => !Number.isNaN(area))
  expect(areas.length).toBeGreaterThan(0)
  expect(new Set(areas)).toEqual(new Set([3]))
})
