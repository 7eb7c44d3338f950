import {
  findColumn,
  numberColumn,
  readCsvTable,
  readIpacTable,
  readVoTable,
  selectRows,
  type Table,
} from '@skyloom/fits/tables'
import { angularDistanceDeg, type SkyPosition } from '@skyloom/wcs'
import { MosaicError } from '../errors.ts'

/** Stars of a catalogue. */
export interface StarCatalog {
  readonly table: Table
  /** J2000; NaN where the catalogue has none. */
  readonly positions: readonly SkyPosition[]
}

/** Names that columns of J2000 positions have, in any case. */
const POSITION_NAMES = [
  ['ra', 'dec'],
  ['raj2000', 'dej2000'],
  ['ra_icrs', 'de_icrs'],
  ['ra_j2000', 'dec_j2000'],
  ['_raj2000', '_dej2000'],
  ['radeg', 'decdeg'],
  ['lon', 'lat'],
] as const

/**
 * Reads a catalogue of stars: an IPAC table, a VOTable or comma-separated values, with J2000 positions in degrees.
 *
 * @param name shown in messages
 * @throws MosaicError `MOSAIC_BAD_CATALOG` for anything else
 */
export function readStarCatalog(text: string, name: string): StarCatalog {
  const table = readTable(text, name)
  const columns = new Map(table.columns.map((column) => [column.name.toLowerCase(), column.name]))
  const pair = POSITION_NAMES.find(([lon, lat]) => columns.has(lon) && columns.has(lat))
  const [lonName, latName] = [columns.get(pair?.[0] ?? ''), columns.get(pair?.[1] ?? '')]
  if (lonName === undefined || latName === undefined)
    throw badCatalog(name, `columns ${[...columns.values()].join(', ')}`, 'columns ra and dec in degrees')
  const latitudes = numberColumn(table, latName)
  const positions = Array.from(numberColumn(table, lonName), (lonDeg, row) => ({
    lonDeg,
    latDeg: latitudes[row] ?? Number.NaN,
  }))
  return { table, positions }
}

function readTable(text: string, name: string): Table {
  const start = text.slice(0, 2000).trimStart()
  try {
    if (/^(?:\||\\)/.test(start)) {
      return readIpacTable(text, { name, onBadValue: 'null', extendLastColumn: true }).table
    }
    if (/<VOTABLE/i.test(start)) return readVoTable(text, { name, onBadValue: 'null' }).table
    if (!start.startsWith('<')) return readCsvTable(text, { name }).table
  } catch (cause) {
    throw badCatalog(name, JSON.stringify(start.slice(0, 60)), undefined, cause)
  }
  throw badCatalog(name, JSON.stringify(start.slice(0, 60)))
}

function badCatalog(name: string, found: string, allowed?: string, cause?: unknown): MosaicError {
  return new MosaicError('MOSAIC_BAD_CATALOG', 'this is no catalogue of stars', {
    where: [name],
    found,
    allowed: allowed ?? 'an IPAC table, a VOTable or comma-separated values',
    ...(cause === undefined ? {} : { cause }),
  })
}

/** The stars of a catalogue within a circle. */
export function starsAround(catalog: StarCatalog, centre: SkyPosition, radiusDeg: number): StarCatalog {
  const rows = catalog.positions.flatMap((position, row) =>
    Number.isFinite(position.lonDeg) &&
    Math.abs(position.latDeg) <= 90 &&
    angularDistanceDeg(position, centre) <= radiusDeg
      ? [row]
      : [],
  )
  return starRows(catalog, rows)
}

/** Some stars of a catalogue. */
export function starRows(catalog: StarCatalog, rows: readonly number[]): StarCatalog {
  const positions = rows.flatMap((row) => catalog.positions[row] ?? [])
  return { table: selectRows(catalog.table, rows), positions }
}

/** Columns of magnitudes, the first that a catalogue has is taken. */
const MAGNITUDE_NAMES = [
  'mag',
  'r2mag',
  'r1mag',
  'b2mag',
  'b1mag',
  'imag',
  'j_m',
  'jmag',
  'phot_g_mean_mag',
  'gmag',
] as const

/**
 * Magnitudes of the stars, NaN where they have none.
 *
 * @param column default: the first of `mag`, `r2mag`, `r1mag`, `b2mag`, `b1mag`, `imag`, `j_m`, `jmag`, `phot_g_mean_mag`, `gmag`, in any case
 * @throws MosaicError `MOSAIC_BAD_CATALOG`
 */
export function starMagnitudes({ table }: StarCatalog, name: string, column?: string): Float64Array {
  const names = new Map(table.columns.map((one) => [one.name.toLowerCase(), one.name]))
  const wanted = column ?? MAGNITUDE_NAMES.find((one) => names.has(one))
  const found =
    wanted === undefined ? undefined : (findColumn(table, wanted)?.name ?? names.get(wanted.toLowerCase()))
  if (found !== undefined) return numberColumn(table, found)
  throw badCatalog(
    name,
    `columns ${[...names.values()].join(', ')}`,
    column === undefined ? `a column of magnitudes: ${MAGNITUDE_NAMES.join(', ')}` : `a column ${column}`,
  )
}
