import { isSkyloomError } from '@skyloom/base'
import type { Header } from '@skyloom/fits'
import { type HduHeader, scanHeaders } from '@skyloom/fits/node'
import type { FileFacts, HeaderFacts, MetadataValue, SkyPlace } from '@skyloom/registry'
import { frameConverter, ICRS, pixelScaleDeg, pixelToSky, type Wcs } from '@skyloom/wcs'
import { skyPlace } from './registry-sky.ts'
import { readWcs } from './wcs-file.ts'

/** What a file is, before the definitions of its type are applied. */
export interface DescribedFile {
  readonly type: 'image' | 'catalog' | 'file'
  readonly facts: Omit<FileFacts, 'given'>
  readonly sky: SkyPlace | undefined
  /** Why an image has no place on the sky. */
  readonly warnings: readonly string[]
}

/** Reads the headers of a FITS file; other files are described by their name alone. */
export async function describeFile(path: string, name: string): Promise<DescribedFile> {
  const hdus = await readHdus(path)
  if (hdus === undefined)
    return { type: 'file', facts: { name, hdus: [], computed: {} }, sky: undefined, warnings: [] }
  const image = hdus.find(
    ({ type, shape }) => (type === 'image' || type === 'compressed-image') && shape.length >= 2,
  )
  const table = hdus.find((hdu) => hdu.type === 'table' || hdu.type === 'bintable')
  const facts = hdus.map(headerFacts)
  if (image !== undefined) return await describeImage(path, name, image, facts)
  const data = table ?? hdus[0]
  return {
    type: table === undefined ? 'file' : 'catalog',
    facts: {
      name,
      hdus: facts,
      dataHdu: data?.index,
      computed:
        table === undefined
          ? {}
          : { rows: number(table.header, 'NAXIS2'), columns: number(table.header, 'TFIELDS') },
    },
    sky: undefined,
    warnings: [],
  }
}

/** HDUs of a FITS file; undefined for other files. */
async function readHdus(path: string): Promise<readonly HduHeader[] | undefined> {
  try {
    return (await scanHeaders(path)).hdus
  } catch (error) {
    if (isSkyloomError(error, 'FITS_NOT_FITS')) return undefined
    throw error
  }
}

async function describeImage(
  path: string,
  name: string,
  image: HduHeader,
  hdus: readonly HeaderFacts[],
): Promise<DescribedFile> {
  const [width, height] = image.shape.toReversed()
  const size = { width, height }
  const base = { type: 'image' as const, facts: { name, hdus, dataHdu: image.index, computed: size } }
  try {
    const wcs = await readWcs(path, image.index)
    const sky = skyPlace(wcs)
    const computed = { ...size, ...centreOf(wcs, size) }
    const warnings =
      sky === undefined ? [`${name}: part of the image has no sky; it is not in the sky index`] : []
    return { ...base, facts: { ...base.facts, computed }, sky, warnings }
  } catch (error) {
    if (!isSkyloomError(error)) throw error
    // An image without coordinates is registered all the same, and says so.
    return { ...base, sky: undefined, warnings: [`${name}: not in the sky index: ${error.message}`] }
  }
}

function centreOf(
  wcs: Wcs,
  { width = 0, height = 0 }: { readonly width: number | undefined; readonly height: number | undefined },
): Record<string, number | undefined> {
  const centre = pixelToSky(wcs, (width + 1) / 2, (height + 1) / 2)
  if (centre === undefined) return {}
  const { lonDeg, latDeg } = frameConverter(wcs.frame, ICRS).convert(centre.lonDeg, centre.latDeg)
  const [along, across] = pixelScaleDeg(wcs)
  return { ra: lonDeg, dec: latDeg, pixel_scale: 3600 * Math.sqrt(along * across) }
}

function headerFacts({ index, header }: HduHeader): HeaderFacts {
  return { index, keyword: (keyword) => plainValue(header, keyword) }
}

function plainValue(header: Header, keyword: string): MetadataValue | undefined {
  const value = header.get(keyword)
  if (typeof value === 'bigint') return Number(value)
  return typeof value === 'object' ? undefined : value
}

function number(header: Header, keyword: string): number | undefined {
  const value = plainValue(header, keyword)
  return typeof value === 'number' ? value : undefined
}
