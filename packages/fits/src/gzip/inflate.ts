import { FitsError, type FitsLocation } from '../errors.ts'

/**
 * Unpacks a whole gzip stream: the port behind which Node uses zlib and browsers their own decompressor.
 *
 * @throws FitsError `FITS_BAD_GZIP` for damage, `FITS_TOO_LARGE` beyond `maxBytes`
 */
export type Gunzip = (packed: Uint8Array, maxBytes: number, location: FitsLocation) => Promise<Uint8Array>

/** {@link Gunzip} with the `DecompressionStream` that browsers and Node have. */
export const streamGunzip: Gunzip = async (packed, maxBytes, location) => {
  const stream = new Blob([packed.slice()]).stream().pipeThrough(new DecompressionStream('gzip'))
  const reader = stream.getReader()
  const parts: Uint8Array[] = []
  let sizeBytes = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      sizeBytes += value.length
      if (sizeBytes > maxBytes) throw gzipTooLarge(maxBytes, location)
      parts.push(value)
    }
  } catch (cause) {
    await reader.cancel().catch(() => undefined)
    throw cause instanceof FitsError ? cause : badGzip(location, cause)
  }
  return joined(parts, sizeBytes)
}

function joined(parts: readonly Uint8Array[], sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes)
  let offset = 0
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.length
  }
  return bytes
}

/** The error for a stream that stops early or fails its checksum. */
export function badGzip(location: FitsLocation, cause: unknown): FitsError {
  return new FitsError('FITS_BAD_GZIP', location, 'the gzip stream is damaged or stops early', {
    found: cause instanceof Error ? cause.message : String(cause),
    remedy: 'fetch the file again',
    cause,
  })
}

/** The error for a stream that unpacks to more than is allowed. */
export function gzipTooLarge(maxBytes: number, location: FitsLocation): FitsError {
  return new FitsError('FITS_TOO_LARGE', location, 'the gzip stream unpacks to more than the reader allows', {
    allowed: `${maxBytes} bytes`,
    remedy: 'unpack it to disk first, or raise maxInflatedBytes',
  })
}
