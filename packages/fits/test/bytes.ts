import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

/** These bytes as a gzip stream of one member. */
export function gzip(bytes: Uint8Array | string): Uint8Array {
  return new Uint8Array(gzipSync(bytes))
}

/** Parts one after the other. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let offset = 0
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.length
  }
  return bytes
}

/** A text of characters below 256 as bytes. */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0))
}

/** A file's bytes. */
export function fileBytes(path: string): Uint8Array {
  return new Uint8Array(readFileSync(path))
}
