import { type Hdu, readFitsTable } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import { tableRows, writeCsvTable, writeIpacTable, writeVoTable } from '@skyloom/fits/tables'
import { MosaicError } from '@skyloom/mosaic'
import { EXIT } from '../terminal/exit-code.ts'
import { printJson } from '../terminal/output.ts'

/** Flags of `skyloom fits table`. */
export interface TableFlags {
  readonly json?: boolean
  readonly hdu?: number | string
  readonly columns?: readonly string[]
  readonly rows?: { readonly first: number; readonly last: number }
  readonly format: 'ipac' | 'csv' | 'votable'
}

/** `skyloom fits table` */
export async function fitsTable(path: string, flags: TableFlags): Promise<number> {
  await using file = await openFitsFile(path)
  const hdu = flags.hdu === undefined ? firstTable(path, await file.allHdus()) : await file.hdu(flags.hdu)
  const { table } = await readFitsTable(hdu, {
    ...(flags.columns === undefined ? {} : { columns: flags.columns }),
    ...(flags.rows === undefined
      ? {}
      : { firstRow: flags.rows.first - 1, rowCount: flags.rows.last - flags.rows.first + 1 }),
  })
  if (flags.json === true) {
    const columns = table.columns.map(({ name, type, unit }) => ({ name, type, unit }))
    const rows = [...tableRows(table)].map((row) =>
      Object.fromEntries([...row].map(([name, cell]) => [name, plain(cell)])),
    )
    printJson({ file: path, hdu: hdu.index, columns, rows })
    return EXIT.done
  }
  const write = { ipac: writeIpacTable, csv: writeCsvTable, votable: writeVoTable }[flags.format]
  process.stdout.write(write(table))
  return EXIT.done
}

/** Array cells as ordinary arrays. */
function plain(cell: unknown): unknown {
  return ArrayBuffer.isView(cell) && 'length' in cell
    ? Array.from(cell as unknown as ArrayLike<unknown>)
    : cell
}

function firstTable(path: string, hdus: readonly Hdu[]): Hdu {
  const found = hdus.find(({ type }) => type === 'bintable' || type === 'table')
  if (found !== undefined) return found
  throw new MosaicError('MOSAIC_BAD_OPTION', 'the file has no table', {
    where: [path],
    found: hdus.map(({ index, type }) => `${index} ${type}`).join(', '),
    remedy: 'skyloom fits info shows what a file holds',
  })
}
