import { gzipSync } from 'node:zlib'
import { DEFLATE_LEVEL, type DeflateTile } from '../gzip/deflate-tile.ts'

/** {@link DeflateTile} with zlib. */
export const nodeDeflateTile: DeflateTile = (bytes) => {
  const packed = gzipSync(bytes, { level: DEFLATE_LEVEL })
  return new Uint8Array(packed.buffer, packed.byteOffset, packed.byteLength)
}
