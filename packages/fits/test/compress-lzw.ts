const FIRST_WIDTH = 9
const CLEAR = 256

/** Codes least significant bit first, in groups of eight of one width. */
class CodeWriter {
  readonly #bytes: number[] = []
  #bit = 0
  #start = 0

  write(code: number, width: number): void {
    for (let index = 0; index < width; index++, this.#bit++) {
      const at = this.#bit >> 3
      this.#bytes[at] = (this.#bytes[at] ?? 0) | (((code >> index) & 1) << (this.#bit & 7))
    }
  }

  /** The program writes whole groups of eight codes before it changes the width. */
  endGroup(width: number): void {
    const group = width * 8
    this.#bit = this.#start + Math.ceil((this.#bit - this.#start) / group) * group
    this.#start = this.#bit
    while (this.#bytes.length < this.#bit / 8) this.#bytes.push(0)
  }

  bytes(): number[] {
    return Array.from({ length: Math.ceil(this.#bit / 8) }, (_, index) => this.#bytes[index] ?? 0)
  }
}

/**
 * A `.Z` stream as the Unix program `compress` makes it, for tests; compared with `gzip -d` in `test/unpack-peers.test.ts`.
 *
 * @param clearEvery forget all strings after so many codes; 0 = never
 */
export function compressLzw(plain: Uint8Array, maxWidth: number, clearEvery: number): Uint8Array {
  const out = new CodeWriter()
  let strings = new Map<number, number>()
  let free = CLEAR + 1
  let width = FIRST_WIDTH
  let current = -1
  let sinceClear = 0
  const emit = (code: number): void => {
    if (free > 1 << width && width < maxWidth) {
      out.endGroup(width)
      width++
    }
    out.write(code, width)
  }
  for (const byte of plain) {
    const key = current * 256 + byte
    const known = current < 0 ? byte : strings.get(key)
    if (known !== undefined) {
      current = known
      continue
    }
    emit(current)
    if (free < 1 << maxWidth) strings.set(key, free++)
    current = byte
    if (clearEvery > 0 && ++sinceClear >= clearEvery) {
      emit(current)
      // The reader has learnt one more string by now.
      if (free < 1 << maxWidth) free++
      emit(CLEAR)
      out.endGroup(width)
      strings = new Map()
      free = CLEAR + 1
      width = FIRST_WIDTH
      current = -1
      sinceClear = 0
    }
  }
  if (current >= 0) emit(current)
  return Uint8Array.from([0x1f, 0x9d, 0x80 | maxWidth, ...out.bytes()])
}
