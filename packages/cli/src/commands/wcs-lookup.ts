import { type Header, readImage } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import {
  type KeywordSource,
  type LookupDistortion,
  type LookupTable,
  lookupReferences,
  lookupTableFromKeywords,
} from '@skyloom/wcs'

/** The lookup-table distortions that a header names, read from the extensions of its file; undefined when it names none. */
export async function readLookup(
  path: string,
  header: Header,
  keywordsOf: (header: Header) => KeywordSource,
): Promise<LookupDistortion | undefined> {
  const references = lookupReferences((keyword) =>
    header.cardsOf(keyword).map(({ value }) => (typeof value === 'object' ? undefined : value)),
  )
  if (references.length === 0) return undefined
  await using file = await openFitsFile(path)
  const tables = new Map<string, LookupTable>()
  for (const { kind, axis, extname, extver } of references) {
    const hdu = await file.hdu({ name: extname, version: extver })
    const { data } = await readImage(hdu, { as: 'float32' })
    tables.set(`${kind} ${axis}`, lookupTableFromKeywords(keywordsOf(hdu.header), data, path))
  }
  const pair = (kind: 'detector' | 'prior'): LookupDistortion['prior'] => [
    tables.get(`${kind} 1`),
    tables.get(`${kind} 2`),
  ]
  return { detector: pair('detector'), prior: pair('prior') }
}
