import { readCube } from '@skyloom/fits'
import { transposeAxesInto, transposedHeader } from '@skyloom/mosaic'
import { DEBUG_LEVEL_OPTION, HDU_OPTION, STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hduArgument,
  integerArgument,
  type ModuleCall,
  type MontageModule,
  operand,
  type Place,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { openImage } from '../image/open-image.ts'
import { writeImages } from '../image/write-images.ts'
import { storedForm } from './stored-form.ts'

/** Input of {@link mTranspose}. */
export interface TransposeInput {
  readonly image: string
  readonly output: string
  /** `axes[k]` is the input axis, from 1, that becomes output axis k + 1. */
  readonly axes: readonly number[]
  /** Number of the HDU; default the first with pixels. */
  readonly hdu?: number
}

/** Result of {@link mTranspose}. */
export interface TransposeResult {
  /** Least and largest pixel, NaN left out; NaN when there is none. */
  readonly mindata: number
  readonly maxdata: number
}

/** Pixels in memory at a time: 16 million, twice. */
const CHUNK_PIXELS = 16_000_000

/**
 * Puts the axes of an image or cube into another order. Pixels keep their type, keywords with axis numbers get new ones.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_ARGUMENT`, `MONTAGE_CANNOT_WRITE`
 */
export async function mTranspose(input: TransposeInput, place: Place = {}): Promise<TransposeResult> {
  const problem = `Input image file ${input.image} missing or invalid FITS`
  const { file, hdu, header } = await openImage(place, input.image, input.hdu ?? 0, problem)
  try {
    const size = hdu.shape.toReversed()
    const order = checkedOrder(input.axes, size.length)
    const form = await storedForm(hdu)
    const outSize = order.map((axis) => size[axis] ?? 1)
    const layout = { ...form.layout, shape: outSize.toReversed() }
    const last = order.at(-1) ?? 0
    const planePixels = outSize.slice(0, -1).reduce((product, length) => product * length, 1)
    const step = Math.max(1, Math.floor(CHUNK_PIXELS / planePixels))
    let [mindata, maxdata] = [Number.NaN, Number.NaN]
    const outputs = [{ path: input.output, header: transposedHeader(header, order), layout }]
    await writeImages(place, outputs, async ([image]) => {
      for (let from = 0; from < (size[last] ?? 1); from += step) {
        const count = Math.min(step, (size[last] ?? 1) - from)
        const start = size.map((_, axis) => (axis === last ? from : 0))
        const part = size.map((length, axis) => (axis === last ? count : length))
        const { data } = await readCube(hdu, { as: form.as, start, size: part })
        const moved = data.slice()
        transposeAxesInto(moved, data, part, order)
        for (const stored of data) {
          const value = Number(stored)
          if (value === form.blank) continue
          if (!(mindata <= value)) mindata = Number.isNaN(value) ? mindata : value
          if (!(maxdata >= value)) maxdata = Number.isNaN(value) ? maxdata : value
        }
        await image?.writeRows(moved)
      }
    })
    return { mindata, maxdata }
  } finally {
    await file.close()
  }
}

/** Input axes from 0 in the order of the output. */
function checkedOrder(axes: readonly number[], count: number): readonly number[] {
  const bad = (problem: string): MontageError =>
    new MontageError('MONTAGE_BAD_ARGUMENT', problem, { found: axes.join(' ') })
  for (const [index, axis] of axes.entries()) {
    if (!(axis >= 1 && axis <= count)) throw bad(`Axis ID ${index + 1} must be between 1 and ${count}.`)
  }
  axes.forEach((axis, index) => {
    const same = axes.indexOf(axis)
    if (same < index)
      throw bad(`Output axis ${index + 1} is the same as axis ${same + 1}. They must be unique.`)
  })
  if (axes.length !== count)
    throw bad(`Image has ${count} dimensions.  You must list the output order for all of them.`)
  return axes.map((axis) => axis - 1)
}

function readCall(call: ModuleCall): TransposeInput {
  const axes = call.operands
    .slice(2)
    .map((text, index) => integerArgument(text, `Axis ID ${index + 1} cannot be interpreted as an integer.`))
  return { image: operand(call, 0), output: operand(call, 1), axes, hdu: hduArgument(call) }
}

/** The module mTranspose. */
export const transposeModule: MontageModule = defineModule<TransposeInput, TransposeResult>({
  name: 'mTranspose',
  summary: 'Puts the axes of an image or cube into another order.',
  usage: 'mTranspose [-d level] [-s statusfile] in.fits out.fits outaxis1 outaxis2 [outaxis3 [outaxis4]]',
  style: 'leading',
  options: ['d:', 's:', 'h:'],
  operands: [4, 6],
  isNamed: true,
  fields: [
    ['mindata', 'g'],
    ['maxdata', 'g'],
  ],
  manual: {
    description:
      'Puts the axes of an image or cube into another order, for example to bring the two sky axes first. Pixels keep their type; keywords with axis numbers (`CTYPEn`, `CRPIXn`, `CDi_j`, `PCi_j` and so on) get new ones. The cube is moved in parts, so that memory stays bounded.',
    options: [DEBUG_LEVEL_OPTION, STATUS_OPTION, HDU_OPTION],
    operands: [
      ['in.fits', 'FITS image of two to four axes.'],
      ['out.fits', 'Image that is written.'],
      ['outaxis1', 'Axis of the input, from 1, that becomes the first one.'],
      ['outaxis2', 'Axis of the input that becomes the second one.'],
      ['[outaxis3]', 'The third one; needed when the image has three axes.'],
      ['[outaxis4]', 'The fourth one; needed when the image has four axes.'],
    ],
    returns: { mindata: 'Least pixel value.', maxdata: 'Largest pixel value.' },
    example: ['mTranspose cube.fits sky-first.fits 2 3 1'],
  },
  read: readCall,
  run: mTranspose,
})
