import { latin1Text } from '../../header/latin1.ts'

/** What went wrong in a text that should be base64. */
export interface Base64Fault {
  /** character in the text, from 0 */
  readonly at: number
  readonly found: string
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const INVALID = 255
const BLANK = 254
const PAD = 253

let codes: Uint8Array | undefined

function codeTable(): Uint8Array {
  if (codes !== undefined) return codes
  codes = new Uint8Array(256).fill(INVALID)
  for (let k = 0; k < 64; k++) codes[ALPHABET.charCodeAt(k)] = k
  for (const blank of ' \t\r\n\f') codes[blank.charCodeAt(0)] = BLANK
  codes['='.charCodeAt(0)] = PAD
  return codes
}

/** The bytes of a base64 text; white space is skipped. */
export function decodeBase64(text: string): Uint8Array | Base64Fault {
  const table = codeTable()
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4) + 3)
  let length = 0
  let bits = 0
  let bitCount = 0
  let isPadded = false
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at)
    const code = char < 256 ? table[char]! : INVALID
    if (code === BLANK) continue
    if (code === PAD) {
      isPadded = true
      continue
    }
    if (code === INVALID || isPadded) return { at, found: text.slice(at, at + 10) }
    bits = ((bits << 6) | code) & 0xffffff
    bitCount += 6
    if (bitCount >= 8) {
      bitCount -= 8
      bytes[length++] = (bits >> bitCount) & 0xff
    }
  }
  return bytes.subarray(0, length)
}

/** Bytes on one line of base64; a multiple of three, so that lines can be joined. */
const LINE_BYTES = 12_288

/** Bytes as base64, in long lines. */
export function encodeBase64(bytes: Uint8Array): string {
  const lines: string[] = []
  for (let from = 0; from < bytes.length; from += LINE_BYTES) {
    lines.push(btoa(latin1Text(bytes.subarray(from, from + LINE_BYTES))))
  }
  return lines.join('\n')
}
