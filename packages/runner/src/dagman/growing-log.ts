import { closeSync, fstatSync, openSync } from 'node:fs'
import { readAt } from '../files/read-end.ts'

/** How far a log was read. Kept with what was made of it, so that nothing is lost or taken twice. */
export interface LogPlace {
  /** First line of the file, which tells it from one that took its name. */
  readonly head: string
  /** Bytes from its beginning. */
  readonly offset: number
}

/** The place before the first line of any file. */
export const LOG_START: LogPlace = { head: '', offset: 0 }

/** What came to a log. */
export interface LogPart {
  readonly text: string
  readonly place: LogPlace
  /** It begins with the first line of another file than was read before. */
  readonly isNew: boolean
}

/** Bytes that are read at a time, and of the first line. */
const PART_BYTES = 16 * 1024 * 1024
const HEAD_BYTES = 400
const NEWLINE = 10

/**
 * What came to a log after a place, up to the last whole piece; pieces end with a line that is `ending` (default: any line). A file that
 * was replaced or cut is read from its beginning.
 *
 * @param most only up to this offset, for logs that are read again
 */
export function readLog(
  path: string,
  after: LogPlace,
  options: { readonly ending?: string; readonly most?: number } = {},
): LogPart {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')
      return { text: '', place: after, isNew: false }
    throw cause
  }
  try {
    const { size } = fstatSync(fd)
    const head = firstLine(readAt(fd, 0, Math.min(size, HEAD_BYTES)))
    const isNew = after.offset > 0 && (size < after.offset || head !== after.head)
    const from = isNew ? 0 : after.offset
    const length = Math.min(PART_BYTES, Math.min(size, options.most ?? Infinity) - from)
    const bytes = readAt(fd, from, Math.max(0, length))
    const end = endOf(bytes, options.ending)
    return {
      text: bytes.toString('utf8', 0, end),
      place: { head: from + end === 0 ? '' : head, offset: from + end },
      isNew,
    }
  } finally {
    closeSync(fd)
  }
}

function firstLine(bytes: Buffer): string {
  const end = bytes.indexOf(NEWLINE)
  return bytes.toString('latin1', 0, end < 0 ? bytes.length : end)
}

/** Where the last whole piece ends. */
function endOf(bytes: Buffer, ending: string | undefined): number {
  const newline = bytes.lastIndexOf(NEWLINE)
  if (newline < 0) return 0
  if (ending === undefined) return newline + 1
  const mark = Buffer.from(`\n${ending}\n`)
  const at = bytes.subarray(0, newline + 1).lastIndexOf(mark)
  return at < 0 ? 0 : at + mark.length
}
