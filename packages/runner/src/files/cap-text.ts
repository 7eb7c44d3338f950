import { closeSync, openSync, readSync, statSync } from 'node:fs'

/**
 * Text of a file of output, at most `maxBytes`: when it is longer, its first and its last part with a line between that
 * says how much is left out. An absent file has no text.
 */
export function readCapped(path: string, maxBytes: number): string {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch {
    return ''
  }
  try {
    const { size } = statSync(path)
    if (size <= maxBytes) return read(fd, 0, size)
    const half = Math.floor(maxBytes / 2)
    const left = size - 2 * half
    return `${read(fd, 0, half)}\n[... ${left} bytes left out ...]\n${read(fd, size - half, half)}`
  } finally {
    closeSync(fd)
  }
}

function read(fd: number, offset: number, length: number): string {
  const bytes = Buffer.allocUnsafe(length)
  let count = 0
  while (count < length) {
    const size = readSync(fd, bytes, count, length - count, offset + count)
    if (size === 0) break
    count += size
  }
  return bytes.toString('utf8', 0, count)
}
