/** Bytes of a FITS block: headers and data fill whole blocks (FITS Standard 4.0, section 3.1). */
export const BLOCK_BYTES = 2880

/** The smallest whole number of blocks that holds so many bytes, in bytes. */
export function paddedBytes(sizeBytes: number): number {
  return Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES
}
