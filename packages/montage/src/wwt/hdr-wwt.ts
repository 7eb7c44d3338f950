import { writeText } from '../command/files.ts'
import { defineModule, type MontageModule, operand, type Place } from '../command/module.ts'
import { type ToastTile, toastTile, toastTileHeader } from './toast-tile.ts'

/** Input of {@link mHdrWWT}. */
export interface HdrWwtInput {
  /** Path of the tile from the whole sky down: one digit 0 to 3 for each level. */
  readonly tileId: string
  /** Header file that is written. */
  readonly output: string
}

/** Result of {@link mHdrWWT}. */
export type HdrWwtResult = ToastTile

/**
 * Writes the header template of one tile of the WorldWide Telescope in the TOAST projection.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`, `MONTAGE_CANNOT_WRITE`
 */
export async function mHdrWWT(input: HdrWwtInput, place: Place = {}): Promise<HdrWwtResult> {
  const tile = toastTile(input.tileId)
  await writeText(place, input.output, toastTileHeader(tile), 'Cannot open output header file.')
  return tile
}

/** The module mHdrWWT. */
export const hdrWwtModule: MontageModule = defineModule<HdrWwtInput, HdrWwtResult>({
  name: 'mHdrWWT',
  summary: 'Writes the header of one tile of the WorldWide Telescope.',
  usage: 'mHdrWWT tileID outFile',
  style: 'leading',
  options: [],
  operands: [2, 2],
  isNamed: true,
  usageExitCode: 0,
  errorExitCode: 0,
  fields: [
    ['level', 'd'],
    ['xtile', 'd'],
    ['ytile', 'd'],
  ],
  manual: {
    description:
      'Writes the header template of one tile of 256 x 256 pixels in the TOAST projection of the WorldWide Telescope (`RA---TOA`, `DEC--TOA`).',
    options: [],
    operands: [
      [
        'tileID',
        'Path of the tile: a digit for each level, 0 upper left, 1 upper right, 2 lower left, 3 lower right; an empty word is the whole sky.',
      ],
      ['outFile', 'Header template that is written.'],
    ],
    returns: {
      level: 'Level of the tile.',
      xtile: 'Column of the tile, from 0 at the left.',
      ytile: 'Row of the tile, from 0 at the bottom.',
    },
    example: ['mHdrWWT 231 tile231.hdr'],
  },
  read: (call) => ({ tileId: operand(call, 0), output: operand(call, 1) }),
  run: mHdrWWT,
})
