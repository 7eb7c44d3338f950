import { type Header, readImage } from '@skyloom/fits'
import { shrinkPlane } from '@skyloom/mosaic'
import { DEBUG_LEVEL_OPTION, HDU_OPTION, STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  hduArgument,
  integerArgument,
  type ModuleCall,
  type MontageModule,
  namedReal,
  operand,
  optionValue,
  type Place,
} from '../command/module.ts'
import { secondsSince, systemSeconds } from '../command/seconds.ts'
import { MontageError } from '../errors.ts'
import { openImage } from '../image/open-image.ts'
import { shrunkenHeader } from '../image/shrink.ts'
import { writeImages } from '../image/write-images.ts'

/** Input of {@link mShrinkCube}. */
export interface ShrinkCubeInput {
  readonly image: string
  readonly output: string
  /** Old pixels in the side of a new one, or with `isFixedSize` the pixels of the larger side. */
  readonly factor: number
  readonly isFixedSize?: boolean
  /** Planes that become one; default 1. */
  readonly planeFactor?: number
  readonly hdu?: number
  /** Leave the last row 0 where the classic program never writes it: when the factor divides the height. Default false. */
  readonly hasClassicLastRow?: boolean
}

/** Result of {@link mShrinkCube}. */
export interface ShrinkCubeResult {
  /** Seconds. */
  readonly time: number
}

/** Most pixels of an enlarged plane: 2^30. */
const MAX_PIXELS = 2 ** 30

/**
 * Makes a cube with larger pixels (smaller ones for factors below 1), and averages groups of planes. One input plane and the sums of one output
 * plane are in memory at a time. Planes left over at the end are dropped.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`, `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_CANNOT_WRITE`
 */
export async function mShrinkCube(input: ShrinkCubeInput, place: Place = {}): Promise<ShrinkCubeResult> {
  const start = systemSeconds()
  const isFixed = input.isFixedSize === true
  const planeFactor = input.planeFactor ?? 1
  if (!(input.factor > 0))
    throw badFactor(
      isFixed ? 'Requested image size must be positive' : 'Shrink factor must be positive',
      input,
    )
  const opened = await openImage(place, input.image, input.hdu ?? 0)
  try {
    const { hdu } = opened
    const factor = isFixed ? Math.max(opened.width, opened.height) / Math.trunc(input.factor) : input.factor
    const size = { width: Math.floor(opened.width / factor), height: Math.floor(opened.height / factor) }
    if (!(size.width >= 1 && size.height >= 1))
      throw badFactor('Trying to shrink image to smaller than one pixel', input)
    if (size.width * size.height > MAX_PIXELS)
      throw badFactor('Trying to enlarge image beyond what fits into memory', input)
    const [, , depth = 1, ...beyond] = hdu.shape.toReversed()
    const planes = Math.floor(depth / planeFactor)
    if (planes < 1) throw badFactor('Trying to shrink cube to less than one plane', input)
    const volumes = beyond.reduce((product, length) => product * length, 1)
    const axes = [size.width, size.height, planes, ...beyond].slice(0, Math.max(2, hdu.shape.length))
    const bitpix = hdu.bitpix > 0 ? (-32 as const) : hdu.bitpix
    const header = shrunkenCubeHeader(opened.header, factor, planeFactor)
    const layout = { bitpix, shape: axes.toReversed() }
    const isLastBlank = input.hasClassicLastRow === true && size.height * factor === opened.height
    await writeImages(place, [{ path: input.output, header, layout }], async ([image]) => {
      for (let volume = 0; volume < volumes; volume++) {
        for (let plane = 0; plane < planes; plane++) {
          const sums = new Float64Array(size.width * size.height)
          const counts = new Uint32Array(sums.length)
          for (let part = 0; part < planeFactor; part++) {
            const index = volume * depth + plane * planeFactor + part
            const { width, height, data } = await readImage(hdu, { as: 'float64', plane: index })
            addPlane(sums, counts, shrinkPlane({ width, height, data }, factor, size).data)
          }
          for (let i = 0; i < sums.length; i++) sums[i] = counts[i]! > 0 ? sums[i]! / counts[i]! : Number.NaN
          if (isLastBlank) sums.fill(0, sums.length - size.width)
          await image?.writeRows(sums)
        }
      }
    })
    return { time: secondsSince(start) }
  } finally {
    await opened.file.close()
  }
}

