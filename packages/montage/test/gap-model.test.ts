import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FIT_FIELDS } from '@skyloom/mosaic'
import { expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { mBgModel } from '../src/background/bg-model.ts'

type Plane = readonly [a: number, b: number, c: number]
type Offset = readonly [x: number, y: number]

const SIDE = 100
/** Planes that the skies of three images add, in offsets from their own reference pixels. Image 1 is locked: its sky is the one of all. */
const SKY: Readonly<Record<number, Plane>> = {
  1: [0, 0, 0],
  2: [0.02, -0.03, 7],
  3: [-0.015, 0.01, -4],
}
/** Reference pixels; images 3 and 4 are one part of the sky on both sides of the seam. */
const CRPIX: Readonly<Record<number, Offset>> = { 1: [0, 0], 2: [-95, 0], 3: [20, 30], 4: [520, -70] }

const valueOf = ([a, b, c]: Plane, [x, y]: Offset): number => a * x + b * y + c

/** From offsets in image 2 to those in image 3: a quarter turn, as from one face of HPX to the next, and a shift. */
const toThird = ([x, y]: Offset): Offset => [y + 12, -x + 5]
const toSecond = ([x, y]: Offset): Offset => [5 - y, x - 12]

/** The plane through differences of two images, in offsets of the first, from three places. */
function differencePlane(plus: number, minus: number, map: (offset: Offset) => Offset): Plane {
  const at = (offset: Offset): number => valueOf(SKY[plus]!, offset) - valueOf(SKY[minus]!, map(offset))
  const c = at([0, 0])
  return [at([1, 0]) - c, at([0, 1]) - c, c]
}

function table(columns: readonly string[], rows: readonly (readonly (number | string)[])[]): string {
  const line = (cells: readonly (number | string)[], bar: string): string =>
    bar + cells.map((cell) => String(cell).padStart(24)).join(bar) + bar
  const types = columns.map((name) => (/name|file|plus$|minus$/.test(name) ? 'char' : 'double'))
  return `${[line(columns, '|'), line(types, '|'), ...rows.map((row) => line(row, ' '))].join('\n')}\n`
}

/** A block of a gap file: values from column 29. */
function block(plus: number, minus: number, plane: Plane, box: Offset, rows: readonly Plane[]): string {
  const values: readonly (readonly (number | string)[])[] = [
    [plus],
    [minus],
    plane,
    [plane[2]],
    CRPIX[plus]!,
    [0, SIDE],
    [0, SIDE],
    box,
    [400, 0.1],
    box,
    [90, 60, 15],
    [1],
    ...rows,
  ]
  return `${values.map((numbers) => `${'value'.padEnd(28)}${numbers.join(' ')}`).join('\n')}\n\n`
}

async function corrections(change: (folder: string) => void = () => undefined): Promise<Map<number, Plane>> {
  const folder = freshFolder()
  mkdirSync(join(folder, 'gaps'))
  const images = [1, 2, 3, 4].map((id) => [id, SIDE, SIDE, ...CRPIX[id]!, id === 1 ? 1 : 0, `${id}.fits`])
  const columns = ['cntr', 'nl', 'ns', 'crpix1', 'crpix2', 'locked', 'fname']
  writeFileSync(join(folder, 'images.tbl'), table(columns, images))
  const near = differencePlane(1, 2, (offset) => offset)
  const facts: Readonly<Record<string, number>> = {
    ...{ a: near[0], b: near[1], c: near[2], crpix1: 0, crpix2: 0, xmin: 95, xmax: 100, ymin: 0, ymax: 100 },
    ...{
      xcenter: 97,
      ycenter: 50,
      npixel: 6000,
      rms: 0.1,
      boxx: 97,
      boxy: 50,
      boxwidth: 60,
      boxheight: 100,
      boxang: 0,
    },
  }
  const fit = [1, 2, ...FIT_FIELDS.map((name) => facts[name] ?? 0)]
  writeFileSync(join(folder, 'fits.tbl'), table(['plus', 'minus', ...FIT_FIELDS], [fit]))
  // Slopes of image 3 seen in image 2, and back; third number: what the shift makes of slopes.
  const there = block(
    2,
    3,
    differencePlane(2, 3, toThird),
    [-30, 20],
    [
      [0, -1, 12],
      [1, 0, 5],
    ],
  )
  const back = block(
    3,
    2,
    differencePlane(3, 2, toSecond),
    [10, 25],
    [
      [0, 1, 5],
      [-1, 0, -12],
    ],
  )
  writeFileSync(join(folder, 'gaps/one.txt'), there + back)
  writeFileSync(join(folder, 'gaps/gap.tbl'), table(['file'], [['one.txt']]))
  writeFileSync(join(folder, 'gaps/wrap.tbl'), table(['plus', 'minus'], [['3.fits', '4.fits']]))
  change(folder)
  const input = { images: 'images.tbl', fits: 'fits.tbl', corrections: 'c.tbl', gapFolder: 'gaps' }
  await mBgModel({ ...input, usesAll: true, iterations: 40_000 }, { cwd: folder })
  const rows = readFileSync(join(folder, 'c.tbl'), 'utf8').split('\n').slice(1)
  const numbers = rows.map((row) => row.trim().split(/\s+/).map(Number)).filter((row) => row[0]! >= 1)
  return new Map(numbers.map(([id = 0, a = 0, b = 0, c = 0]) => [id, [a, b, c]]))
}

test('fits across gaps, turned and shifted, and ties across the seam give the planes that were added', async () => {
  const found = await corrections()
  expect(found.get(1)).toEqual([0, 0, 0])
  for (const id of [2, 3]) {
    for (const corner of [
      [0, 0],
      [SIDE, 0],
      [0, SIDE],
      [SIDE, SIDE],
    ] as const) {
      const offset: Offset = [corner[0] - CRPIX[id]![0], corner[1] - CRPIX[id]![1]]
      expect(valueOf(found.get(id)!, offset)).toBeCloseTo(valueOf(SKY[id]!, offset), 2)
    }
  }
  // Image 4 shows the pixels of image 3: the correction of each pixel is the same.
  for (const pixel of [
    [0, 0],
    [SIDE, SIDE],
  ] as const) {
    const [inThird, inFourth] = [3, 4].map(
      (id): Offset => [pixel[0] - CRPIX[id]![0], pixel[1] - CRPIX[id]![1]],
    )
    expect(valueOf(found.get(4)!, inFourth!)).toBeCloseTo(valueOf(found.get(3)!, inThird!), 2)
  }
})

test('a gap file that ends early and an image that is not there are named', async () => {
  await expect(
    corrections((folder) => {
      const path = join(folder, 'gaps/one.txt')
      writeFileSync(path, readFileSync(path, 'utf8').split('\n').slice(0, 20).join('\n'))
    }),
  ).rejects.toMatchObject({
    code: 'MONTAGE_BAD_TABLE',
    message: expect.stringContaining('one.txt') as string,
  })
  await expect(
    corrections((folder) => {
      writeFileSync(join(folder, 'gaps/wrap.tbl'), table(['plus', 'minus'], [['3.fits', '9.fits']]))
    }),
  ).rejects.toMatchObject({ code: 'MONTAGE_BAD_TABLE', message: expect.stringContaining('9.fits') as string })
})
