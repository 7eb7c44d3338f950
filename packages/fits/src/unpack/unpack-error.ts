import { FitsError, type FitsLocation } from '../errors.ts'

/** The error for a damaged stream. */
export function badPacking(location: FitsLocation, found: string): FitsError {
  return new FitsError('FITS_BAD_PACKING', location, 'the compressed stream is damaged or stops early', {
    found,
    remedy: 'fetch the file again',
  })
}

/** The error for a stream that unpacks to more than is allowed. */
export function unpackedTooLarge(location: FitsLocation, maxBytes: number): FitsError {
  return new FitsError('FITS_TOO_LARGE', location, 'the stream unpacks to more than the reader allows', {
    allowed: `${maxBytes} bytes`,
    remedy: 'unpack it to disk first, or raise maxInflatedBytes',
  })
}
