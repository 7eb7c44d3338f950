import { planeCellOf } from '@skyloom/mosaic'
import {
  type HealpixCell,
  healpixCellAt,
  healpixCellBoundary,
  healpixCellCentre,
  montageFrameConverter,
  nestedIndex,
} from '@skyloom/wcs'
import { DEBUG_OPTION, type ManualRow } from '../command/manual.ts'
import {
  defineModule,
  integerArgument,
  type ModuleCall,
  type MontageModule,
  operand,
  realArgument,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { checkedTileOrder, MAX_TILE_ORDER, orderArgument } from './order-argument.ts'
import { planeTileCell, tileCell } from './tile-cell.ts'

/** Column and row of a tile in the plane of 5 x 5 faces, from 0 at the lower left. */
export interface TilePlace {
  readonly x: number
  readonly y: number
}

/** Result of {@link mHPXtile2xy}. */
export interface Tile2xyResult extends TilePlace {
  readonly level: number
  readonly tile: number
}

/** Place of a tile in the plane. @throws MontageError `MONTAGE_BAD_ARGUMENT` */
export function mHPXtile2xy(input: {
  readonly level: number
  readonly tile: number
}): Promise<Tile2xyResult> {
  const { col, row } = planeCellOf(tileCell(input.level, input.tile))
  return Promise.resolve({ level: input.level, tile: input.tile, x: col, y: row })
}

/** Result of {@link mHPXTileCoords}: galactic positions in degrees of the middle and the corners, from the southern one eastward. */
export interface TileCoordsResult extends Tile2xyResult {
  readonly lon: number
  readonly lat: number
  readonly lon1: number
  readonly lat1: number
  readonly lon2: number
  readonly lat2: number
  readonly lon3: number
  readonly lat3: number
  readonly lon4: number
  readonly lat4: number
}

/** Place of a tile in the plane and on the sky. @throws MontageError `MONTAGE_BAD_ARGUMENT` */
export async function mHPXTileCoords(input: {
  readonly level: number
  readonly tile: number
}): Promise<TileCoordsResult> {
  const cell = tileCell(input.level, input.tile)
  const centre = healpixCellCentre(cell)
  const [south, east, north, west] = healpixCellBoundary(cell)
  const at = (corner: typeof south): { lon: number; lat: number } => ({
    lon: corner?.lonDeg ?? 0,
    lat: corner?.latDeg ?? 0,
  })
  return {
    ...(await mHPXtile2xy(input)),
    lon: centre.lonDeg,
    lat: centre.latDeg,
    lon1: at(south).lon,
    lat1: at(south).lat,
    lon2: at(east).lon,
    lat2: at(east).lat,
    lon3: at(north).lon,
    lat3: at(north).lat,
    lon4: at(west).lon,
    lat4: at(west).lat,
  }
}

/** Result of {@link mHPXxy2tile} and {@link mHPXCoord2Tile}. */
export interface TileIdResult extends TilePlace {
  /** The order; the classic programs print it under this name. */
  readonly index: number
  /** Nested index. */
  readonly id: number
}

/** The tile at a place of the plane. @throws MontageError `MONTAGE_BAD_ARGUMENT`, `MONTAGE_NO_RESULT` */
export function mHPXxy2tile(input: TilePlace & { readonly level: number }): Promise<TileIdResult> {
  return Promise.resolve(tileId(planeTileCell(input.level, input.x, input.y)))
}

/** The tile at a J2000 position, the tiles being galactic. @throws MontageError `MONTAGE_BAD_ARGUMENT` */
export function mHPXCoord2Tile(input: {
  readonly order: number
  readonly ra: number
  readonly dec: number
}): Promise<TileIdResult> {
  const toGalactic = montageFrameConverter({ system: 'EQUJ', epochYear: 2000 }, { system: 'GAL' })
  const { lonDeg, latDeg } = toGalactic.convert(input.ra, input.dec)
  const isOnSky = Math.abs(input.dec) <= 90 && Number.isFinite(input.ra)
  const cell = isOnSky ? healpixCellAt(checkedTileOrder(input.order), lonDeg, latDeg) : undefined
  if (cell === undefined)
    throw new MontageError('MONTAGE_BAD_ARGUMENT', 'Location invalid.', {
      found: `${input.ra}, ${input.dec}`,
      allowed: 'a declination from -90 to 90',
    })
  return Promise.resolve(tileId(cell))
}

function tileId(cell: HealpixCell): TileIdResult {
  const { col, row } = planeCellOf(cell)
  return { index: cell.order, x: col, y: row, id: nestedIndex(cell) }
}

/** Result of {@link mHiPSID}. */
export interface HipsIdResult extends TilePlace {
  readonly level: number
  readonly outlevel: number
  /** Nested index of the tile of order `outlevel`; at finer orders of its first part. */
  readonly id: number
}

/** The tile at a place of the plane, or the one of another order that holds it. @throws MontageError `MONTAGE_BAD_ARGUMENT`, `MONTAGE_NO_RESULT` */
export function mHiPSID(
  input: TilePlace & { readonly level: number; readonly outlevel?: number },
): Promise<HipsIdResult> {
  const { level, x, y } = input
  const outlevel = checkedTileOrder(input.outlevel ?? level)
  const id = nestedIndex(planeTileCell(level, x, y))
  return Promise.resolve({ level, x, y, outlevel, id: Math.floor(id * 4 ** (outlevel - level)) })
}

/** Whole numbers among the operands. */
function wholeOperand(call: ModuleCall, index: number, what: string): number {
  const text = operand(call, index)
  return integerArgument(text, `${what} (${text}) must be a whole number`)
}

const LEVEL: ManualRow = ['level', `Order of the tiles, 0 to ${MAX_TILE_ORDER}.`]
const TILE: ManualRow = ['tile', 'Nested index of the tile.']
const PLACE: readonly ManualRow[] = [
  ['x', 'Column of the tile in the plane of 5 x 5 faces, from 0 at the left.'],
  ['y', 'Row of the tile, from 0 at the bottom.'],
]
const PLACE_RETURNS = { x: 'Column of the tile.', y: 'Row of the tile.' } as const
const readTile = (call: ModuleCall): { level: number; tile: number } => ({
  level: orderArgument(operand(call, 0)),
  tile: wholeOperand(call, 1, 'Tile'),
})
const readPlace = (call: ModuleCall): TilePlace & { level: number } => ({
  level: orderArgument(operand(call, 0)),
  x: wholeOperand(call, 1, 'X'),
  y: wholeOperand(call, 2, 'Y'),
})
const COMMON = { style: 'leading', options: ['d'], isNamed: true } as const

/** The module mHPXtile2xy. */
export const tile2xyModule: MontageModule = defineModule<
  { readonly level: number; readonly tile: number },
  Tile2xyResult
>({
  ...COMMON,
  name: 'mHPXtile2xy',
  summary: 'Finds the place of a HiPS tile in the HPX plane.',
  usage: '%s [-d] level tile',
  operands: [2, 2],
  fields: [
    ['level', 'd'],
    ['tile', 'd'],
    ['x', 'd'],
    ['y', 'd'],
  ],
  manual: {
    description: 'Column and row of a HiPS tile in the plane of 5 x 5 faces that mHPXHdr describes.',
    options: [DEBUG_OPTION],
    operands: [LEVEL, TILE],
    returns: { level: 'Order of the tile.', tile: 'Its nested index.', ...PLACE_RETURNS },
    example: ['mHPXtile2xy 2 17'],
  },
  read: readTile,
  run: mHPXtile2xy,
})

/** The module mHPXTileCoords. */
export const tileCoordsModule: MontageModule = defineModule<
  { readonly level: number; readonly tile: number },
  TileCoordsResult
>({
  ...COMMON,
  name: 'mHPXTileCoords',
  summary: 'Finds the place of a HiPS tile in the HPX plane and on the sky.',
  usage: '%s [-d] level tile',
  operands: [2, 2],
  fields: [
    ['level', 'd'],
    ['tile', 'd'],
    ['x', 'd'],
    ['y', 'd'],
    ['lon', 'f6'],
    ['lat', 'f6'],
    ['lon1', 'f6'],
    ['lat1', 'f6'],
    ['lon2', 'f6'],
    ['lat2', 'f6'],
    ['lon3', 'f6'],
    ['lat3', 'f6'],
    ['lon4', 'f6'],
    ['lat4', 'f6'],
  ],
  manual: {
    description:
      'Column and row of a HiPS tile, and galactic positions of its middle and its corners in degrees.',
    options: [DEBUG_OPTION],
    operands: [LEVEL, TILE],
    returns: {
      level: 'Order of the tile.',
      tile: 'Its nested index.',
      ...PLACE_RETURNS,
      lon: 'Galactic longitude of the middle.',
      lat: 'Galactic latitude of the middle.',
      lon1: 'Galactic longitude of the southern corner.',
      lat1: 'Its latitude.',
      lon2: 'Galactic longitude of the eastern corner.',
      lat2: 'Its latitude.',
      lon3: 'Galactic longitude of the northern corner.',
      lat3: 'Its latitude.',
      lon4: 'Galactic longitude of the western corner.',
      lat4: 'Its latitude.',
    },
    example: ['mHPXTileCoords 2 17'],
  },
  read: readTile,
  run: mHPXTileCoords,
})

/** The module mHPXxy2tile. */
export const xy2tileModule: MontageModule = defineModule<
  TilePlace & { readonly level: number },
  TileIdResult
>({
  ...COMMON,
  name: 'mHPXxy2tile',
  summary: 'Finds the HiPS tile at a place of the HPX plane.',
  usage: '%s [-d] level x y',
  operands: [3, 3],
  fields: [
    ['index', 'd'],
    ['x', 'd'],
    ['y', 'd'],
    ['id', 'd'],
  ],
  manual: {
    description: 'Nested index of the HiPS tile at a column and row of the plane of 5 x 5 faces.',
    options: [DEBUG_OPTION],
    operands: [LEVEL, ...PLACE],
    returns: { index: 'Order of the tile.', ...PLACE_RETURNS, id: 'Nested index.' },
    example: ['mHPXxy2tile 2 5 6'],
  },
  read: readPlace,
  run: mHPXxy2tile,
})

/** The module mHPXCoord2Tile. */
export const coord2TileModule: MontageModule = defineModule<
  { readonly order: number; readonly ra: number; readonly dec: number },
  TileIdResult
>({
  ...COMMON,
  name: 'mHPXCoord2Tile',
  summary: 'Finds the HiPS tile at a position.',
  usage: '%s [-d] order ra dec',
  operands: [3, 3],
  fields: [
    ['index', 'd'],
    ['x', 'd'],
    ['y', 'd'],
    ['id', 'd'],
  ],
  manual: {
    description:
      'Nested index of the galactic HiPS tile at a J2000 position, with its place in the HPX plane.',
    options: [DEBUG_OPTION],
    operands: [
      ['order', LEVEL[1]],
      ['ra', 'J2000 right ascension in degrees.'],
      ['dec', 'Declination in degrees.'],
    ],
    returns: { index: 'Order of the tile.', ...PLACE_RETURNS, id: 'Nested index.' },
    example: ['mHPXCoord2Tile 3 150 20'],
  },
  read: (call) => ({
    order: orderArgument(operand(call, 0)),
    ra: realArgument(operand(call, 1), `RA (${operand(call, 1)}) must be a number`),
    dec: realArgument(operand(call, 2), `Dec (${operand(call, 2)}) must be a number`),
  }),
  run: mHPXCoord2Tile,
})

/** The module mHiPSID. */
export const hipsIdModule: MontageModule = defineModule<
  TilePlace & { readonly level: number; readonly outlevel?: number },
  HipsIdResult
>({
  ...COMMON,
  name: 'mHiPSID',
  summary: 'Finds the number of the HiPS tile at a place of the HPX plane.',
  usage: '%s [-d] level x y [outlevel]',
  operands: [3, 4],
  fields: [
    ['level', 'd'],
    ['x', 'd'],
    ['y', 'd'],
    ['outlevel', 'd'],
    ['id', 'd'],
  ],
  manual: {
    description:
      'Nested index of the HiPS tile at a column and row of the HPX plane, or of the tile of another order there.',
    options: [DEBUG_OPTION],
    operands: [LEVEL, ...PLACE, ['[outlevel]', 'Order of the index; default `level`.']],
    returns: {
      level: 'Order of column and row.',
      ...PLACE_RETURNS,
      outlevel: 'Order of the index.',
      id: 'Nested index.',
    },
    example: ['mHiPSID 5 40 48 3'],
  },
  read: (call) => {
    const place = readPlace(call)
    const text = call.operands[3]
    return text === undefined ? place : { ...place, outlevel: orderArgument(text) }
  },
  run: mHiPSID,
})