function addPlane(sums: Float64Array, counts: Uint32Array, plane: Float64Array): void {
  for (let i = 0; i < sums.length; i++) {
    const value = plane[i]!
    if (Number.isNaN(value)) continue
    sums[i]! += value
    counts[i]!++
  }
}

function badFactor(problem: string, { factor, planeFactor }: ShrinkCubeInput): MontageError {
  return new MontageError('MONTAGE_BAD_ARGUMENT', problem, {
    found: `factor ${factor}, planes ${planeFactor ?? 1}`,
  })
}

/** As in the classic program CRPIX3 stays; the middle of the first group of planes is then half a new plane off. */
function shrunkenCubeHeader(header: Header, factor: number, planeFactor: number): Header {
  const cards = shrunkenHeader(header, factor)
  const cdelt3 = header.number('CDELT3', undefined)
  if (cdelt3 !== undefined && planeFactor > 1) cards.setFloat('CDELT3', cdelt3 * planeFactor)
  return cards
}

function readCall(call: ModuleCall): ShrinkCubeInput {
  const text = operand(call, 2)
  const groups = optionValue(call, 'm') ?? '1'
  const problem = `Third axis compression factor (${groups}) must be a positive integer`
  const planeFactor = integerArgument(groups, problem)
  if (planeFactor < 1)
    throw new MontageError('MONTAGE_BAD_ARGUMENT', problem, { found: groups, allowed: '1 or more' })
  return {
    image: operand(call, 0),
    output: operand(call, 1),
    factor: namedReal(text, 'Shrink factor'),
    isFixedSize: hasOption(call, 'f'),
    planeFactor,
    hdu: hduArgument(call),
    hasClassicLastRow: !hasOption(call, 'e'),
  }
}

/** The module mShrinkCube. */
export const shrinkCubeModule: MontageModule = defineModule<ShrinkCubeInput, ShrinkCubeResult>({
  name: 'mShrinkCube',
  summary: 'Makes a cube with larger or smaller pixels and fewer planes.',
  usage:
    '%s [-f(ixed-size)] [-d level] [-h hdu] [-m factor] [-e(very-row)] [-s statusfile] in.fits out.fits factor',
  style: 'getopt',
  options: 'fd:h:m:es:',
  operands: [3, 3],
  isNamed: true,
  fields: [['time', 'time']],
  manual: {
    description:
      'Makes a cube with larger pixels, each the mean of the pixels under it weighted by the part that is covered; NaN counts as nothing. Factors below 1 make smaller pixels. With `-m` groups of planes are averaged; planes left over are dropped.',
    options: [
      ['-f', '`factor` is the size of the larger side in pixels.'],
      DEBUG_LEVEL_OPTION,
      HDU_OPTION,
      ['-m factor', 'Planes that become one; default 1.'],
      [
        '-e',
        'Fill every row. Without it the last row is 0 when the factor divides the height, as in Montage.',
      ],
      STATUS_OPTION,
    ],
    operands: [
      ['in.fits', 'FITS cube.'],
      ['out.fits', 'Cube that is written.'],
      ['factor', 'How many pixels become one along each sky axis; need not be whole.'],
    ],
    returns: { time: 'Time it took.' },
    sections: [
      {
        title: 'Differences from Montage',
        rows: [
          ['Last row', 'Montage never writes it when the factor divides the height; `-e` does.'],
          ['Last plane', 'Montage leaves it 0 without `-m`; it is shrunk like the others here.'],
          ['NaN', 'A blank plane of a group counts as nothing; in Montage it blanks the group.'],
          ['Integers', 'Written as 32-bit floats, so that means keep their fractions.'],
        ],
      },
    ],
    example: ['mShrinkCube -e -m 4 cube.fits small.fits 2'],
  },
  read: readCall,
  run: mShrinkCube,
})
