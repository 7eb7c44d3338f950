import { dirname, join } from 'node:path'
import { type Table, tableKeyword } from '@skyloom/fits/tables'
import { type MontageFrame, type MontageSystem, montageFrameConverter, type SkyPosition } from '@skyloom/wcs'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { hasCoverage, imageCorners } from './image-corners.ts'
import { hasColumns, numbers, readTable, texts } from './table-columns.ts'

/** An axis beyond the sky that all images share. */
export interface CubeAxis {
  readonly axis: 3 | 4
  readonly naxis: number
  readonly crval: number
  readonly crpix: number
  readonly cdelt: number
}

/** Positions of a table in one system. */
export interface PointSet {
  readonly points: readonly SkyPosition[]
  /** Number of rows. */
  readonly count: number
  readonly cubeCount: number
  /** Smallest increment of the images, degrees; undefined when the table has none. */
  readonly cdelt: number | undefined
  readonly cube: readonly CubeAxis[]
  /** A remark for the status line, or empty. */
  readonly message: string
}

const NEED =
  'Need columns: ctype1 ctype2 nl ns crval1 crval2 crpix1 crpix2 cdelt1 cdelt2 crota2 (equinox optional).  Four corners (equatorial) will be used if they exist or even just a single set of coordinates'
const FLAT = 'Cube columns exist but are either blank or inconsistent. Outputting 2D only.'
const PAIRS = [
  ['ra', 'dec'],
  ['lon', 'lat'],
  ['crval1', 'crval2'],
] as const
const LON_CORNERS = ['lon1', 'lat1', 'lon2', 'lat2', 'lon3', 'lat3', 'lon4', 'lat4'] as const
const J2000: MontageFrame = { system: 'EQUJ', epochYear: 2000 }

/**
 * All corners or positions of a table, or of the tables that its column `table` names, in a system.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`
 */
export async function collectPoints(path: string, frame: MontageFrame, place: Place): Promise<PointSet> {
  const { table } = await readTable(place, path, `Invalid table file: ${path}`)
  const paths = hasColumns(table, ['table'])
    ? texts(table, 'table').map((name) => (name.startsWith('/') ? name : join(dirname(path), name)))
    : undefined
  const tables =
    paths === undefined
      ? [table]
      : await Promise.all(
          paths.map(async (name) => (await readTable(place, name, `Invalid table file: ${name}`)).table),
        )
  const points = tables.flatMap((one) => pointsOf(one, frame, path))
  if (points.length === 0) throw new MontageError('MONTAGE_BAD_TABLE', `Invalid image metadata file: ${path}`)
  const cubes = tables.map(cubeAxes)
  const hasCubeColumns = tables.some((one) =>
    hasColumns(one, ['naxis', 'naxis3', 'crval3', 'cdelt3', 'crpix3']),
  )
  const cube = cubes.length === 1 ? (cubes[0] ?? []) : []
  const count = tables.reduce((sum, one) => sum + one.rowCount, 0)
  const message = hasCubeColumns && cube.length === 0 ? FLAT : ''
  return { points, count, cubeCount: cube.length > 0 ? count : 0, cdelt: smallest(tables), cube, message }
}

function pointsOf(table: Table, frame: MontageFrame, path: string): readonly SkyPosition[] {
  if (hasCoverage(table)) return convert(imageCorners(table).flat(), J2000, frame)
  const from = tableFrame(table)
  if (hasColumns(table, LON_CORNERS)) {
    const all = [1, 2, 3, 4].flatMap((corner) => pairs(table, `lon${corner}`, `lat${corner}`))
    return convert(all, from, frame)
  }
  const names = PAIRS.find((pair) => hasColumns(table, pair))
  if (names === undefined) throw new MontageError('MONTAGE_BAD_TABLE', NEED, { where: [path] })
  return convert(pairs(table, names[0], names[1]), from, frame)
}

function pairs(table: Table, lonName: string, latName: string): readonly SkyPosition[] {
  const latitudes = numbers(table, latName)
  return Array.from(numbers(table, lonName), (lonDeg, row) => ({ lonDeg, latDeg: latitudes[row]! }))
}

function convert(
  positions: readonly SkyPosition[],
  from: MontageFrame,
  to: MontageFrame,
): readonly SkyPosition[] {
  const converter = montageFrameConverter(from, to)
  return positions.map(({ lonDeg, latDeg }) => converter.convert(lonDeg, latDeg))
}

/** System of the positions by the keywords of the table; default J2000. */
function tableFrame(table: Table): MontageFrame {
  const keyword = (...names: readonly string[]): string =>
    names
      .flatMap((name) => [name, name.toLowerCase()])
      .map((name) => String(tableKeyword(table, name) ?? ''))
      .find((text) => text !== '') ?? ''
  const name = keyword('CSYS', 'SYSTEM', 'SYS', 'COORD', 'COORDSYS').toLowerCase()
  const year = Number(/[\d.]+/.exec(keyword('EQUINOX', 'EPOCH'))?.[0] ?? Number.NaN)
  const isBesselian = /b(?:1950|$)/.test(name) || year === 1950
  const system: MontageSystem = name.startsWith('sg')
    ? 'SGAL'
    : name.startsWith('g')
      ? 'GAL'
      : name.startsWith('ec')
        ? isBesselian
          ? 'ECLB'
          : 'ECLJ'
        : isBesselian
          ? 'EQUB'
          : 'EQUJ'
  return { system, epochYear: Number.isNaN(year) ? (isBesselian ? 1950 : 2000) : year }
}

function smallest(tables: readonly Table[]): number | undefined {
  let least = Infinity
  for (const table of tables) {
    if (!hasColumns(table, ['cdelt1', 'cdelt2'])) continue
    for (const name of ['cdelt1', 'cdelt2'])
      for (const value of numbers(table, name)) if (value !== 0) least = Math.min(least, Math.abs(value))
  }
  return least === Infinity ? undefined : least
}

/** The axes beyond the sky when all rows have them with equal value and increment, over all planes of the images. */
function cubeAxes(table: Table): readonly CubeAxis[] {
  const axes: CubeAxis[] = []
  for (const axis of [3, 4] as const) {
    const names = ['naxis', `naxis${axis}`, `crval${axis}`, `cdelt${axis}`, `crpix${axis}`]
    if (!hasColumns(table, names) || table.rowCount === 0) return axes
    const [counts, lengths, values, steps, pixels] = names.map((name) => numbers(table, name))
    const isSame = (column: Float64Array | undefined): boolean =>
      column?.every((value) => value === column[0]) === true
    const has = (counts?.[0] ?? 0) >= axis && (lengths?.every((length) => length > 0) ?? false)
    if (!has || !isSame(counts) || !isSame(values) || !isSame(steps)) return axes
    let [low, high] = [Infinity, -Infinity]
    pixels?.forEach((crpix, row) => {
      low = Math.min(low, 1 - crpix)
      high = Math.max(high, (lengths?.[row] ?? 0) - crpix)
    })
    const naxis = Math.round(high - low + 1)
    axes.push({ axis, naxis, crval: values?.[0] ?? 0, crpix: 1 - low, cdelt: steps?.[0] ?? 0 })
  }
  return axes
}
