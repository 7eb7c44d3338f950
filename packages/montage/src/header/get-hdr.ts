import { CARD_CHARS, type Header, uncompressedHeader } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import { pathExists, pathOf, writeText } from '../command/files.ts'
import { DEBUG_OPTION, HDU_OPTION, STATUS_OPTION } from '../command/manual.ts'
import { defineModule, hduArgument, type MontageModule, operand, type Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'

/** Input of {@link mGetHdr}. */
export interface GetHdrInput {
  readonly image: string
  /** Header file that is written. */
  readonly header: string
  /** Number of the HDU; default 0, the primary one, with pixels or without. */
  readonly hdu?: number
}

/** Result of {@link mGetHdr}. */
export interface GetHdrResult {
  /** Number of cards written, END not counted. */
  readonly ncard: number
}

/**
 * Writes the header of an image as text, one card a line.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_CANNOT_WRITE`
 */
export async function mGetHdr(input: GetHdrInput, place: Place = {}): Promise<GetHdrResult> {
  if (!(await pathExists(place, input.image))) {
    throw new MontageError('MONTAGE_NO_FILE', `Image file (${input.image}) does not exist`, {
      remedy: 'check the path of the file',
    })
  }
  const lines = cardLines(await headerOf(input, place))
  await writeText(place, input.header, `${[...lines, 'END'].join('\n')}\n`, "Can't open output header file.")
  return { ncard: lines.length }
}

async function headerOf({ image, hdu = 0 }: GetHdrInput, place: Place): Promise<Header> {
  try {
    await using file = await openFitsFile(pathOf(place, image), { blocking: true })
    const chosen = await file.hdu(hdu)
    return chosen.type === 'compressed-image' ? uncompressedHeader(chosen) : chosen.header
  } catch (cause) {
    const problem = `Image file ${image} missing or invalid FITS`
    throw new MontageError('MONTAGE_BAD_IMAGE', problem, { where: [image, `HDU ${hdu}`], cause })
  }
}

/** Cards as lines; blank ones before END are room for more and do not count. */
function cardLines(header: Header): readonly string[] {
  const lines = header.cards().flatMap(({ raw }) => {
    const records: string[] = []
    for (let at = 0; at < raw.length; at += CARD_CHARS) records.push(raw.slice(at, at + CARD_CHARS).trimEnd())
    return records
  })
  return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1)
}

/** The module mGetHdr. */
export const getHdrModule: MontageModule = defineModule<GetHdrInput, GetHdrResult>({
  name: 'mGetHdr',
  summary: 'Writes the header of an image as text.',
  usage: '%s [-d][-h hdu][-s statusfile] img.fits img.hdr',
  style: 'getopt',
  options: 'dh:s:',
  operands: [2, 2],
  isNamed: true,
  fields: [['ncard', 'd']],
  manual: {
    description:
      'Writes the header cards of one HDU as lines of text, for use as a header template or to be edited and put back with mPutHdr. Of tile-compressed images the header of the image itself is written.',
    options: [DEBUG_OPTION, HDU_OPTION, STATUS_OPTION],
    operands: [
      ['img.fits', 'FITS image, also compressed.'],
      ['img.hdr', 'Header file that is written.'],
    ],
    returns: { ncard: 'Cards written, END not counted.' },
    example: ['mGetHdr m31.fits m31.hdr'],
  },
  read: (call) => ({ image: operand(call, 0), header: operand(call, 1), hdu: hduArgument(call) }),
  run: mGetHdr,
})
