import { type Cell, cellAt, type Table } from '../src/tables/index.ts'

/** The cells of a table by column, as JSON has them: 64-bit integers as text, null for NaN and for no value. */
export function tableAsJson(table: Table): Record<string, unknown[]> {
  const columns: Record<string, unknown[]> = {}
  for (const column of table.columns) {
    const isTruth = column.type === 'boolean' || column.type === 'bit'
    columns[column.name] = Array.from({ length: table.rowCount }, (_, row) => {
      const json = cellAsJson(cellAt(column, row))
      return isTruth && Array.isArray(json) ? json.map((bit) => bit === 1) : json
    })
  }
  return columns
}

function cellAsJson(cell: Cell): unknown {
  if (typeof cell === 'bigint') return String(cell)
  if (typeof cell === 'number') return Number.isNaN(cell) ? null : cell
  if (cell === null || typeof cell !== 'object') return cell
  return Array.from<number | bigint | string>(cell).map(cellAsJson)
}

/** Python that gives the columns of an astropy table `t` in the form of {@link tableAsJson}. */
export const PYTHON_TABLE_AS_JSON = `
import numpy as np

def cell_as_json(cell):
    if cell is np.ma.masked:
        return None
    if isinstance(cell, np.ma.MaskedArray) and cell.shape != ():
        cell = cell.filled() if cell.dtype.kind not in 'fc' else cell.filled(np.nan)
    if isinstance(cell, np.ndarray):
        if cell.dtype.kind == 'c':
            return [cell_as_json(part) for value in cell.ravel() for part in (value.real, value.imag)]
        return [cell_as_json(value) for value in cell.ravel()]
    if isinstance(cell, bytes):
        return cell.decode('utf-8').rstrip()
    if isinstance(cell, (np.complexfloating, complex)):
        return [cell_as_json(cell.real), cell_as_json(cell.imag)]
    if isinstance(cell, (np.floating, float)):
        return None if np.isnan(cell) else float(cell)
    if isinstance(cell, (np.int64, np.uint64)):
        return str(int(cell))
    if isinstance(cell, (np.bool_, bool)):
        return bool(cell)
    if isinstance(cell, (np.integer, int)):
        return int(cell)
    return str(cell).rstrip()

def table_as_json(t):
    return {name: [cell_as_json(cell) for cell in t[name]] for name in t.colnames}
`
