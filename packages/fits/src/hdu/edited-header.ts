import { setChecksum } from '../checksum/set-checksum.ts'
import { sumBytes } from '../checksum/sum-bytes.ts'
import { FitsError } from '../errors.ts'
import { paddedBytes } from '../header/block.ts'
import { formatHeader } from '../header/format-header.ts'
import type { Header } from '../header/header.ts'
import type { Hdu } from './hdu.ts'
import { type HduLayout, hduLayout } from './layout.ts'

/** A changed header, ready to be written over or in place of the old one. */
export interface EditedHeader {
  readonly bytes: Uint8Array
  /** It takes as many blocks as the old one. */
  readonly hasSameLength: boolean
}

/**
 * Lets `edit` change a copy of the header of an HDU and brings CHECKSUM and DATASUM up to date where they are there.
 * DATASUM is trusted when it is given, so that the data need not be read.
 *
 * @throws FitsError `FITS_BAD_VALUE` when the edit would change type or size of the data
 */
export async function editedHeader(hdu: Hdu, edit: (header: Header) => void): Promise<EditedHeader> {
  const header = hdu.header.clone()
  edit(header)
  const before = hduLayout(hdu.header, hdu.index === 0)
  const after = hduLayout(header, hdu.index === 0)
  if (layoutText(before) !== layoutText(after)) {
    throw new FitsError(
      'FITS_BAD_VALUE',
      { file: hdu.source.name, hdu: hdu.index },
      'an edit must not change the data',
      {
        found: layoutText(after),
        allowed: layoutText(before),
        remedy: 'write a new file instead',
      },
    )
  }
  if (header.has('CHECKSUM') || header.has('DATASUM')) setChecksum(header, await dataSum(hdu))
  const bytes = formatHeader(header)
  return { bytes, hasSameLength: bytes.length === hdu.dataOffset - hdu.headerOffset }
}

function layoutText(layout: HduLayout): string {
  const { type, bitpix, shape, dataBytes } = layout
  return `${type}, BITPIX ${bitpix}, axes ${shape.toReversed().join(' x ')}, ${dataBytes} bytes`
}

async function dataSum(hdu: Hdu): Promise<number> {
  const given = hdu.header.card('DATASUM')?.value
  if (typeof given === 'string' && /^\d{1,10}$/.test(given.trim())) return Number(given)
  return await sumBytes(hdu.source, hdu.dataOffset, hdu.dataOffset + paddedBytes(hdu.dataBytes))
}
