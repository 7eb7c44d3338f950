import {
  classicRegion,
  facingPixel,
  intersectRegions,
  isEmptyRegion,
  type Region,
  sexagesimalDec,
  sexagesimalRa,
} from '@skyloom/mosaic'
import type { SkyPosition } from '@skyloom/wcs'
import { type ClassicWcs, fromJ2000, pixelJ2000 } from '../header/classic-wcs.ts'
import type { ParsedTable } from '../table/parse-table.ts'
import { tableWcs } from '../table/table-wcs.ts'

/** Columns in front of a table of cutouts: first and last pixels, counted from 1. */
const RANGE_COLUMNS = ['imin', 'imax', 'jmin', 'jmax'] as const
/** Width of one of them between the bars. */
const RANGE_WIDTH = 8

/** A column between its bars: index of the left bar, and of the right one. */
interface ColumnPlace {
  readonly left: number
  readonly right: number
}

/**
 * Lines of a table whose rows describe the parts of images that lie in a box, as mSubimage cuts them. Rows of images that miss the box are left
 * out.
 *
 * @param rows the rows that are looked at
 * @param box J2000, degrees
 */
export function cutoutRows(
  { table, head, records }: ParsedTable,
  rows: readonly number[],
  box: { readonly ra: number; readonly dec: number; readonly xsize: number; readonly ysize: number },
): readonly string[] {
  const systems = tableWcs(table)
  const places = columnPlaces(head)
  const lines: string[] = []
  for (const row of rows) {
    const system = systems[row]
    if (system === undefined) continue
    const { sky, width, height } = system
    const pixel = facingPixel(sky.wcs, fromJ2000(sky.frame).convert(box.ra, box.dec))
    if (pixel === undefined) continue
    const wanted = classicRegion(sky.wcs, pixel, { width: box.xsize, height: box.ysize })
    const part = intersectRegions(wanted, { col: 0, row: 0, width, height })
    if (isEmptyRegion(part)) continue
    lines.push(rangeCells(part) + withValues(records[row] ?? '', places, valuesOf(sky, part)))
  }
  return [...widerHead(head), ...lines]
}

function rangeCells({ col, row, width, height }: Region): string {
  return [col + 1, col + width, row + 1, row + height]
    .map((pixel) => String(pixel).padStart(RANGE_WIDTH + 1))
    .join('')
}

/** The bar lines with the new columns: names, types, then nothing. */
function widerHead(head: readonly string[]): readonly string[] {
  let bars = 0
  return head.map((line) => {
    if (!line.startsWith('|')) return line
    const texts = bars === 0 ? RANGE_COLUMNS : RANGE_COLUMNS.map(() => (bars === 1 ? 'int' : ''))
    bars++
    return `${texts.map((text) => `|${text.padStart(RANGE_WIDTH)}`).join('')}${line}`
  })
}

function columnPlaces(head: readonly string[]): ReadonlyMap<string, ColumnPlace> {
  const names = head.find((line) => line.startsWith('|')) ?? ''
  const places = new Map<string, ColumnPlace>()
  for (let left = 0; left >= 0; ) {
    const right = names.indexOf('|', left + 1)
    if (right < 0) break
    places.set(names.slice(left + 1, right).trim(), { left, right })
    left = right
  }
  return places
}

/** What the cutout changes in a row. */
function valuesOf(sky: ClassicWcs, part: Region): ReadonlyMap<string, number | string> {
  const { wcs } = sky
  const [left, right] = [part.col + 0.5, part.col + part.width + 0.5]
  const [bottom, top] = [part.row + 0.5, part.row + part.height + 0.5]
  const values = new Map<string, number | string>()
  for (const name of ['naxis1', 'ns']) values.set(name, part.width)
  for (const name of ['naxis2', 'nl']) values.set(name, part.height)
  values.set('crpix1', wcs.crpix[0] - part.col).set('crpix2', wcs.crpix[1] - part.row)
  const set = (suffix: string, position: SkyPosition | undefined): void => {
    if (position === undefined) return
    values.set(`ra${suffix}`, position.lonDeg).set(`dec${suffix}`, position.latDeg)
  }
  // The place of mImgtbl's ra and dec: pixel (naxis1/2, naxis2/2).
  const centre = pixelJ2000(sky, part.col + part.width / 2, part.row + part.height / 2)
  set('', centre)
  if (centre !== undefined)
    values.set('cra', sexagesimalRa(centre.lonDeg)).set('cdec', sexagesimalDec(centre.latDeg))
  set('1', pixelJ2000(sky, left, bottom))
  set('2', pixelJ2000(sky, right, bottom))
  set('3', pixelJ2000(sky, right, top))
  set('4', pixelJ2000(sky, left, top))
  return values
}

/** A record with other values, each with as many decimals as the one that it replaces and in the same place. */
function withValues(
  record: string,
  places: ReadonlyMap<string, ColumnPlace>,
  values: ReadonlyMap<string, number | string>,
): string {
  let line = record
  for (const [name, value] of values) {
    const place = places.get(name)
    if (place === undefined) continue
    const width = place.right - place.left
    const old = line.slice(place.left + 1, place.right + 1)
    const decimals = /\.(\d*)/.exec(old)?.[1]?.length ?? 0
    const text = typeof value === 'string' ? value : value.toFixed(decimals)
    // The position under the right bar belongs to the column, but the new text ends where the old one did.
    const cell = text.padStart(old.trimEnd().length).padEnd(width).slice(0, width)
    line = line.slice(0, place.left + 1) + cell + line.slice(place.right + 1)
  }
  return line
}
