import { writeText } from '../command/files.ts'
import { DEBUG_OPTION } from '../command/manual.ts'
import { defineModule, type MontageModule, operand, type Place } from '../command/module.ts'
import { hpxPlaneSide, hpxTemplate, hpxTemplateText } from './hpx-template.ts'
import { checkedTileOrder, orderArgument, TILE_PIXEL_ORDER } from './order-argument.ts'

/** Input of {@link mHPXHdr}. */
export interface HpxHdrInput {
  /** Order of the tiles; pixels are nine orders finer. */
  readonly level: number
  /** Header file that is written. */
  readonly output: string
}

/** Result of {@link mHPXHdr}. */
export interface HpxHdrResult {
  readonly level: number
  /** HEALPix order of the pixels. */
  readonly pixlevel: number
  /** Degrees. */
  readonly cdelt: number
  /** Pixels along a side of the map. */
  readonly naxis: number
}

/**
 * Writes the header template of the whole sky in the turned HPX plane, galactic coordinates.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`, `MONTAGE_CANNOT_WRITE`
 */
export async function mHPXHdr(input: HpxHdrInput, place: Place = {}): Promise<HpxHdrResult> {
  const level = checkedTileOrder(input.level)
  const naxis = hpxPlaneSide(level)
  const template = hpxTemplate(level, { col: 0, row: 0, width: naxis, height: naxis })
  await writeText(place, input.output, hpxTemplateText(template, level), 'Cannot open output header file.')
  return { level, pixlevel: level + TILE_PIXEL_ORDER, cdelt: template.cdelt, naxis }
}

/** The module mHPXHdr. */
export const hpxHdrModule: MontageModule = defineModule<HpxHdrInput, HpxHdrResult>({
  name: 'mHPXHdr',
  summary: 'Writes the header of a HEALPix map of the whole sky.',
  usage: '%s [-d] level out.hdr',
  style: 'getopt',
  options: 'd',
  operands: [2, 2],
  isNamed: true,
  fields: [
    ['level', 'd'],
    ['pixlevel', 'd'],
    ['cdelt', 'f8'],
    ['naxis', 'd'],
  ],
  manual: {
    description:
      'Writes the header template of the whole sky in the HPX projection, turned by 45 degrees so that the twelve faces of HEALPix are upright squares in a plane of 5 x 5; galactic coordinates.',
    options: [DEBUG_OPTION],
    operands: [
      ['level', 'Order of HiPS tiles, 0 to 20; pixels are nine orders finer.'],
      ['out.hdr', 'Header template that is written.'],
    ],
    returns: {
      level: 'Order of the tiles.',
      pixlevel: 'HEALPix order of the pixels.',
      cdelt: 'Pixel side in degrees.',
      naxis: 'Pixels along a side of the map.',
    },
    example: ['mHPXHdr 3 allsky.hdr'],
  },
  read: (call) => ({ level: orderArgument(operand(call, 0)), output: operand(call, 1) }),
  run: mHPXHdr,
})
