import { padToWidth, parsePrintf, printfDigits } from '@skyloom/fits/tables'
import { effectiveScale } from '@skyloom/mosaic'
import { writeText } from '../command/files.ts'
import { DEBUG_OPTION } from '../command/manual.ts'
import { defineModule, type MontageModule, operand, optionValue, type Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { readTemplateFile } from './read-template.ts'

/** Input of {@link mShrinkHdr}. */
export interface ShrinkHdrInput {
  readonly template: string
  /** Header file that is written. */
  readonly output: string
  /** Pixels along the larger side, without the margin; default 200. */
  readonly scale?: number
}

/** {@link mShrinkHdr} reports nothing but success. */
export type ShrinkHdrResult = Readonly<Record<string, never>>

/** Pixels along the larger side when the call does not say. */
const DEFAULT_SCALE = 200
/** Pixels added in all on each axis. */
const MARGIN = 5

/**
 * Writes a template of the same sky with fewer pixels and a small margin.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`, `MONTAGE_NO_FILE`, `MONTAGE_BAD_HEADER`, `MONTAGE_CANNOT_WRITE`
 */
export async function mShrinkHdr(input: ShrinkHdrInput, place: Place = {}): Promise<ShrinkHdrResult> {
  const { scale = DEFAULT_SCALE } = input
  if (!(scale > 0 && scale <= Number.MAX_SAFE_INTEGER)) {
    throw new MontageError('MONTAGE_BAD_ARGUMENT', `Scale (${scale}) must be a positive number`, {
      allowed: 'pixels along the larger side',
    })
  }
  const { header, sky, width, height } = await readTemplateFile(place, input.template)
  const factor = scale / Math.max(width, height)
  const { cdelt1, cdelt2, crota2 } = effectiveScale(sky.wcs)
  const number = (keyword: string, format: string, value: number): string => {
    const conversion = parsePrintf(format)
    const digits = printfDigits(conversion, value)
    return `${keyword.padEnd(8)}= ${padToWidth(conversion, digits, Number(conversion.width))}`
  }
  const lines = [
    'SIMPLE  = T',
    'BITPIX  = -64',
    'NAXIS   = 2',
    `NAXIS1  = ${Math.trunc(width * factor) + MARGIN}`,
    `NAXIS2  = ${Math.trunc(height * factor) + MARGIN}`,
    `CTYPE1  = '${header.string('CTYPE1')}'`,
    `CTYPE2  = '${header.string('CTYPE2')}'`,
    number('CRVAL1', '%11.6f', header.number('CRVAL1')),
    number('CRVAL2', '%11.6f', header.number('CRVAL2')),
    number('CRPIX1', '%11.6f', header.number('CRPIX1') * factor + MARGIN / 2),
    number('CRPIX2', '%11.6f', header.number('CRPIX2') * factor + MARGIN / 2),
    number('CDELT1', '%14.9f', cdelt1 / factor),
    number('CDELT2', '%14.9f', cdelt2 / factor),
    number('CROTA2', '%11.6f', crota2),
    number('EQUINOX', '%9.2f', sky.wcs.frame.equinoxYear ?? 2000),
    'END',
  ]
  await writeText(place, input.output, `${lines.join('\n')}\n`, 'Cannot open output template file')
  return {}
}

/** The module mShrinkHdr. */
export const shrinkHdrModule: MontageModule = defineModule<ShrinkHdrInput, ShrinkHdrResult>({
  name: 'mShrinkHdr',
  summary: 'Writes a template of the same sky with fewer pixels.',
  usage: '%s [-d][-s scale] template.hdr shrunken.hdr',
  style: 'getopt',
  options: 'ds:',
  operands: [2, 2],
  isNamed: false,
  fields: [],
  manual: {
    description:
      'Writes a template of the same sky with fewer pixels, for previews. The larger side gets `scale` pixels and five more; the matrix of the coordinates is written as CDELT and CROTA2.',
    options: [DEBUG_OPTION, ['-s scale', 'Pixels of the larger side; default 200.']],
    operands: [
      ['template.hdr', 'Header template: one card a line, at most 80 characters, END last.'],
      ['shrunken.hdr', 'Header file that is written.'],
    ],
    example: ['mShrinkHdr -s 500 region.hdr preview.hdr'],
  },
  read: (call) => {
    const scale = optionValue(call, 's')
    const files = { template: operand(call, 0), output: operand(call, 1) }
    return scale === undefined ? files : { ...files, scale: Number(scale) }
  },
  run: mShrinkHdr,
})
