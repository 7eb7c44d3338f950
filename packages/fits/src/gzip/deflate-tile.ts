import { gzipSync } from 'fflate'

/** Packs a few kilobytes to megabytes as a gzip stream at once: the port behind which Node uses zlib. */
export type DeflateTile = (bytes: Uint8Array) => Uint8Array

/**
 * How hard deflate tries. Pixels are mostly noise: on float32 sky images level 9 is 1 % smaller than level 1
 * and takes several times as long.
 */
export const DEFLATE_LEVEL = 1

/** {@link DeflateTile} for every platform. The stream carries no time, so equal pixels give equal bytes. */
export const portableDeflateTile: DeflateTile = (bytes) => gzipSync(bytes, { level: DEFLATE_LEVEL, mtime: 0 })
