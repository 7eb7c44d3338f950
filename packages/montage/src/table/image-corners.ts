import { Header } from '@skyloom/fits'
import { type Table } from '@skyloom/fits/tables'
import type { SkyPosition } from '@skyloom/wcs'
import { MontageError } from '../errors.ts'
import { pixelJ2000, uncheckedWcs } from '../header/classic-wcs.ts'
import { hasColumns, numbers, texts } from './table-columns.ts'

const CORNERS = ['ra1', 'dec1', 'ra2', 'dec2', 'ra3', 'dec3', 'ra4', 'dec4'] as const
const WCS_COLUMNS = [
  'ctype1',
  'ctype2',
  'naxis1|ns',
  'naxis2|nl',
  'crval1',
  'crval2',
  'crpix1',
  'crpix2',
] as const
const SCALE = ['cdelt1', 'cdelt2', 'crota2'] as const
const MATRIX = ['cd1_1', 'cd1_2', 'cd2_1', 'cd2_2'] as const

/** True when a table tells where its images lie. */
export function hasCoverage(table: Table): boolean {
  const hasScale = hasColumns(table, SCALE) || hasColumns(table, MATRIX)
  return hasColumns(table, CORNERS) || (hasColumns(table, WCS_COLUMNS) && hasScale)
}

/**
 * The corners of the images of a metadata table, J2000: from its corner columns, else from its coordinate systems.
 *
 * @throws MontageError `MONTAGE_BAD_TABLE` for a coordinate system that cannot be used
 */
export function imageCorners(table: Table): readonly (readonly SkyPosition[])[] {
  return hasColumns(table, CORNERS) ? givenCorners(table) : wcsCorners(table)
}

function givenCorners(table: Table): readonly (readonly SkyPosition[])[] {
  const columns = CORNERS.map((name) => numbers(table, name))
  const value = (column: number, row: number): number => columns[column]?.[row] ?? 0
  return Array.from({ length: table.rowCount }, (_, row) =>
    [0, 2, 4, 6].map((first) => ({ lonDeg: value(first, row), latDeg: value(first + 1, row) })),
  )
}

function wcsCorners(table: Table): readonly (readonly SkyPosition[])[] {
  const values = ['crval1', 'crval2', 'crpix1', 'crpix2', ...(hasColumns(table, SCALE) ? SCALE : MATRIX)]
  const columns = new Map(values.map((name) => [name, numbers(table, name)]))
  const widths = numbers(table, 'naxis1|ns')
  const heights = numbers(table, 'naxis2|nl')
  const types = [texts(table, 'ctype1'), texts(table, 'ctype2')]
  const equinoxes = hasColumns(table, ['equinox']) ? numbers(table, 'equinox') : undefined
  return Array.from({ length: table.rowCount }, (_, row) => {
    const header = new Header({ file: `row ${row + 1}` })
    const width = widths[row]!
    const height = heights[row]!
    header.set('NAXIS', 2).set('NAXIS1', width).set('NAXIS2', height)
    header.set('CTYPE1', types[0]?.[row] ?? '').set('CTYPE2', types[1]?.[row] ?? '')
    for (const [name, column] of columns) header.setFloat(name.toUpperCase(), column[row]!)
    header.setFloat('EQUINOX', equinoxes?.[row] ?? 2000)
    return cornersOf(header, width, height, row)
  })
}

function cornersOf(header: Header, width: number, height: number, row: number): readonly SkyPosition[] {
  const problem = `Bad WCS for image ${row}`
  try {
    const sky = uncheckedWcs(header, `row ${row + 1}`)
    const [right, top] = [width + 0.5, height + 0.5]
    const corners = [
      [0.5, 0.5],
      [right, 0.5],
      [right, top],
      [0.5, top],
    ] as const
    return corners.map(([x, y]) => {
      const corner = pixelJ2000(sky, x, y)
      if (corner !== undefined) return corner
      throw new MontageError('MONTAGE_BAD_TABLE', problem, { found: 'a corner off the sky' })
    })
  } catch (cause) {
    throw new MontageError('MONTAGE_BAD_TABLE', problem, { where: [`row ${row + 1}`], cause })
  }
}
