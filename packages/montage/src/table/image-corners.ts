import type { Table } from '@skyloom/fits/tables'
import type { SkyPosition } from '@skyloom/wcs'
import { pixelJ2000 } from '../header/classic-wcs.ts'
import { hasColumns, numbers } from './table-columns.ts'
import { badWcs, hasWcsColumns, type RowWcs, tableWcs } from './table-wcs.ts'

const CORNERS = ['ra1', 'dec1', 'ra2', 'dec2', 'ra3', 'dec3', 'ra4', 'dec4'] as const

/** True when a table gives the corners of its images. */
export function hasCornerColumns(table: Table): boolean {
  return hasColumns(table, CORNERS)
}

/** True when a table tells where its images lie. */
export function hasCoverage(table: Table): boolean {
  return hasCornerColumns(table) || hasWcsColumns(table)
}

/**
 * The corners of the images of a metadata table, J2000: from its corner columns, else from its coordinate systems.
 *
 * @throws MontageError `MONTAGE_BAD_TABLE` for a coordinate system that cannot be used
 */
export function imageCorners(table: Table): readonly (readonly SkyPosition[])[] {
  return hasCornerColumns(table) ? givenCorners(table) : tableWcs(table).map(cornersOf)
}

function givenCorners(table: Table): readonly (readonly SkyPosition[])[] {
  const columns = CORNERS.map((name) => numbers(table, name))
  const value = (column: number, row: number): number => columns[column]?.[row] ?? 0
  return Array.from({ length: table.rowCount }, (_, row) =>
    [0, 2, 4, 6].map((first) => ({ lonDeg: value(first, row), latDeg: value(first + 1, row) })),
  )
}

function cornersOf({ sky, width, height }: RowWcs, row: number): readonly SkyPosition[] {
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
    throw badWcs(row)
  })
}
