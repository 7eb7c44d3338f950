/** A rectangle of whole pixels: 0-based first column and row, half-open. */
export interface Region {
  readonly col: number
  readonly row: number
  readonly width: number
  readonly height: number
}

/** The pixels that two regions share; width and height are 0 when there are none. */
export function intersectRegions(a: Region, b: Region): Region {
  const col = Math.max(a.col, b.col)
  const row = Math.max(a.row, b.row)
  const width = Math.max(0, Math.min(a.col + a.width, b.col + b.width) - col)
  const height = Math.max(0, Math.min(a.row + a.height, b.row + b.height) - row)
  return width === 0 || height === 0 ? { col, row, width: 0, height: 0 } : { col, row, width, height }
}

/** The smallest region that holds all the given ones; empty ones count for nothing. */
export function uniteRegions(regions: readonly Region[]): Region {
  const full = regions.filter((region) => !isEmptyRegion(region))
  if (full.length === 0) return { col: 0, row: 0, width: 0, height: 0 }
  const col = full.reduce((least, region) => Math.min(least, region.col), Infinity)
  const row = full.reduce((least, region) => Math.min(least, region.row), Infinity)
  const right = full.reduce((most, region) => Math.max(most, region.col + region.width), -Infinity)
  const top = full.reduce((most, region) => Math.max(most, region.row + region.height), -Infinity)
  return { col, row, width: right - col, height: top - row }
}

/** True when the region holds no pixel. */
export function isEmptyRegion(region: Region): boolean {
  return region.width <= 0 || region.height <= 0
}
