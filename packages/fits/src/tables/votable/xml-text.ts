import { TableError } from '../errors.ts'

/** Characters that XML 1.0 cannot hold in any form, lone surrogates included. */
const FORBIDDEN =
  // biome-ignore lint: control characters are the point
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

/**
 * Text for element content and attribute values in double quotes.
 *
 * @throws TableError `TABLE_UNWRITABLE` for characters that XML does not have
 */
export function escapeXml(text: string, column?: string): string {
  const forbidden = FORBIDDEN.exec(text)
  if (forbidden !== null) {
    const code = forbidden[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')
    throw new TableError('TABLE_UNWRITABLE', { column }, 'XML cannot hold the character', {
      found: `U+${code} at character ${forbidden.index + 1}`,
      remedy: 'write BINARY2, which keeps any text',
    })
  }
  return text.replace(/[&<>"\r\n\t]/g, (char) => ESCAPES.get(char) ?? char)
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  // Line ends and tabs would be normalised by parsers.
  ['\r', '&#13;'],
  ['\n', '&#10;'],
  ['\t', '&#9;'],
])
