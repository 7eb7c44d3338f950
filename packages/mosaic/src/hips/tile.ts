/** Pixels along a side of a tile are 2 to this power. */
export const TILE_PIXEL_ORDER = 9
/** Pixels along a side of a tile. */
export const HIPS_TILE_SIDE = 512
/** Deepest order of tiles: their pixels are then cells of HEALPix order 27, a millisecond of arc and a half. */
export const MAX_HIPS_ORDER = 18
/** Viewers begin with the tiles and the all-sky picture of this order. */
export const ALLSKY_ORDER = 3

/** Tiles in one folder. */
const FOLDER_TILES = 10_000

/** One tile of a HiPS. */
export interface HipsTile {
  readonly order: number
  /** Nested HEALPix index. */
  readonly npix: number
}

/** Kinds of tiles that are written. */
export const HIPS_FORMATS = ['fits', 'png'] as const
/** Format of the tiles. */
export type HipsFormat = (typeof HIPS_FORMATS)[number]

/** Folder of a tile in the HiPS, with slashes. Source: IVOA HiPS 1.0, section 4.1. */
export function tileFolder({ order, npix }: HipsTile): string {
  return `Norder${order}/Dir${Math.floor(npix / FOLDER_TILES) * FOLDER_TILES}`
}

/** Path of a tile in the HiPS. */
export function tilePath(tile: HipsTile, format: HipsFormat): string {
  return `${tileFolder(tile)}/Npix${tile.npix}.${format}`
}
