/** Value of CHECKSUM while the sum is taken (FITS Standard 4.0, section 4.4.2.7). */
export const ZERO_CHECKSUM = '0000000000000000'

/** True for the ASCII punctuation that the encoding avoids: `:` to `@` and `[` to `` ` `` (appendix J.3). */
function isPunctuation(code: number): boolean {
  return (code >= 0x3a && code <= 0x40) || (code >= 0x5b && code <= 0x60)
}

/**
 * The 16 characters that bring the sum of an HDU to all ones (FITS Standard 4.0, appendix J.3): the complement of the sum,
 * each byte spread over four characters from `0` on, turned right by one because the string starts in column 12.
 *
 * @param sum ones' complement sum of the HDU whose CHECKSUM is {@link ZERO_CHECKSUM}
 */
export function encodeChecksum(sum: number): string {
  const complement = (0xffffffff - sum) >>> 0
  const codes = new Array<number>(16).fill(0)
  for (let byteIndex = 0; byteIndex < 4; byteIndex++) {
    const byte = (complement >>> (24 - 8 * byteIndex)) & 0xff
    const quarter = (byte >> 2) + 0x30
    const spread = [quarter + (byte & 3), quarter, quarter, quarter]
    avoidPunctuation(spread, 0)
    avoidPunctuation(spread, 2)
    spread.forEach((code, part) => {
      codes[(4 * part + byteIndex + 1) % 16] = code
    })
  }
  return String.fromCharCode(...codes)
}

/** Moves two characters apart until neither is punctuation; their sum stays. */
function avoidPunctuation(codes: number[], first: number): void {
  while (isPunctuation(codes[first] ?? 0) || isPunctuation(codes[first + 1] ?? 0)) {
    codes[first] = (codes[first] ?? 0) + 1
    codes[first + 1] = (codes[first + 1] ?? 0) - 1
  }
}
