import { padToWidth, parsePrintf, printfDigits } from '@skyloom/fits/tables'
import { MontageError } from '../errors.ts'

/** A tile of the TOAST pyramid. */
export interface ToastTile {
  /** 0 is the whole sky. */
  readonly level: number
  /** Column from the left, row from the bottom, both from 0. */
  readonly xtile: number
  readonly ytile: number
}

/** Pixels along a side of a tile. */
export const TOAST_TILE_SIDE = 256
/** Deepest level that the projection knows. */
export const MAX_TOAST_LEVEL = 30

/**
 * The tile of a path of digits 0 to 3 (upper left, upper right, lower left, lower right).
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`
 */
export function toastTile(tileId: string): ToastTile {
  if (!/^[0-3]*$/.test(tileId))
    throw new MontageError('MONTAGE_BAD_ARGUMENT', 'Invalid character in ID string (must be in [0,1,2,3])', {
      found: tileId,
    })
  if (tileId.length > MAX_TOAST_LEVEL)
    throw new MontageError('MONTAGE_BAD_ARGUMENT', `Tile ID has more than ${MAX_TOAST_LEVEL} levels`, {
      found: `${tileId.length} digits`,
    })
  let [xtile, fromTop] = [0, 0]
  for (const digit of tileId) {
    xtile = 2 * xtile + (Number(digit) % 2)
    fromTop = 2 * fromTop + (Number(digit) >> 1)
  }
  return { level: tileId.length, xtile, ytile: 2 ** tileId.length - 1 - fromTop }
}

/** Paths of all tiles of one level, in order. */
export function* toastTileIds(level: number): Generator<string, void, undefined> {
  for (let index = 0; index < 4 ** level; index++)
    yield level === 0 ? '' : index.toString(4).padStart(level, '0')
}

/** Header template of a tile, with the cards and comments of the classic program. */
export function toastTileHeader({ level, xtile, ytile }: ToastTile): string {
  const reference = (tile: number): string => fixed(-tile * TOAST_TILE_SIDE - 0.5)
  const lines = [
    card('SIMPLE', 'T'),
    card('BITPIX', '-64'),
    card('NAXIS', '2'),
    card('NAXIS1', '256', 'All WWT tiles are 256x256 pixels.'),
    card('NAXIS2', '256'),
    `CTYPE1  = ${"'RA---TOA'".padEnd(20)}`,
    `CTYPE2  = ${"'DEC--TOA'".padEnd(20)}`,
    card('CRPIX1', reference(xtile)),
    card('CRPIX2', reference(ytile)),
    card('PV2_1', String(level), 'HTM level for this tile.'),
    card('XTILE', String(xtile), 'X and Y tile indices.  That is, the tile'),
    card('YTILE', String(ytile), 'location in the array of tiles at this level.'),
    card('CDELT1', '1.00', 'The rest of the header is really just'),
    card('CDELT2', '1.00', "boilerplate.  Don't let the values get"),
    card('CRVAL1', '0.', 'modified as it might affect proper'),
    card('CRVAL2', '0.', 'processing.'),
    card('PC1_1', '1.00'),
    card('PC1_2', '0.00'),
    card('PC2_1', '0.00'),
    card('PC2_2', '1.00'),
    'END',
  ]
  return `${lines.join('\n')}\n`
}

const REFERENCE = parsePrintf('%20.2f')

function fixed(value: number): string {
  return padToWidth(REFERENCE, printfDigits(REFERENCE, value), 20)
}

function card(keyword: string, value: string, comment?: string): string {
  const text = `${keyword.padEnd(8)}= ${value.padStart(20)}`
  return comment === undefined ? text : `${text} / ${comment}`
}
