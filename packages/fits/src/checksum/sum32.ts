/**
 * The ones' complement sum of 32-bit big-endian words that CHECKSUM and DATASUM are made of (FITS Standard 4.0,
 * appendix J.1), added up as the bytes come. Bytes that do not fill a word count as if zeros followed.
 */
export class Sum32 {
  #sum = 0
  #position = 0

  /** The sum of all bytes so far, 0 to 2^32 - 1. */
  get value(): number {
    return this.#sum
  }

  /** Adds the bytes that follow those added before. */
  add(bytes: Uint8Array): this {
    const wordStart = Math.min(bytes.length, (4 - (this.#position % 4)) % 4)
    const wordEnd = wordStart + ((bytes.length - wordStart) & ~3)
    this.#addBytes(bytes.subarray(0, wordStart))
    this.#sum = fold(this.#sum + sumWords(bytes.subarray(wordStart, wordEnd)))
    this.#position += wordEnd - wordStart
    this.#addBytes(bytes.subarray(wordEnd))
    return this
  }

  /** Adds whole words by their sum, as another of these gives it. */
  addSum(sum: number): this {
    this.#sum = addSums(this.#sum, sum)
    return this
  }

  #addBytes(bytes: Uint8Array): void {
    for (const byte of bytes) {
      this.#sum = fold(this.#sum + byte * 2 ** (24 - 8 * (this.#position % 4)))
      this.#position++
    }
  }
}

/** Sum of two of these sums. */
export function addSums(first: number, second: number): number {
  return fold(first + second)
}

/** Words added before the carry is folded in: sums of so many halves of 16 bits stay below 2^31, so that they are whole machine numbers. */
const WORDS_PER_FOLD = 2 ** 15

function sumWords(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let sum = 0
  for (let start = 0; start < bytes.length; start += WORDS_PER_FOLD * 4) {
    const end = Math.min(bytes.length, start + WORDS_PER_FOLD * 4)
    let upper = 0
    let lower = 0
    for (let at = start; at < end; at += 4) {
      const word = view.getInt32(at)
      upper += word >>> 16
      lower += word & 0xffff
    }
    sum = fold(sum + upper * 2 ** 16 + lower)
  }
  return sum
}

/** End-around carry: what is beyond 32 bits is added at the low end. */
function fold(sum: number): number {
  let folded = sum
  while (folded >= 2 ** 32) folded = (folded % 2 ** 32) + Math.floor(folded / 2 ** 32)
  return folded
}
