import { TableError } from '../errors.ts'

/** Encodings that a declaration may name, and the decoder for each. */
const ENCODINGS: ReadonlyMap<string, string> = new Map([
  ['utf-8', 'utf-8'],
  ['utf8', 'utf-8'],
  ['us-ascii', 'utf-8'],
  ['ascii', 'utf-8'],
  ['iso-8859-1', 'latin1'],
  ['latin1', 'latin1'],
  ['windows-1252', 'windows-1252'],
  ['utf-16', 'utf-16le'],
])

/**
 * An XML document as text: the encoding from the byte order mark, else from the declaration, else UTF-8.
 *
 * @throws TableError `TABLE_UNSUPPORTED`, `TABLE_BAD_SYNTAX` for bytes that are not of the encoding
 */
export function decodeXml(input: string | Uint8Array, source: string | undefined): string {
  if (typeof input === 'string') return input.startsWith('\uFEFF') ? input.slice(1) : input
  const label = markedEncoding(input) ?? declaredEncoding(input, source)
  try {
    return new TextDecoder(label, { fatal: true }).decode(input)
  } catch (cause) {
    throw new TableError(
      'TABLE_BAD_SYNTAX',
      { source },
      `the bytes are not ${label}, the encoding of the document`,
      {
        remedy: 'declare the right encoding in the first line',
        cause,
      },
    )
  }
}

function markedEncoding(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  if (bytes[0] === 0 && bytes[1] === 0x3c) return 'utf-16be'
  if (bytes[0] === 0x3c && bytes[1] === 0) return 'utf-16le'
  return undefined
}

function declaredEncoding(bytes: Uint8Array, source: string | undefined): string {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 200))
  const declared = /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([^"']+)["']/.exec(start)?.[1]
  if (declared === undefined) return 'utf-8'
  const label = ENCODINGS.get(declared.toLowerCase())
  if (label !== undefined) return label
  throw new TableError(
    'TABLE_UNSUPPORTED',
    { source, line: 1 },
    'the encoding of the document is not supported',
    {
      found: declared,
      allowed: [...ENCODINGS.keys()].join(' '),
    },
  )
}
