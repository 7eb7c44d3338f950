import type { CodecStatus } from '../codec-status.ts'

/** Words of the header of a line list in its present form, and the mark that tells it from the old form. */
const OLD_HEADER_WORDS = 3

/**
 * Decodes a PLIO_1 line list, big-endian 16-bit words, into `out`. Pixels after the last instruction are 0.
 *
 * A list is a header and instructions of a 4-bit operation and 12 bits of data: runs of zeros, runs of the
 * current value, and changes of that value, which starts at 1.
 * Source: FITS Standard 4.0, section 10.4.3 and table 38; both forms of the header are read.
 */
export function decodePlio(encoded: Uint8Array, out: Int32Array): CodecStatus {
  const wordCount = encoded.length >> 1
  const word = (index: number): number => ((encoded[2 * index]! << 8) | encoded[2 * index + 1]!) & 0xffff
  if (wordCount < OLD_HEADER_WORDS) return 'truncated'
  const isOld = word(2) < 0x8000 && word(2) > 0
  if (!isOld && wordCount < 5) return 'truncated'
  const length = isOld ? word(2) : word(4) * 32768 + word(3)
  const first = isOld ? OLD_HEADER_WORDS : word(1)
  if (length > wordCount) return 'truncated'

  const count = out.length
  out.fill(0)
  let high = 1
  let at = 0
  for (let index = first; index < length; index++) {
    const instruction = word(index)
    const data = instruction & 0xfff
    switch (instruction >> 12) {
      case 0:
        at += data
        break
      case 1:
        index++
        if (index >= length) return 'truncated'
        high = (word(index) << 12) + data
        break
      case 2:
        high += data
        break
      case 3:
        high -= data
        break
      case 4:
        if (at + data > count) return 'corrupt'
        out.fill(high, at, at + data)
        at += data
        break
      case 5:
        at += data
        if (at > count) return 'corrupt'
        if (data > 0) out[at - 1] = high
        break
      case 6:
      case 7:
        high += instruction >> 12 === 6 ? data : -data
        if (at >= count) return 'corrupt'
        out[at++] = high
        break
      default:
        return 'corrupt'
    }
    if (at > count) return 'corrupt'
  }
  return 'ok'
}
