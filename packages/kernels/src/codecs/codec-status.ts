/**
 * How a decoder ended. Damaged streams are expected outcomes, so decoders return a word and never throw;
 * the caller knows the file, the tile and the remedy and makes the error.
 *
 * - `ok`: every pixel was decoded
 * - `truncated`: the stream ends before the last pixel
 * - `corrupt`: the stream says something that no encoder writes
 */
export type CodecStatus = 'ok' | 'truncated' | 'corrupt'

const STATUSES: readonly CodecStatus[] = ['ok', 'truncated', 'corrupt']

/** The word for the number that a kernel gives. */
export function codecStatus(number: number): CodecStatus {
  return STATUSES[number] ?? 'corrupt'
}

/** The number for a word, as kernels give it. */
export function codecStatusNumber(status: CodecStatus): number {
  return STATUSES.indexOf(status)
}
