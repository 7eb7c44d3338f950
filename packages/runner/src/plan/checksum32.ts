import * as zlib from 'node:zlib'
import { fnv1a } from './name-table.ts'

/** A checksum of bytes for this process only: CRC-32, or FNV-1a under versions of Node before 20.15, which have no CRC. */
export const checksum32: (bytes: Uint8Array) => number = 'crc32' in zlib ? zlib.crc32 : fnv1a
