import type { FitsLocation } from '../errors.ts'
import { GrowingBytes } from './growing-bytes.ts'
import { badPacking, unpackedTooLarge } from './unpack-error.ts'

const HEADER_BYTES = 3
const FIRST_WIDTH = 9
const CLEAR = 256

/**
 * Unpacks a stream of the Unix program `compress` (`.Z`): LZW with codes of 9 to 16 bits, least significant bit first. When the
 * width of the codes changes, the rest of a group of eight codes is skipped, as that program writes it.
 *
 * @throws FitsError `FITS_BAD_PACKING`, `FITS_TOO_LARGE`
 */
export function uncompress(packed: Uint8Array, maxBytes: number, location: FitsLocation): Uint8Array {
  const flags = packed[2] ?? 0
  const maxWidth = flags & 0x1f
  const hasClear = (flags & 0x80) !== 0
  if (packed.length < HEADER_BYTES || maxWidth < FIRST_WIDTH || maxWidth > 16) {
    throw badPacking(location, `codes of up to ${maxWidth} bits`)
  }
  const out = new GrowingBytes(maxBytes, packed.length * 3)
  const codes = new CodeReader(packed.subarray(HEADER_BYTES), maxWidth)
  const prefix = new Uint16Array(1 << maxWidth)
  const suffix = new Uint8Array(1 << maxWidth)
  const stack = new Uint8Array(1 << maxWidth)
  const firstFree = hasClear ? CLEAR + 1 : CLEAR
  let free = firstFree
  let previous = -1
  let first = 0
  for (;;) {
    const code = codes.next(free)
    if (code < 0) return out.bytes()
    if (code === CLEAR && hasClear) {
      codes.reset()
      free = firstFree
      previous = -1
      continue
    }
    if (code > free || (code >= 256 && previous < 0))
      throw badPacking(location, `code ${code} before it is defined`)
    let depth = 0
    let at = code
    if (code === free) {
      // The string of the code before, followed by its own first byte.
      if (previous < 0) throw badPacking(location, `code ${code} before it is defined`)
      stack[depth++] = first
      at = previous
    }
    while (at >= 256) {
      stack[depth++] = suffix[at]!
      at = prefix[at]!
    }
    first = at
    if (!out.reserve(depth + 1)) throw unpackedTooLarge(location, maxBytes)
    out.push(first)
    while (depth > 0) out.push(stack[--depth]!)
    if (previous >= 0 && free < 1 << maxWidth) {
      prefix[free] = previous
      suffix[free] = first
      free++
    }
    previous = code
  }
}

/** Codes whose width grows with the number of strings that are known. */
class CodeReader {
  readonly #bytes: Uint8Array
  readonly #maxWidth: number
  #width = FIRST_WIDTH
  #bit = 0
  /** First bit of the codes of this width. */
  #start = 0

  constructor(bytes: Uint8Array, maxWidth: number) {
    this.#bytes = bytes
    this.#maxWidth = maxWidth
  }

  /** The next code, -1 at the end; `free` is the number that the next new string gets. */
  next(free: number): number {
    if (free >= 1 << this.#width && this.#width < this.#maxWidth) {
      this.#skipGroup()
      this.#width++
    }
    if (this.#bit + this.#width > this.#bytes.length * 8) return -1
    const byte = this.#bit >> 3
    const three =
      this.#bytes[byte]! | ((this.#bytes[byte + 1] ?? 0) << 8) | ((this.#bytes[byte + 2] ?? 0) << 16)
    const code = (three >> (this.#bit & 7)) & ((1 << this.#width) - 1)
    this.#bit += this.#width
    return code
  }

  /** Back to the first width. */
  reset(): void {
    this.#skipGroup()
    this.#width = FIRST_WIDTH
  }

  #skipGroup(): void {
    const group = this.#width * 8
    this.#bit = this.#start + Math.ceil((this.#bit - this.#start) / group) * group
    this.#start = this.#bit
  }
}
