import { open } from 'node:fs/promises'
import { RunnerError } from '../errors.ts'
import { publicUrl } from '../files/file-url.ts'

/** Logical names of files that may be pages or XML documents. */
const MARKUP = /\.(?:x?html?|xml|vot(?:able)?|svg|kml|xsd|php|aspx?)(?:\.gz)?$/i
/** Beginnings of pages of servers and of error documents of object stores. */
const PAGE =
  /^\uFEFF?\s*(?:<!doctype\s+html|<html[\s>]|<\?xml[^>]*>\s*(?:<!doctype\s+html|<html[\s>]|<error>))/i
/** Bytes that are looked at. */
const HEAD_BYTES = 512

/**
 * Refuses a page that came in place of data: a login, a portal or an error of a server that says it is a success.
 *
 * @throws {RunnerError} `RUNNER_TRANSFER_FAILED`
 */
export async function checkIsNoPage(path: string, lfn: string, url: string): Promise<void> {
  if (MARKUP.test(lfn)) return
  const handle = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0)
    const text = buffer.toString('utf8', 0, bytesRead)
    if (!PAGE.test(text)) return
    throw new RunnerError('RUNNER_TRANSFER_FAILED', 'the server gave a page in place of data', {
      where: [publicUrl(url)],
      found: text.slice(0, 80).replaceAll(/\s+/g, ' '),
      remedy: 'look at the address in a browser: often it asks for a login',
    })
  } finally {
    await handle.close()
  }
}
