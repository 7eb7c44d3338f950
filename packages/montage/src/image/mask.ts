import { maskBoxes, type Region } from '@skyloom/mosaic'
import { readText } from '../command/files.ts'
import { DEBUG_OPTION, HDU_OPTION, STATUS_OPTION } from '../command/manual.ts'
import { defineModule, hduArgument, type MontageModule, operand, type Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { readPart } from './read-part.ts'
import { rewriteImage } from './rewrite-image.ts'

/** Input of {@link mMask}. */
export interface MaskInput {
  readonly image: string
  readonly output: string
  /** Text file with a box on each line: `xmin xmax ymin ymax`, columns from 0, rows from 1, ends included. */
  readonly boxes: string
  readonly hdu?: number
}

/** {@link mMask} reports nothing but success. */
export type MaskResult = Readonly<Record<string, never>>

/**
 * Takes boxes out of an image: their pixels become NaN.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_TABLE` for a line that is no box, `MONTAGE_CANNOT_WRITE`
 */
export async function mMask(input: MaskInput, place: Place = {}): Promise<MaskResult> {
  const text = await readText(place, input.boxes, `Cannot open boxes file ${input.boxes}`)
  const boxes = readBoxes(text, input.boxes)
  await rewriteImage(place, input.image, input.hdu ?? 0, input.output, (opened) => ({
    width: opened.width,
    height: opened.height,
    makeRows: async (row, height) => {
      const rows = await readPart(opened, input.image, { col: 0, row, width: opened.width, height })
      maskBoxes(rows, row, boxes)
      return rows
    },
  }))
  return {}
}

function readBoxes(text: string, path: string): readonly Region[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const words = line.trim().split(/\s+/)
    if (words[0] === '' || line.trimStart().startsWith('#')) return []
    const [xmin = Number.NaN, xmax = Number.NaN, ymin = Number.NaN, ymax = Number.NaN] = words.map(Number)
    if (words.length !== 4 || ![xmin, xmax, ymin, ymax].every(Number.isSafeInteger))
      throw new MontageError('MONTAGE_BAD_TABLE', `Invalid box in ${path}, line ${index + 1}`, {
        where: [path, `line ${index + 1}`],
        found: line.trim(),
        allowed: 'four whole numbers: xmin xmax ymin ymax',
      })
    return [{ col: xmin, row: ymin - 1, width: xmax - xmin + 1, height: ymax - ymin + 1 }]
  })
}

/** The module mMask. */
export const maskModule: MontageModule = defineModule<MaskInput, MaskResult>({
  name: 'mMask',
  summary: 'Takes boxes out of an image.',
  usage: '%s [-d][-h hdu][-s statusfile] in.fits out.fits boxes.txt',
  style: 'getopt',
  options: 'dh:s:',
  operands: [3, 3],
  isNamed: true,
  fields: [],
  manual: {
    description: 'Sets the pixels of boxes to NaN, which is no data. The pixels become 64-bit floats.',
    options: [DEBUG_OPTION, HDU_OPTION, STATUS_OPTION],
    operands: [
      ['in.fits', 'FITS image.'],
      ['out.fits', 'Image that is written.'],
      ['boxes.txt', 'The boxes.'],
    ],
    reads: [
      [
        'boxes.txt',
        'A box on each line: `xmin xmax ymin ymax`, ends included. As in Montage columns count from 0 and rows from 1. Lines that begin with `#` are comments.',
      ],
    ],
    example: ['mMask raw.fits masked.fits bad-columns.txt'],
  },
  read: (call) => ({
    image: operand(call, 0),
    output: operand(call, 1),
    boxes: operand(call, 2),
    hdu: hduArgument(call),
  }),
  run: mMask,
})
