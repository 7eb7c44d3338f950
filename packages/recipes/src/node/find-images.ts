import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { isSkyloomError, type ProgressListener } from '@skyloom/base'
import { cellAt, findColumn, numberColumn, type Table, textColumn } from '@skyloom/fits/tables'
import type { HduChoice, ImageRecord, QualityOptions, RejectedImage, TemplateImage } from '@skyloom/mosaic'
import {
  findPartners,
  listImages,
  readSurveys,
  resolveLocation,
  scanImage,
  scanImages,
} from '@skyloom/mosaic/node'
import { type SkyPosition, wcsFromKeywords } from '@skyloom/wcs'
import { RecipeError } from '../errors.ts'
import { outlineOf, type SourceImage } from '../mosaic/source-image.ts'

/** Where the images of a mosaic come from. */
export type ImageSource =
  | { readonly kind: 'folder'; readonly path: string; readonly hdu: HduChoice }
  | {
      readonly kind: 'survey'
      readonly survey: string
      readonly band: string
      /** Registry of surveys; default: the usual one. */
      readonly surveysFile?: string | undefined
    }

/** The area that is wanted. */
export interface SkyArea {
  /** J2000. */
  readonly centre: SkyPosition
  readonly sizeDeg: { readonly width: number; readonly height: number }
}

/** Images that were found. */
export interface FoundImages {
  readonly images: readonly SourceImage[]
  /** Headers, where they are known. */
  readonly headers: readonly TemplateImage[]
  /** All that the headers of the images say, with their weights and masks; undefined when images are not on this machine. */
  readonly records: readonly ImageRecord[] | undefined
  readonly rejected: readonly RejectedImage[]
  /** Smallest pixel side that a list tells, degrees; undefined when headers are known or the list does not tell. */
  readonly scaleDeg: number | undefined
}

/** What else is looked for, and how the work is followed. */
export interface FindOptions {
  /** Weights, variances and masks that go with the images of a folder. */
  readonly quality?: QualityOptions | undefined
  readonly onProgress?: ProgressListener | undefined
  readonly signal?: AbortSignal | undefined
}

/** The J2000 position of an object or of coordinates, by the registry of surveys. */
export async function findPlace(location: string, surveysFile?: string): Promise<SkyPosition> {
  return await resolveLocation(location, await readSurveys(surveysFile))
}

/**
 * The images of a folder, or those of a survey that overlap an area.
 *
 * @throws RecipeError `RECIPE_BAD_OPTION` for a survey without an area
 * @throws MosaicError those of scanning a folder and of asking an archive
 */
export async function findImages(
  source: ImageSource,
  area: SkyArea | undefined,
  options: FindOptions = {},
): Promise<FoundImages> {
  if (source.kind === 'folder') return await imagesOfFolder(source.path, source.hdu, options)
  if (area === undefined)
    throw new RecipeError('RECIPE_BAD_OPTION', 'a survey is searched around a place', {
      remedy: 'give an object or a position, and --size',
    })
  const { centre, sizeDeg } = area
  const box = { centre, widthDeg: sizeDeg.width, heightDeg: sizeDeg.height }
  const table = await listImages(
    await readSurveys(source.surveysFile),
    { survey: source.survey, band: source.band, box },
    options.signal === undefined ? {} : { signal: options.signal },
  )
  return await withRecords(imagesOfTable(table))
}

async function imagesOfFolder(path: string, hdu: HduChoice, options: FindOptions): Promise<FoundImages> {
  const { quality = {}, ...follow } = options
  const { images, rejected } = await findPartners(await scanImages(path, { hdu, ...follow }), quality)
  return {
    images: images.map((image) => ({
      lfn: image.name,
      url: pathToFileURL(resolve(image.path)).href,
      hdu: image.hdu,
      sizeBytes: image.sizeBytes,
      outline: outlineOf(image),
    })),
    headers: images,
    records: images,
    rejected,
    scaleDeg: undefined,
  }
}

/** The images of an archive folder, told by their headers instead of by its list. */
async function withRecords(found: FoundImages): Promise<FoundImages> {
  if (found.images.some(({ url }) => !url.startsWith('file:'))) return found
  const records: ImageRecord[] = []
  const images: SourceImage[] = []
  const rejected: RejectedImage[] = []
  for (const image of found.images) {
    try {
      const record = await scanImage(fileURLToPath(image.url), image.lfn, image.hdu)
      records.push(record)
      images.push({ ...image, sizeBytes: record.sizeBytes, outline: outlineOf(record) })
    } catch (error) {
      if (!isSkyloomError(error)) throw error
      rejected.push({ name: image.lfn, code: error.code, reason: error.message })
    }
  }
  return { ...found, images, records, headers: records, rejected }
}

function imagesOfTable(table: Table): FoundImages {
  const urls = textColumn(table, 'URL', 'url')
  const names = textColumn(table, 'fname', 'file')
  const hdus = findColumn(table, 'hdu') === undefined ? undefined : numberColumn(table, 'hdu')
  const hasCorners = findColumn(table, 'ra1') !== undefined
  const headers = hasCorners ? [] : urls.map((url, row) => headerOfRow(table, row, url))
  const outlines = hasCorners ? cornersOf(table) : headers.map(outlineOf)
  const images = urls.map((url, row) => ({
    lfn: names[row] ?? '',
    url,
    hdu: hdus?.[row] ?? 0,
    sizeBytes: undefined,
    outline: outlines[row] ?? [],
  }))
  return { images, headers, records: undefined, rejected: [], scaleDeg: smallestScale(table) }
}

function cornersOf(table: Table): readonly (readonly SkyPosition[])[] {
  const corners = [1, 2, 3, 4].map((n) => ({
    lon: numberColumn(table, `ra${n}`),
    lat: numberColumn(table, `dec${n}`),
  }))
  return Array.from({ length: table.rowCount }, (_, row) =>
    corners.map(({ lon, lat }) => ({ lonDeg: lon[row]!, latDeg: lat[row]! })),
  )
}

/** What the columns of Montage's image tables tell of an image. @throws WcsError when they do not tell its place */
function headerOfRow(table: Table, row: number, name: string): TemplateImage {
  const keyword = (key: string): string | number | undefined => {
    const column = findColumn(table, key.toLowerCase())
    const value = column === undefined ? undefined : cellAt(column, row)
    return typeof value === 'string' || typeof value === 'number' ? value : undefined
  }
  const [width, height] = [Number(keyword('NAXIS1')), Number(keyword('NAXIS2'))]
  return { wcs: wcsFromKeywords(keyword, { name, naxis: [width, height] }), width, height }
}

function smallestScale(table: Table): number | undefined {
  if (findColumn(table, 'cdelt2') === undefined) return undefined
  const scales = Array.from(numberColumn(table, 'cdelt2'), Math.abs).filter((scale) => scale > 0)
  return scales.length === 0 ? undefined : Math.min(...scales)
}
