/**
 * How a decoder ended. Damaged streams are expected outcomes, so decoders return a word and never throw;
 * the caller knows the file, the tile and the remedy and makes the error.
 *
 * - `ok`: every pixel was decoded
 * - `truncated`: the stream ends before the last pixel
 * - `corrupt`: the stream says something that no encoder writes
 */
export type CodecStatus = 'ok' | 'truncated' | 'corrupt'
