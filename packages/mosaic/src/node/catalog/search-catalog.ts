import { fileFacts, readFileText } from '@skyloom/base/node'
import type { SkyPosition } from '@skyloom/wcs'
import { MosaicError } from '../../errors.ts'
import { readStarCatalog, type StarCatalog, starsAround } from '../../photometry/star-catalog.ts'
import { type HttpOptions, httpText } from '../archive/http-get.ts'

/** Larger catalogues are refused: 1 GiB as a file, 64 MiB as an answer. */
const MAX_FILE_BYTES = 2 ** 30
const MAX_ANSWER_BYTES = 2 ** 26

/**
 * The stars of a catalogue within a circle. The catalogue is a file, or the address of a service that answers cone searches.
 *
 * @param catalog path, or `http`, `https` address; RA, DEC and SR in degrees are added to it
 * @param centre J2000
 * @throws MosaicError `MOSAIC_BAD_CATALOG`, `MOSAIC_ARCHIVE_FAILED`, `MOSAIC_BAD_ANSWER`
 *
 * Source of the question: IVOA Simple Cone Search 1.03, section 2.1.
 */
export async function searchCatalog(
  catalog: string,
  centre: SkyPosition,
  radiusDeg: number,
  options: HttpOptions = {},
): Promise<StarCatalog> {
  const text = /^https?:\/\//i.test(catalog)
    ? await httpText(coneSearch(catalog, centre, radiusDeg), MAX_ANSWER_BYTES, options)
    : await readCatalogFile(catalog)
  return starsAround(readStarCatalog(text, catalog), centre, radiusDeg)
}

function coneSearch(address: string, { lonDeg, latDeg }: SkyPosition, radiusDeg: number): string {
  const url = new URL(address)
  for (const [key, valueDeg] of [
    ['RA', lonDeg],
    ['DEC', latDeg],
    ['SR', radiusDeg],
  ] as const)
    url.searchParams.set(key, String(Number(valueDeg.toFixed(9))))
  return url.href
}

async function readCatalogFile(path: string): Promise<string> {
  try {
    const { sizeBytes } = await fileFacts(path)
    if (sizeBytes > MAX_FILE_BYTES) throw new Error(`${sizeBytes} bytes are more than ${MAX_FILE_BYTES}`)
    return await readFileText(path, 'utf8')
  } catch (cause) {
    throw new MosaicError('MOSAIC_BAD_CATALOG', 'the catalogue cannot be read', {
      where: [path],
      found: cause instanceof Error ? cause.message : String(cause),
      cause,
    })
  }
}
