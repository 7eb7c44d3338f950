import { portableInflateTile } from '../gzip/inflate-tile.ts'
import type { Hdu } from '../hdu/hdu.ts'
import { readCompressedTable } from './compressed-table-layout.ts'
import { TableTileSource } from './table-tile-source.ts'

/**
 * The table in a compressed table, as an HDU that is unpacked while it is read, tile by tile. Header and data are those of
 * the table before compression; offsets count from its first byte.
 *
 * Source: FITS Standard 4.0, section 10.3.
 *
 * @throws FitsError `FITS_NOT_A_TABLE` for other HDUs, `FITS_BAD_COMPRESSION`, `FITS_UNKNOWN_COMPRESSION`, and those of its keywords
 */
export function uncompressedTable(hdu: Hdu): Hdu {
  const table = readCompressedTable(hdu)
  return { ...table.plain, source: new TableTileSource(table, hdu.inflateTile ?? portableInflateTile) }
}
