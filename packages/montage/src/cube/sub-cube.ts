import { type Header, type NativeArray, readCube } from '@skyloom/fits'
import type { Region } from '@skyloom/mosaic'
import { DEBUG_OPTION, HDU_OPTION, STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  type ModuleCall,
  type MontageModule,
  optionValue,
  type Place,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { openImage } from '../image/open-image.ts'
import { partOf, readSubimageCall, type SubimageInput, type SubimageResult } from '../image/subimage.ts'
import { writeImages } from '../image/write-images.ts'
import { isContiguous, readPlaneList } from './plane-list.ts'
import { storedForm } from './stored-form.ts'

/** Input of {@link mSubCube}. */
export interface SubCubeInput extends SubimageInput {
  /** Planes along axis 3, from 1, ascending; default all. */
  readonly planes3?: readonly number[]
  /** Likewise along axis 4. */
  readonly planes4?: readonly number[]
}

/** Result of {@link mSubCube}. */
export interface SubCubeResult extends SubimageResult {
  /** A note when an axis was not selected. */
  readonly warning?: string
}

/** Pixels in memory at a time: 32 million. */
const CHUNK_PIXELS = 32_000_000

/**
 * Cuts a part out of a cube: a region of the sky with the rules of mSubimage, and chosen planes. Pixels keep their type and scaling; the
 * reference pixel of axis 3 (4) moves only when its planes are contiguous.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_HEADER`, `MONTAGE_BAD_ARGUMENT`, `MONTAGE_NO_RESULT`,
 *   `MONTAGE_CANNOT_WRITE`
 */
export async function mSubCube(input: SubCubeInput, place: Place = {}): Promise<SubCubeResult> {
  const opened = await openImage(place, input.image, input.hdu ?? 0)
  try {
    const { hdu } = opened
    const axes = hdu.shape.toReversed()
    const [, , depth = 1, depth4 = 1] = axes
    const planes3 = chosenPlanes(input.planes3, depth, 3, axes.length, input.image)
    const planes4 = chosenPlanes(input.planes4, depth4, 4, axes.length, input.image)
    const part = await partOf(input, opened)
    const form = await storedForm(hdu)
    const size = [part.width, part.height, planes3.length, planes4.length].slice(0, Math.max(2, axes.length))
    const header = cutHeader(opened.header, part, [
      [3, input.planes3],
      [4, input.planes4],
    ])
    const meter = contentMeter(form.layout.bitpix > 0 ? (form.blank ?? 0) : undefined)
    const rows = Math.max(1, Math.floor(CHUNK_PIXELS / part.width))
    const layout = { ...form.layout, shape: size.toReversed() }
    await writeImages(place, [{ path: input.output, header, layout }], async ([image]) => {
      for (const plane4 of planes4) {
        for (const plane3 of planes3) {
          for (let row = 0; row < part.height; row += rows) {
            const height = Math.min(rows, part.height - row)
            const start = [part.col, part.row + row, plane3 - 1, plane4 - 1].slice(0, axes.length)
            const box = { start, size: [part.width, height, 1, 1].slice(0, axes.length) }
            const { data } = await readCube(hdu, { as: form.as, ...box })
            meter.add(data)
            await image?.writeRows(data)
          }
        }
      }
    })
    const content = meter.content()
    const isLeft = (axis: number, planes: readonly number[] | undefined): boolean =>
      axes.length >= axis && planes === undefined
    // The classic program warns about both axes when axis 3 is not selected.
    if (isLeft(3, input.planes3)) return { content, warning: 'Check CDELT, CRPIX values for axes 3 and 4.' }
    if (isLeft(4, input.planes4)) return { content, warning: 'Check CDELT, CRPIX values for axis 4.' }
    return { content }
  } finally {
    await opened.file.close()
  }
}

function chosenPlanes(
  planes: readonly number[] | undefined,
  length: number,
  axis: 3 | 4,
  axisCount: number,
  name: string,
): readonly number[] {
  if (planes === undefined) return Array.from({ length }, (_, index) => index + 1)
  if (axisCount < axis) {
    const kind = axisCount < 3 ? '2D image' : '3D datacube'
    throw new MontageError('MONTAGE_BAD_ARGUMENT', `D${axis} constraints set but this is a ${kind}.`, {
      where: [name],
    })
  }
  const beyond = planes.find((plane) => plane > length)
  if (beyond === undefined) return planes
  throw new MontageError(
    'MONTAGE_BAD_ARGUMENT',
    `Some select list values for axis ${axis} are greater than NAXIS${axis}.`,
    { where: [name], found: String(beyond), allowed: `1 to ${length}` },
  )
}

function cutHeader(
  header: Header,
  part: Region,
  selections: readonly (readonly [axis: number, planes: readonly number[] | undefined])[],
): Header {
  const cards = header.clone()
  const move = (axis: number, by: number): void => {
    const value = header.number(`CRPIX${axis}`, undefined)
    if (value !== undefined && by !== 0) cards.setFloat(`CRPIX${axis}`, value - by)
  }
  move(1, part.col)
  move(2, part.row)
  for (const [axis, planes] of selections) {
    if (planes !== undefined && isContiguous(planes)) move(axis, (planes[0] ?? 1) - 1)
  }
  return cards
}

/** Finds out, piece by piece, whether an image has data and more than one value. */
function contentMeter(blank: number | undefined): {
  add(data: NativeArray): void
  content(): SubimageResult['content']
} {
  let first: number | undefined
  let isNormal = false
  return {
    add(data) {
      for (let i = 0; i < data.length && !isNormal; i++) {
        const value = Number(data[i])
        if (Number.isNaN(value) || value === blank) continue
        if (first === undefined) first = value
        else isNormal = value !== first
      }
    },
    content: () => (isNormal ? 'normal' : first === undefined ? 'blank' : 'flat'),
  }
}

function readCall(call: ModuleCall): SubCubeInput {
  const list = (option: string): readonly number[] | undefined => {
    const text = optionValue(call, option)
    return text === undefined ? undefined : readPlaneList(text)
  }
  const planes3 = list('D3')
  const planes4 = list('D4')
  return {
    ...readSubimageCall(call),
    ...(planes3 === undefined ? {} : { planes3 }),
    ...(planes4 === undefined ? {} : { planes4 }),
  }
}

/** The module mSubCube. */
export const subCubeModule: MontageModule = defineModule<SubCubeInput, SubCubeResult>({
  name: 'mSubCube',
  summary: 'Cuts a part out of a cube.',
  usage:
    '%s [-D3 selection-list][-D4 selection-list][-d][-a(ll pixels)][-h hdu][-s statusfile] in.fit out.fit ra dec xsize [ysize] | %s -p [-D3 selection-list][-D4 selection-list][-d][-h hdu][-s statusfile] in.fit out.fit xstartpix ystartpix xpixsize [ypixsize] | %s -c [-D3 selection-list][-D4 selection-list][-d][-h hdu][-s statusfile] in.fit out.fit',
  style: 'leading',
  options: ['D3:', 'D4:', 'd', 'a', 'p', 'c', 'nowcs', 'h:', 's:'],
  operands: [2, 6],
  isNamed: true,
  fields: [
    ['content', 's'],
    ['warning', 's'],
  ],
  manual: {
    description:
      'Cuts a part out of a cube: a region of the sky as mSubimage does, and chosen planes. Pixels keep their type and scaling. The planes are packed in ascending order; `CRPIX3` (`CRPIX4`) follows only when they are contiguous, for no linear axis describes others.',
    options: [
      ['-D3 selection-list', 'Planes along axis 3, from 1: `3,5:9,12`. Default: all.'],
      ['-D4 selection-list', 'Planes along axis 4.'],
      DEBUG_OPTION,
      ['-a', 'All pixels of the chosen planes.'],
      ['-p', 'The region is given in pixels, from 1.'],
      ['-c', 'The smallest box with all pixels of the first plane that have data; for float64 cubes.'],
      ['-nowcs', 'Ignored; regions in pixels need no sky coordinates.'],
      HDU_OPTION,
      STATUS_OPTION,
    ],
    operands: [
      ['in.fit', 'FITS cube.'],
      ['out.fit', 'Cube that is written.'],
      ['ra', 'J2000 right ascension of the centre in degrees; with `-p` the first pixel column.'],
      ['dec', 'Declination of the centre in degrees; with `-p` the first pixel row.'],
      ['xsize', 'Width in degrees; with `-p` in pixels (as in Montage one pixel more is cut).'],
      ['[ysize]', 'Height; default that of `xsize`.'],
    ],
    synopsis: [
      '[-D3 selection-list] [-D4 selection-list] [-d] [-a] [-h hdu] [-s statusfile] in.fit out.fit ra dec xsize [ysize]',
      '-p [-D3 selection-list] [-D4 selection-list] [-d] [-h hdu] [-s statusfile] in.fit out.fit xstartpix ystartpix xpixsize [ypixsize]',
      '-c [-D3 selection-list] [-D4 selection-list] [-d] [-h hdu] [-s statusfile] in.fit out.fit',
    ],
    returns: {
      content: '`blank` without data, `flat` when all pixels are equal, else `normal`.',
      warning: 'Present when an axis beyond the sky was not selected.',
    },
    example: ['mSubCube -D3 3,5:9 cube.fits part.fits 150.0 20.0 0.008'],
  },
  read: readCall,
  run: mSubCube,
})
