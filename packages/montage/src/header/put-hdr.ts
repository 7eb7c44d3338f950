import { type Header, parseHeaderTemplate, readCube } from '@skyloom/fits'
import { readText } from '../command/files.ts'
import { DEBUG_LEVEL_OPTION, HDU_OPTION, STATUS_OPTION } from '../command/manual.ts'
import { defineModule, hduArgument, type MontageModule, operand, type Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { openImage, writePixels } from '../image/open-image.ts'

/** Input of {@link mPutHdr}. */
export interface PutHdrInput {
  readonly image: string
  /** Image that is written. */
  readonly output: string
  /** Template with the cards of the new image. */
  readonly template: string
  /** Number of the HDU; default the first with pixels. */
  readonly hdu?: number
}

/** {@link mPutHdr} reports nothing but success. */
export type PutHdrResult = Readonly<Record<string, never>>

/**
 * Writes the pixels of an image, as float64, under another header.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_HEADER` when the template's size is not the image's,
 *   `MONTAGE_CANNOT_WRITE`
 */
export async function mPutHdr(input: PutHdrInput, place: Place = {}): Promise<PutHdrResult> {
  const text = await readText(place, input.template, `Cannot open template file ${input.template}.`)
  const header = parseTemplate(text, input.template)
  const { file, hdu } = await openImage(place, input.image, input.hdu ?? 0)
  try {
    checkSize(header, hdu.shape.toReversed(), input.template)
    const { shape, data } = await readCube(hdu, { as: 'float64' })
    await writePixels(place, input.output, header, { bitpix: -64, shape }, data)
  } finally {
    await file.close()
  }
  return {}
}

function parseTemplate(text: string, path: string): Header {
  try {
    return parseHeaderTemplate(text, path)
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause)
    throw new MontageError('MONTAGE_BAD_HEADER', problem, { where: [path], cause })
  }
}

function checkSize(header: Header, axes: readonly number[], path: string): void {
  const wrong = ['NAXIS', ...axes.map((_, index) => `NAXIS${index + 1}`)].find((keyword, index) => {
    const wanted = index === 0 ? axes.length : axes[index - 1]
    return header.has(keyword) && header.number(keyword, undefined) !== wanted
  })
  if (wrong === undefined) return
  throw new MontageError('MONTAGE_BAD_HEADER', 'NAXIS/NAXES values cannot be modified using this program.', {
    where: [path, wrong],
    found: header.card(wrong)?.raw.slice(10).trim() ?? 'nothing',
    allowed: `the size of the image, ${axes.join(' x ')}`,
  })
}

/** The module mPutHdr. */
export const putHdrModule: MontageModule = defineModule<PutHdrInput, PutHdrResult>({
  name: 'mPutHdr',
  summary: 'Puts another header on an image.',
  usage: '%s [-d level][-s statusfile][-h hdu] in.fits out.fits hdr.template',
  style: 'getopt',
  options: 'd:s:h:',
  operands: [3, 3],
  isNamed: true,
  fields: [],
  manual: {
    description:
      'Writes a copy of an image with the header of a template. Pixels stay as they are; cards that describe how they are stored (BITPIX, NAXIS, BSCALE ...) stay those of the image.',
    options: [DEBUG_LEVEL_OPTION, STATUS_OPTION, HDU_OPTION],
    operands: [
      ['in.fits', 'FITS image.'],
      ['out.fits', 'Image that is written.'],
      ['hdr.template', 'Header template: one card a line, at most 80 characters, END last.'],
    ],
    example: ['mPutHdr raw.fits fixed.fits fixed.hdr'],
  },
  read: (call) => ({
    image: operand(call, 0),
    output: operand(call, 1),
    template: operand(call, 2),
    hdu: hduArgument(call),
  }),
  run: mPutHdr,
})
