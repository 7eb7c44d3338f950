import { basename } from 'node:path'
import type { Table } from '@skyloom/fits/tables'
import { bordersOverlap, formatOverlapTable, type MappedImage, type OverlapRow } from '@skyloom/mosaic'
import { angularDistanceDeg, polygonsOverlap, type SkyPosition, skyPolygon, skyToPixel } from '@skyloom/wcs'
import { writeText } from '../command/files.ts'
import { DEBUG_LEVEL_OPTION, STATUS_OPTION } from '../command/manual.ts'
import { defineModule, hasOption, type MontageModule, operand, type Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { fromJ2000, pixelJ2000 } from '../header/classic-wcs.ts'
import { hasCornerColumns, hasCoverage, imageCorners } from '../table/image-corners.ts'
import { needColumns, numbers, readTable, texts } from '../table/table-columns.ts'
import { badWcs, tableWcs } from '../table/table-wcs.ts'

/** Input of {@link mOverlaps}. */
export interface OverlapsInput {
  /** Image metadata table. */
  readonly images: string
  /** Table of pairs that is written. */
  readonly output: string
  /** Follow the borders pixel by pixel instead of joining the corners by great circles; without effect for a table with corners. */
  readonly isExact?: boolean
}

/** Result of {@link mOverlaps}. */
export interface OverlapsResult {
  readonly count: number
}

const NEED =
  'Need columns: cntr ctype1 ctype2 nl ns crval1 crval2 crpix1 crpix2 cdelt1 cdelt2 crota2 fname (equinox optional)'

/**
 * Lists the pairs of images that overlap on the sky, also those of which one lies inside the other.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_CANNOT_WRITE`
 */
export async function mOverlaps(input: OverlapsInput, place: Place = {}): Promise<OverlapsResult> {
  const { images, output } = input
  const { table } = await readTable(place, images, `Invalid image metadata file: ${images}`)
  needColumns(table, ['cntr', 'fname|file'], images, NEED)
  if (!hasCoverage(table)) throw new MontageError('MONTAGE_BAD_TABLE', NEED, { where: [images] })
  const counters = numbers(table, 'cntr')
  const names = texts(table, 'fname|file').map((name) => basename(name))
  const overlap = input.isExact === true && !hasCornerColumns(table) ? bordersTest(table) : cornersTest(table)
  const rows: OverlapRow[] = []
  for (let k = 0; k < table.rowCount; k++) {
    for (let l = k + 1; l < table.rowCount; l++) {
      if (!overlap(k, l)) continue
      rows.push({ cntr1: counters[k]!, cntr2: counters[l]!, plus: names[k]!, minus: names[l]! })
    }
  }
  const text = formatOverlapTable(rows)
  await writeText(place, output, text, `Failed to open output ${output}`)
  return { count: rows.length }
}

/** Whether two images of a table overlap, by their numbers from 0. */
type OverlapTest = (k: number, l: number) => boolean

/** Joins the corners by great circles. Images whose corners are one point, such as those without coordinates, overlap with none. */
function cornersTest(table: Table): OverlapTest {
  const polygons = imageCorners(table).map((corners, row) => {
    const [first] = corners
    if (corners.every(({ lonDeg, latDeg }) => lonDeg === first?.lonDeg && latDeg === first.latDeg))
      return undefined
    try {
      return skyPolygon(corners)
    } catch (cause) {
      throw badWcs(row, cause)
    }
  })
  return (k, l) => {
    const [first, second] = [polygons[k], polygons[l]]
    return first !== undefined && second !== undefined && polygonsOverlap(first, second)
  }
}

/** Parts of a degree by which circles around images are larger than the images, for borders that bulge. */
const BULGE = 1.1

/** Maps the border of each image pixel by pixel into the other one. */
function bordersTest(table: Table): OverlapTest {
  const images = tableWcs(table).map(({ sky, width, height }, row) => {
    const { wcs, frame } = sky
    const back = fromJ2000(frame)
    const mapped: MappedImage = {
      width,
      height,
      toSky: (fitsX, fitsY) => pixelJ2000(sky, fitsX, fitsY),
      toPixel: (lonDeg, latDeg) => {
        const own = back.convert(lonDeg, latDeg)
        return skyToPixel(wcs, own.lonDeg, own.latDeg)
      },
    }
    const centre = mapped.toSky((width + 1) / 2, (height + 1) / 2)
    if (centre === undefined) throw badWcs(row)
    return { mapped, centre, radiusDeg: BULGE * radiusOf(mapped, centre) }
  })
  return (k, l) => {
    const [first, second] = [images[k], images[l]]
    if (first === undefined || second === undefined) return false
    const distance = angularDistanceDeg(first.centre, second.centre)
    return distance <= first.radiusDeg + second.radiusDeg && bordersOverlap(first.mapped, second.mapped)
  }
}

/** Largest distance of corners and middles of sides from the centre; 180 when one is off the sky. */
function radiusOf({ width, height, toSky }: MappedImage, centre: SkyPosition): number {
  let radius = 0
  for (const fitsX of [0.5, (width + 1) / 2, width + 0.5]) {
    for (const fitsY of [0.5, (height + 1) / 2, height + 0.5]) {
      const sky = toSky(fitsX, fitsY)
      if (sky === undefined) return 180
      radius = Math.max(radius, angularDistanceDeg(centre, sky))
    }
  }
  return radius
}

/** The module mOverlaps. */
export const overlapsModule: MontageModule = defineModule<OverlapsInput, OverlapsResult>({
  name: 'mOverlaps',
  summary: 'Lists the pairs of images that overlap.',
  usage: '%s [-e] [-d level] [-s statusfile] images.tbl diffs.tbl',
  style: 'getopt',
  options: 'ed:s:',
  operands: [2, 2],
  isNamed: true,
  fields: [['count', 'd']],
  manual: {
    description:
      'Lists the pairs of images whose outlines overlap, with names for the files of their differences.',
    options: [
      [
        '-e',
        'Follow the borders of the images pixel by pixel, as their coordinate systems bend them, instead of joining their corners by great circles. Without effect when the table gives the corners.',
      ],
      DEBUG_LEVEL_OPTION,
      STATUS_OPTION,
    ],
    operands: [
      ['images.tbl', 'Image table as mImgtbl writes it of the projected images.'],
      ['diffs.tbl', 'Table that is written.'],
    ],
    reads: [
      ['images.tbl', 'Columns `cntr`, `fname`, and the corners or the coordinates (`ctype1` ... `crota2`).'],
    ],
    writes: [['diffs.tbl', 'Columns `cntr1`, `cntr2`, `plus`, `minus`, `diff`.']],
    returns: { count: 'Pairs.' },
    example: ['mOverlaps images.tbl diffs.tbl'],
  },
  read: (call) => ({ images: operand(call, 0), output: operand(call, 1), isExact: hasOption(call, 'e') }),
  run: mOverlaps,
})
