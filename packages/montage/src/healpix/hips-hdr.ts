import { planeCellOf } from '@skyloom/mosaic'
import { writeText } from '../command/files.ts'
import { DEBUG_OPTION } from '../command/manual.ts'
import {
  defineModule,
  integerArgument,
  type MontageModule,
  operand,
  optionValue,
  type Place,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { hpxTemplate, hpxTemplateText } from './hpx-template.ts'
import { orderArgument, TILE_SIDE } from './order-argument.ts'
import { tileCell } from './tile-cell.ts'

/** Input of {@link mHiPSHdr}. */
export interface HipsHdrInput {
  /** Order of the tile. */
  readonly level: number
  /** Nested index of the tile. */
  readonly tile: number
  /** Header file that is written. */
  readonly output: string
  /** Pixels added on each side; default 0. */
  readonly pad?: number
}

/** Result of {@link mHiPSHdr}. */
export interface HipsHdrResult {
  readonly naxis1: number
  readonly naxis2: number
  readonly crpix1: number
  readonly crpix2: number
  /** Side of the tile in degrees. */
  readonly fullscale: number
  /** Pixel side in degrees. */
  readonly pixscale: number
}

/** Most pixels of padding. */
const MAX_PAD = 10_000

/**
 * Writes the header template of one HiPS tile.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`, `MONTAGE_CANNOT_WRITE`
 */
export async function mHiPSHdr(input: HipsHdrInput, place: Place = {}): Promise<HipsHdrResult> {
  const { level, tile, pad = 0 } = input
  if (!(Number.isInteger(pad) && pad >= 0 && pad <= MAX_PAD))
    throw new MontageError('MONTAGE_BAD_ARGUMENT', `Pad (${pad}) must be from 0 to ${MAX_PAD}`)
  const { col, row } = planeCellOf(tileCell(level, tile))
  const side = TILE_SIDE + 2 * pad
  const template = hpxTemplate(level, {
    col: col * TILE_SIDE - pad,
    row: row * TILE_SIDE - pad,
    width: side,
    height: side,
  })
  await writeText(place, input.output, hpxTemplateText(template, level), 'Cannot open output header file.')
  const { crpix1, crpix2, cdelt } = template
  return { naxis1: side, naxis2: side, crpix1, crpix2, fullscale: cdelt * TILE_SIDE, pixscale: cdelt }
}

/** The module mHiPSHdr. */
export const hipsHdrModule: MontageModule = defineModule<HipsHdrInput, HipsHdrResult>({
  name: 'mHiPSHdr',
  summary: 'Writes the header of one HiPS tile.',
  usage: '%s [-d][-p pad] level tile out.hdr',
  style: 'getopt',
  options: 'dp:',
  operands: [3, 3],
  isNamed: true,
  fields: [
    ['naxis1', 'd'],
    ['naxis2', 'd'],
    ['crpix1', 'g'],
    ['crpix2', 'g'],
    ['fullscale', 'g'],
    ['pixscale', 'g'],
  ],
  manual: {
    description: 'Writes the header template of one HiPS tile of 512 x 512 pixels, galactic coordinates.',
    options: [DEBUG_OPTION, ['-p pad', 'Pixels added on each side; default 0.']],
    operands: [
      ['level', 'Order of the tile, 0 to 20.'],
      ['tile', 'Nested index of the tile.'],
      ['out.hdr', 'Header template that is written.'],
    ],
    returns: {
      naxis1: 'Width in pixels.',
      naxis2: 'Height in pixels.',
      crpix1: 'Reference pixel, column.',
      crpix2: 'Reference pixel, row.',
      fullscale: 'Side of the tile without padding in degrees.',
      pixscale: 'Pixel side in degrees.',
    },
    example: ['mHiPSHdr -p 8 3 167 tile.hdr'],
  },
  read: (call) => ({
    level: orderArgument(operand(call, 0)),
    tile: integerArgument(operand(call, 1), `Tile (${operand(call, 1)}) must be a whole number`),
    output: operand(call, 2),
    pad: integerArgument(optionValue(call, 'p') ?? '0', 'Pad must be a whole number'),
  }),
  run: mHiPSHdr,
})
