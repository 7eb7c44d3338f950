import { gunzip } from 'node:zlib'
import { badGzip, type Gunzip, gzipTooLarge } from '../gzip/inflate.ts'

/** Bytes that zlib gives at once; its own default of 16 KiB makes it several times slower on images. */
const CHUNK_BYTES = 1024 * 1024

/** Unpacks gzip with zlib in a thread of the pool; several members one after the other are one stream. */
export const nodeGunzip: Gunzip = (packed, maxBytes, location) =>
  new Promise((resolve, reject) => {
    const maxOutputLength = Math.min(maxBytes, MAX_BUFFER_BYTES)
    gunzip(packed, { maxOutputLength, chunkSize: CHUNK_BYTES }, (error, bytes) => {
      if (error === null) resolve(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength))
      else if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
        reject(gzipTooLarge(maxOutputLength, location))
      else reject(badGzip(location, error))
    })
  })

/** Node 20 has no larger buffers. */
const MAX_BUFFER_BYTES = 4 * 1024 ** 3
