/** Prefix sums start anew at every multiple of this many input columns (see assembly/pixels/area-box.ts). */
export const AREA_BLOCK_COLS = 64

/**
 * Scratch that `areaTile` needs at most.
 *
 * @param boxWidth columns of the input that the tile's corners span (largest minus smallest x, rounded up)
 * @param boxHeight rows likewise
 * @param weighted true when a weight plane is given or blank pixels may be met: keep it true unless memory is short
 */
export function areaScratchBytes(
  boxWidth: number,
  boxHeight: number,
  tileWidth: number,
  tileHeight: number,
  weighted: boolean,
): number {
  const blocks = Math.ceil((boxWidth + 4) / AREA_BLOCK_COLS) + 1
  const prefixBytes = (boxHeight + 4) * blocks * (AREA_BLOCK_COLS + 17) * 8 * (weighted ? 2 : 1)
  const cornerBytes = (tileWidth + 4) * 4 * 64 + Math.min(tileHeight, 1) * 64
  return prefixBytes + cornerBytes + 1024
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
