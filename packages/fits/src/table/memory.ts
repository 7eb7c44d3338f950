import { FitsError } from '../errors.ts'
import type { Hdu } from '../hdu/hdu.ts'
import { hduLocation } from '../image/region.ts'
import type { ColumnType } from '../tables/model/table.ts'
import type { FitsColumn } from './fits-column.ts'
import type { FitsTableLayout } from './table-layout.ts'

/** Memory that any table may take. */
const FREE_BYTES = 64 * 2 ** 20
/** Memory for each byte of the file: one character as a text of its own takes most. */
const BYTES_PER_BYTE = 32
/** Memory of one text besides its characters. */
const TEXT_BYTES = 24

/** Memory that one element takes as a value. */
export const VALUE_BYTES: Readonly<Record<ColumnType, number>> = {
  boolean: 1,
  bit: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float32: 4,
  float64: 8,
  complex64: 8,
  complex128: 16,
  string: TEXT_BYTES,
}

/**
 * Refuses tables whose values would take far more memory than their bytes in the file, such as thousands of millions
 * of rows without bytes.
 *
 * @throws FitsError `FITS_TOO_LARGE`
 */
export function checkTableMemory(
  hdu: Hdu,
  columns: readonly FitsColumn[],
  layout: FitsTableLayout,
  rowCount: number,
): void {
  const perRow = columns.reduce((sum, column) => sum + cellBytes(column), 0)
  checkMemory(hdu, perRow * rowCount, layout.rowBytes * rowCount)
}

function cellBytes(column: FitsColumn): number {
  const elements = (column.cellShape ?? []).reduce((product, size) => product * size, 1)
  // One byte for the mask of nulls; descriptors are kept as two numbers.
  const descriptor = column.kind === 'binary' && column.parsed.descriptor !== undefined ? 16 : 0
  return 1 + descriptor + elements * VALUE_BYTES[column.type]
}

/** Compares memory with the bytes of the file that explain it. @throws FitsError `FITS_TOO_LARGE` */
export function checkMemory(hdu: Hdu, neededBytes: number, fileBytes: number, column?: string): void {
  const allowed = FREE_BYTES + BYTES_PER_BYTE * fileBytes
  if (neededBytes <= allowed) return
  throw new FitsError(
    'FITS_TOO_LARGE',
    { ...hduLocation(hdu), column },
    'the table asks for far more memory than its bytes explain',
    {
      found: `${neededBytes} bytes for ${fileBytes} in the file`,
      allowed: `${allowed} bytes`,
      remedy: 'read fewer rows or columns, if the table is meant to be like that',
    },
  )
}

/** Runs an allocation; what the machine cannot give is an error with a place. @throws FitsError `FITS_TOO_LARGE` */
export function allocateFor<T>(hdu: Hdu, column: string, make: () => T): T {
  try {
    return make()
  } catch (cause) {
    throw new FitsError(
      'FITS_TOO_LARGE',
      { ...hduLocation(hdu), column },
      'the values do not fit into memory',
      {
        remedy: 'read fewer rows',
        cause,
      },
    )
  }
}
