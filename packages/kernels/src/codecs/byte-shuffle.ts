/**
 * Puts first bytes of all elements first, then all second bytes and so on, as GZIP_2 does before deflate.
 *
 * Source: FITS Standard 4.0, section 10.4.2.
 */
export function shuffleBytes(bytes: Uint8Array, elementBytes: number): Uint8Array {
  const count = Math.floor(bytes.length / elementBytes)
  const out = new Uint8Array(count * elementBytes)
  for (let byte = 0; byte < elementBytes; byte++) {
    const base = byte * count
    for (let i = 0, from = byte; i < count; i++, from += elementBytes) out[base + i] = bytes[from]!
  }
  return out
}

/** Undoes {@link shuffleBytes}. */
export function unshuffleBytes(bytes: Uint8Array, elementBytes: number): Uint8Array {
  const count = Math.floor(bytes.length / elementBytes)
  const out = new Uint8Array(count * elementBytes)
  for (let byte = 0; byte < elementBytes; byte++) {
    const base = byte * count
    for (let i = 0, to = byte; i < count; i++, to += elementBytes) out[to] = bytes[base + i]!
  }
  return out
}
