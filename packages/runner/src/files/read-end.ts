import { closeSync, fstatSync, openSync, readSync } from 'node:fs'

/** Bytes looked at for the beginning of the last lines. */
const BLOCK_BYTES = 64 * 1024
const NEWLINE = 10

/** Where the last so many lines of a file begin; 0 when it has fewer. An absent file has none. */
export function lastLinesOffset(path: string, lines: number): number {
  return (
    withFile(path, (fd, size) => {
      let left = lines
      // The end of the last line is not the end of another one.
      for (let end = Math.max(0, size - 1); end > 0; ) {
        const start = Math.max(0, end - BLOCK_BYTES)
        const block = readAt(fd, start, end - start)
        for (
          let at = block.lastIndexOf(NEWLINE);
          at >= 0;
          at = at === 0 ? -1 : block.lastIndexOf(NEWLINE, at - 1)
        )
          if (--left === 0) return start + at + 1
        end = start
      }
      return 0
    }) ?? 0
  )
}

/** Bytes of a file from a place on, at most so many; `undefined` when there is no file. */
export function readFrom(path: string, offset: number, most: number): Buffer | undefined {
  return withFile(path, (fd, size) => readAt(fd, offset, Math.max(0, Math.min(most, size - offset))))
}

/** The last line of a file that is not empty, without what would move the cursor of a terminal; at most so many letters. */
export function lastLine(path: string, most: number): string | undefined {
  const text = withFile(path, (fd, size) => {
    const start = Math.max(0, size - 4096)
    return readAt(fd, start, size - start).toString('utf8')
  })
  // Programs draw over their progress with a carriage return.
  const line = text
    ?.split(/[\r\n]+/)
    .findLast((candidate) => candidate.trim() !== '')
    ?.replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
    .replaceAll(/\p{Cc}/gu, ' ')
    .trim()
  return line === undefined || line === '' ? undefined : line.slice(0, most)
}

function withFile<Result>(path: string, work: (fd: number, size: number) => Result): Result | undefined {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw cause
  }
  try {
    return work(fd, fstatSync(fd).size)
  } finally {
    closeSync(fd)
  }
}

/** Bytes of an open file; fewer when it ends before. */
export function readAt(fd: number, offset: number, length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length)
  let count = 0
  while (count < length) {
    const size = readSync(fd, bytes, count, length - count, offset + count)
    if (size === 0) break
    count += size
  }
  return bytes.subarray(0, count)
}
