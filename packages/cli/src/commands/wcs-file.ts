import { readFile } from 'node:fs/promises'
import { isSkyloomError } from '@skyloom/base'
import { fileSource } from '@skyloom/base/node'
import { FitsError, type Header, parseHeaderTemplate } from '@skyloom/fits'
import { scanHeaders } from '@skyloom/fits/node'
import { type KeywordSource, type Wcs, wcsFromKeywords } from '@skyloom/wcs'
import { readLookup } from './wcs-lookup.ts'

/** A header that may hold coordinates. */
export interface WcsHeader {
  /** Number of the HDU; 0 for a text header. */
  readonly index: number
  readonly header: Header
  readonly keywords: KeywordSource
  /** Lengths of the axes, NAXIS1 first; undefined where the keywords tell. */
  readonly naxis: readonly number[] | undefined
}

/** Headers of a FITS file or of a text header, in order; only the chosen one when an HDU is named. */
export async function wcsHeaders(
  path: string,
  hdu: number | string | undefined,
): Promise<readonly WcsHeader[]> {
  if (await isText(path)) {
    const header = parseHeaderTemplate(await readFile(path, 'latin1'), path)
    return [{ index: 0, header, keywords: keywordsOf(header), naxis: undefined }]
  }
  const { hdus } = await scanHeaders(path)
  const chosen = hdus.filter(
    ({ index, name }) =>
      hdu === undefined ||
      index === hdu ||
      (typeof hdu === 'string' && name.toUpperCase() === hdu.toUpperCase()),
  )
  return chosen.map(({ index, header, shape }) => ({
    index,
    header,
    keywords: keywordsOf(header),
    naxis: shape.length > 0 ? shape.toReversed() : undefined,
  }))
}

/** Two cards: a text header has a line end in them, a FITS file has none. */
const HEAD_BYTES = 162

async function isText(path: string): Promise<boolean> {
  const file = await fileSource(path)
  try {
    const head = new Uint8Array(HEAD_BYTES)
    const count = await file.readInto(head, 0)
    const bytes = head.subarray(0, count)
    return (
      bytes.includes(10) &&
      bytes.every((byte) => byte === 9 || byte === 10 || byte === 13 || (byte >= 32 && byte < 127))
    )
  } finally {
    await file.close()
  }
}

function keywordsOf(header: Header): KeywordSource {
  return (keyword) => {
    const value = header.get(keyword)
    return typeof value === 'object' ? undefined : value
  }
}

/**
 * The coordinate system of a file: of the HDU that is named, else of the first that has one.
 *
 * @throws WcsError the reason of the first HDU when none has one
 */
export async function readWcs(path: string, hdu: number | string | undefined): Promise<Wcs> {
  const failures: Error[] = []
  for (const { header, keywords, naxis } of await wcsHeaders(path, hdu)) {
    try {
      const lookup = naxis === undefined ? undefined : await readLookup(path, header, keywordsOf)
      return wcsFromKeywords(keywords, {
        name: path,
        ...(naxis === undefined ? {} : { naxis }),
        ...(lookup === undefined ? {} : { lookup }),
      })
    } catch (error) {
      if (!isSkyloomError(error)) throw error
      failures.push(error)
    }
  }
  // An HDU without any coordinates says less than one with faulty ones.
  const failure = failures.find((error) => !isSkyloomError(error, 'WCS_NO_CELESTIAL_AXES')) ?? failures[0]
  if (failure === undefined) throw noSuchHdu(path, hdu)
  throw failure
}

function noSuchHdu(path: string, hdu: number | string | undefined): FitsError {
  return new FitsError('FITS_NO_SUCH_HDU', { file: path }, 'there is no such HDU', { found: String(hdu) })
}
