/** Prefix sums start anew at every multiple of this many input columns (see assembly/pixels/area-box.ts). */
export const AREA_BLOCK_COLS = 64
/** Output pixels in a row of a tile at most (see assembly/pixels/area-corners.ts). */
export const MAX_AREA_TILE_WIDTH = 64
/** An array with 8 bytes for each corner of a row and room for whole vectors. */
const CORNER_STRIDE_BYTES = 8 * (MAX_AREA_TILE_WIDTH + 4)
/** Two rows of corners with eight arrays each, the edges between them with and without weights, single edges and pairs to come back to. */
const CORNER_BYTES = (2 * 8 + 3) * CORNER_STRIDE_BYTES + 64

/**
 * Scratch that `areaTile` needs at most.
 *
 * @param boxWidth columns of the input that the tile's corners span (largest minus smallest x, rounded up)
 * @param boxHeight rows likewise
 * @param weighted true when a weight plane is given or blank pixels may be met: keep it true unless memory is short
 */
export function areaScratchBytes(boxWidth: number, boxHeight: number, weighted: boolean): number {
  const blocks = Math.ceil((boxWidth + 4) / AREA_BLOCK_COLS) + 1
  const prefixBytes = (boxHeight + 4) * blocks * (AREA_BLOCK_COLS + 17) * 8 * (weighted ? 2 : 1)
  return prefixBytes + CORNER_BYTES
}

/**
 * Scratch that `overlapBlock` needs for a block of `cols` by `rows` input pixels and a window of the output; for `overlapDrops` the
 * block is empty.
 */
export function overlapScratchBytes(
  cols: number,
  rows: number,
  windowWidth: number,
  windowHeight: number,
): number {
  return 16 * ((cols + 2) * (rows + 2) + (windowWidth + 1) * windowHeight)
}
