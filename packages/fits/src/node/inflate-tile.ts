import { gunzipSync } from 'node:zlib'
import type { InflateTile } from '../gzip/inflate-tile.ts'

const MIN_CHUNK_BYTES = 1024
const MAX_CHUNK_BYTES = 1024 * 1024

/** {@link InflateTile} with zlib. */
export const nodeInflateTile: InflateTile = (packed, maxBytes) => {
  try {
    const maxOutputLength = Math.max(1, maxBytes)
    // zlib allocates this much at once; most tiles need no second piece.
    const chunkSize = Math.max(MIN_CHUNK_BYTES, Math.min(maxOutputLength, MAX_CHUNK_BYTES))
    const bytes = gunzipSync(packed, { maxOutputLength, chunkSize })
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  } catch {
    // zlib throws for damage and for too long output; there is only one answer to both.
    return undefined
  }
}
