import { MosaicError } from '../errors.ts'

/** Bytes that are enough to tell what a file is. */
export const HEAD_BYTES = 512

/** What the first bytes of a file say that it is. */
export type AnswerKind = 'fits' | 'gzip' | 'bzip2' | 'html' | 'xml' | 'status' | 'other'

/** What a file is, by its first bytes. */
export function kindOfAnswer(head: Uint8Array): AnswerKind {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip'
  const text = new TextDecoder('latin1')
    .decode(head.subarray(0, HEAD_BYTES))
    .replace(/^(?:\u00ef\u00bb\u00bf)?\s*/, '')
  if (text.startsWith('SIMPLE  =')) return 'fits'
  if (/^BZh[1-9]/.test(text)) return 'bzip2'
  if (/^(?:<!--[^]*?-->\s*)?<(?:!doctype\s+html|html|head|body|script)\b/i.test(text)) return 'html'
  if (/^<\?xml[^]*?<html\b/i.test(text)) return 'html'
  if (text.startsWith('[struct stat="ERROR"')) return 'status'
  return text.startsWith('<?xml') || text.startsWith('<VOTABLE') ? 'xml' : 'other'
}

/**
 * Checks that a file begins as its name promises: a login page, the error of a service or a table is no image.
 *
 * @param fileName name under which it is kept
 * @param name     shown in messages: the address
 * @throws MosaicError `MOSAIC_BAD_ANSWER`
 */
export function checkAnswer(head: Uint8Array, fileName: string, name: string): void {
  const kind = kindOfAnswer(head)
  const wantsFits = /\.(?:fits?|fts|fz)$/i.test(fileName)
  if (head.length === 0) throw wrongAnswer(name, 'nothing')
  if (kind === 'status') throw wrongAnswer(name, `the message ${firstLine(head)}`)
  if (kind === 'html' && !/\.(?:x?html?|php)$/i.test(fileName))
    throw wrongAnswer(name, 'a web page, such as a login page')
  if (wantsFits && kind !== 'fits')
    throw wrongAnswer(name, kind === 'xml' ? 'an XML document' : `no FITS file: ${firstLine(head)}`)
}

function firstLine(head: Uint8Array): string {
  return JSON.stringify(new TextDecoder('latin1').decode(head.subarray(0, 80)).split(/[\r\n]/, 1)[0])
}

function wrongAnswer(name: string, found: string): MosaicError {
  return new MosaicError('MOSAIC_BAD_ANSWER', 'the archive answers with something else than the file', {
    where: [name],
    found,
    remedy: 'open the address in a browser to see what the archive says',
  })
}
