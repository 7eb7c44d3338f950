import { closeSync, openSync, statSync } from 'node:fs'
import { readAt } from './read-end.ts'

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
  return readAt(fd, offset, length).toString('utf8')
}
