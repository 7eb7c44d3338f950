import { WcsError } from '../errors.ts'
import { ICRS } from '../frame/frame.ts'
import { frameConverter } from '../frame/frame-converter.ts'
import { locate } from '../healpix/cell.ts'
import { FACE_HIGH, lowWordPlace, rangeBuilder, sizeHigh, sizeLow, wordsOf } from '../healpix/cell-ranges.ts'
import { checkedOrder, MAX_HEALPIX_ORDER } from '../healpix/healpix-grid.ts'
import { interleaveHigh, interleaveLow } from '../healpix/interleave.ts'
import { type CellSelection, cellsInRegion } from '../healpix/region-descent.ts'
import { type FootprintOptions, footprint } from '../sphere/footprint.ts'
import { skyPolygon } from '../sphere/polygon.ts'
import type { SkyRegion } from '../sphere/region.ts'
import type { Wcs } from '../wcs/wcs.ts'
import type { Moc } from './moc.ts'

/** How to choose the cells that stand for a region. */
export interface MocRegionOptions {
  /** Default `overlapping`: the MOC holds all of the region. */
  readonly select?: CellSelection
}

/**
 * MOC of a circle or a polygon (ICRS) with cells down to an order.
 *
 * @throws {WcsError} `WCS_BAD_HEALPIX` for no such order; `WCS_BAD_REGION` for no such circle; `WCS_TOO_LARGE` when the edge takes more than
 *   a million cells
 */
export function mocFromRegion(region: SkyRegion, maxOrder: number, options: MocRegionOptions = {}): Moc {
  return { maxOrder, ranges: cellsInRegion(region, maxOrder, options.select ?? 'overlapping') }
}

/**
 * MOC of the sky an image covers, converted to ICRS.
 *
 * @throws {WcsError} `WCS_BAD_REGION` when the edge of the image has places without sky or does not fit into less than a hemisphere
 */
export function mocFromFootprint(
  wcs: Wcs,
  maxOrder: number,
  options: MocRegionOptions & FootprintOptions = {},
): Moc {
  const { polygon, boundary } = footprint(wcs, options)
  if (polygon === undefined) {
    throw new WcsError('WCS_BAD_REGION', 'the edge of the image is no polygon on the sky', {
      where: wcs.name === undefined ? [] : [wcs.name],
      found: `${boundary.length} places with sky`,
      remedy: 'cut the image into parts smaller than a hemisphere and with sky all round',
    })
  }
  const toIcrs = frameConverter(wcs.frame, ICRS)
  const region = toIcrs.isIdentity
    ? polygon
    : skyPolygon(polygon.vertices.map(({ lonDeg, latDeg }) => toIcrs.convert(lonDeg, latDeg)))
  return mocFromRegion(region, maxOrder, options)
}

/**
 * MOC of the cells of an order that hold one of the first `count` (default all) positions (ICRS). Positions that are not finite are left out.
 *
 * @throws {WcsError} `WCS_BAD_MOC` when the arrays are shorter than `count`
 */
export function mocFromPositions(
  lonDeg: Float64Array,
  latDeg: Float64Array,
  maxOrder: number,
  count: number = lonDeg.length,
): Moc {
  checkedOrder(maxOrder)
  checkPositions(lonDeg, latDeg, count)
  const starts = new BigUint64Array(count)
  const words = wordsOf(starts)
  const found = nestedWords(lonDeg, latDeg, count, maxOrder, words)
  starts.subarray(0, found).sort()
  const builder = rangeBuilder(true)
  const low = lowWordPlace()
  for (let i = 0; i < 2 * found; i += 2) {
    builder.addRange(words[i + 1 - low]!, words[i + low]!, sizeHigh(maxOrder), sizeLow(maxOrder))
  }
  return { maxOrder, ranges: builder.finish() }
}

/**
 * Writes the nested indices at order 29 of the first cells of an order's cells at positions; returns how many positions there were.
 */
function nestedWords(
  lonDeg: Float64Array,
  latDeg: Float64Array,
  count: number,
  order: number,
  words: Uint32Array,
): number {
  const low = lowWordPlace()
  const nside = 2 ** order
  const shift = MAX_HEALPIX_ORDER - order
  const place = new Int32Array(3)
  let used = 0
  for (let i = 0; i < count; i++) {
    if (!locate(nside, lonDeg[i]!, latDeg[i]!, place)) continue
    const x = place[1]! << shift
    const y = place[2]! << shift
    words[used + low] = interleaveLow(x, y)
    words[used + 1 - low] = place[0]! * FACE_HIGH + interleaveHigh(x, y)
    used += 2
  }
  return used / 2
}

/** True when the MOC holds a position (ICRS); false for one that is not finite. */
export function mocContains(moc: Moc, lonDeg: number, latDeg: number): boolean {
  const isInside = new Uint8Array(1)
  mocContainsBulk(moc, Float64Array.of(lonDeg), Float64Array.of(latDeg), isInside)
  return isInside[0] === 1
}

/**
 * Writes 1 for each of the first `count` (default all) positions (ICRS) that the MOC holds and 0 for the others to `isInside`.
 *
 * @throws {WcsError} `WCS_BAD_MOC` when the arrays are shorter than `count`
 */
export function mocContainsBulk(
  moc: Moc,
  lonDeg: Float64Array,
  latDeg: Float64Array,
  isInside: Uint8Array,
  count: number = lonDeg.length,
): void {
  checkPositions(lonDeg, latDeg, Math.max(count, isInside.length < count ? Infinity : 0))
  const words = wordsOf(moc.ranges)
  const low = lowWordPlace()
  const nside = 2 ** MAX_HEALPIX_ORDER
  const place = new Int32Array(3)
  for (let i = 0; i < count; i++) {
    if (!locate(nside, lonDeg[i]!, latDeg[i]!, place)) {
      isInside[i] = 0
      continue
    }
    const x = place[1]!
    const y = place[2]!
    const bounds = boundsUpTo(words, low, place[0]! * FACE_HIGH + interleaveHigh(x, y), interleaveLow(x, y))
    // After a start and before its end.
    isInside[i] = bounds & 1
  }
}

/** How many of the ascending bounds are not above a value. */
function boundsUpTo(words: Uint32Array, low: 0 | 1, valueHigh: number, valueLow: number): number {
  const high = 1 - low
  let from = 0
  let to = words.length >> 1
  while (from < to) {
    const middle = (from + to) >> 1
    const boundHigh = words[2 * middle + high]!
    if (boundHigh < valueHigh || (boundHigh === valueHigh && words[2 * middle + low]! <= valueLow))
      from = middle + 1
    else to = middle
  }
  return from
}

function checkPositions(lonDeg: Float64Array, latDeg: Float64Array, count: number): void {
  if (Number.isInteger(count) && count >= 0 && lonDeg.length >= count && latDeg.length >= count) return
  throw new WcsError('WCS_BAD_MOC', 'arrays do not hold the positions asked for', {
    found: `${lonDeg.length} longitudes, ${latDeg.length} latitudes, count ${count}`,
    allowed: 'a count from 0 to the length of every array',
  })
}
