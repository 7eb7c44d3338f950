const asciiDecoder = new TextDecoder()
const asciiEncoder = new TextEncoder()

/** A spread call takes its arguments from the stack; engines allow at least 64 Ki. */
const MAX_ARGUMENTS = 8192

/** Text of header bytes, one character a byte, whatever the byte: nothing is lost and nothing throws. */
export function latin1Text(bytes: Uint8Array): string {
  // Headers are ASCII but for faults; the decoder is ten times as fast, but has no encoding that keeps every byte. Of UTF-8 beyond ASCII it makes
  // fewer characters than there are bytes, of other bytes the replacement character.
  const text = asciiDecoder.decode(bytes)
  if (text.length === bytes.length && !text.includes('\ufffd')) return text
  const parts: string[] = []
  for (let start = 0; start < bytes.length; start += MAX_ARGUMENTS) {
    parts.push(String.fromCharCode(...bytes.subarray(start, start + MAX_ARGUMENTS)))
  }
  return parts.join('')
}

/** Bytes of a text whose characters are all below 256. */
export function latin1Bytes(text: string): Uint8Array {
  // Characters beyond ASCII take two bytes in UTF-8: equal lengths say that there are none.
  const encoded = asciiEncoder.encode(text)
  return encoded.length === text.length ? encoded : Uint8Array.from(text, (char) => char.charCodeAt(0))
}
