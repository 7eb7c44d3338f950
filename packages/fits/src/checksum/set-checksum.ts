import { formatHeader } from '../header/format-header.ts'
import type { Header } from '../header/header.ts'
import { encodeChecksum, ZERO_CHECKSUM } from './encode-checksum.ts'
import { addSums, Sum32 } from './sum32.ts'

/** Adds the two cards with values to be filled in, so that the length of the header is settled. */
export function reserveChecksum(header: Header): void {
  header.set('CHECKSUM', ZERO_CHECKSUM, header.card('CHECKSUM')?.comment ?? 'sum of this HDU')
  header.set('DATASUM', '0', header.card('DATASUM')?.comment ?? 'sum of the data of this HDU')
}

/**
 * Fills in DATASUM and CHECKSUM (FITS Standard 4.0, section 4.4.2.7). Nothing in the header may change afterwards.
 * The comments carry no date, so that equal content gives equal files.
 *
 * @param dataSum sum of the data with their padding
 */
export function setChecksum(header: Header, dataSum: number): void {
  reserveChecksum(header)
  header.set('DATASUM', String(dataSum))
  const headerSum = new Sum32().add(formatHeader(header)).value
  header.set('CHECKSUM', encodeChecksum(addSums(headerSum, dataSum)))
}
