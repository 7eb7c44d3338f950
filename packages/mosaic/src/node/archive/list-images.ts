import { readFile } from 'node:fs/promises'
import { basename, isAbsolute, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  columnFromCells,
  findColumn,
  makeTable,
  numberColumn,
  readIpacTable,
  selectRows,
  type Table,
  textColumn,
} from '@skyloom/fits/tables'
import { frameConverter, ICRS, pixelToSky, polygonsOverlap, type SkyPosition, skyPolygon } from '@skyloom/wcs'
import { kindOfAnswer } from '../../archive/check-answer.ts'
import { type SearchBox, searchPolygon } from '../../archive/search-box.ts'
import { readSia2Answer, sia2Query } from '../../archive/sia2.ts'
import { type FolderService, findSurveyBand, type SurveyRegistry } from '../../archive/survey-registry.ts'
import { readTableAnswer, tableServiceQuery } from '../../archive/table-service.ts'
import { MosaicError } from '../../errors.ts'
import type { ImageRecord } from '../../image-table/image-record.ts'
import { imageTable } from '../../image-table/image-table.ts'
import { scanImages } from '../scan-images.ts'
import { type HttpOptions, httpText } from './http-get.ts'

/** Which images are looked for. */
export interface ImageSearch {
  readonly survey: string
  readonly band: string
  readonly box: SearchBox
}

/** Longer lists are refused: 64 MiB. */
const MAX_LIST_BYTES = 2 ** 26

/**
 * The images of a survey that overlap a box, as a table with a column `URL` that {@link fetchFile} takes. An empty table is an answer.
 *
 * @throws MosaicError `MOSAIC_UNKNOWN_SURVEY`, `MOSAIC_ARCHIVE_FAILED`, `MOSAIC_BAD_ANSWER`, for folders `MOSAIC_NO_FILES`
 * @throws TableError when an answer or an index is no table
 */
export async function listImages(
  registry: SurveyRegistry,
  search: ImageSearch,
  options: HttpOptions = {},
): Promise<Table> {
  const { name, service } = findSurveyBand(registry, search.survey, search.band)
  if (service.kind === 'folder') return await listFolder(service, search.box)
  const isTable = service.kind === 'table'
  const url = isTable
    ? tableServiceQuery(service, search.survey, name, search.box)
    : sia2Query(service, search.box)
  const text = await httpText(url, MAX_LIST_BYTES, {
    timeoutSeconds: registry.timeoutSeconds,
    retries: registry.retries,
    ...options,
  })
  if (kindOfAnswer(new TextEncoder().encode(text.slice(0, 2000))) === 'html')
    throw new MosaicError('MOSAIC_BAD_ANSWER', 'the archive answers with a web page instead of a list', {
      where: [url],
    })
  return isTable ? readTableAnswer(text, url) : readSia2Answer(text, search.box, url)
}

async function listFolder(service: FolderService, box: SearchBox): Promise<Table> {
  const { table, outlines } =
    service.index === undefined
      ? await scanFolder(service.path)
      : await readIndex(service.path, service.index)
  const wanted = searchPolygon(box)
  const rows = outlines.flatMap((outline, row) => (polygonsOverlap(wanted, skyPolygon(outline)) ? [row] : []))
  const found = selectRows(table, rows)
  const names = textColumn(found, 'fname', 'file')
  const urls = names.map(
    (name) => pathToFileURL(isAbsolute(name) ? name : join(resolve(service.path), name)).href,
  )
  const columns = found.columns.filter(({ name }) => !['url', 'fname', 'file'].includes(name.toLowerCase()))
  return makeTable([
    ...columns,
    columnFromCells(
      { name: 'fname', type: 'string' },
      names.map((name) => basename(name)),
    ),
    columnFromCells({ name: 'URL', type: 'string' }, urls),
  ])
}

interface ListedFolder {
  readonly table: Table
  readonly outlines: readonly (readonly SkyPosition[])[]
}

async function scanFolder(folder: string): Promise<ListedFolder> {
  const { images } = await scanImages(folder, { hdu: 'first' })
  return { table: imageTable(images), outlines: images.map(cornersOf) }
}

function cornersOf({ wcs, width, height, name }: ImageRecord): readonly SkyPosition[] {
  const toIcrs = frameConverter(wcs.frame, ICRS)
  const [right, top] = [width + 0.5, height + 0.5]
  const corners = [
    [0.5, 0.5],
    [right, 0.5],
    [right, top],
    [0.5, top],
  ] as const
  return corners.map(([fitsX, fitsY]) => {
    const sky = pixelToSky(wcs, fitsX, fitsY)
    if (sky !== undefined) return toIcrs.convert(sky.lonDeg, sky.latDeg)
    throw new MosaicError('MOSAIC_NO_IMAGES', 'a corner of the image lies off the sky', {
      where: [name],
      remedy: 'make an index with mImgtbl -c and correct it',
    })
  })
}

async function readIndex(folder: string, index: string): Promise<ListedFolder> {
  const path = resolve(folder, index)
  const text = await readFile(path, 'latin1').catch((cause: unknown) => {
    throw new MosaicError('MOSAIC_NO_FILES', 'the index of the archive folder cannot be read', {
      where: [path],
      remedy: 'make it with mImgtbl -c',
      cause,
    })
  })
  const { table } = readIpacTable(text, { name: path, onBadValue: 'null', extendLastColumn: true })
  const names = [1, 2, 3, 4].flatMap((corner) => [`ra${corner}`, `dec${corner}`])
  const missing = names.filter((name) => findColumn(table, name) === undefined)
  if (missing.length > 0)
    throw new MosaicError('MOSAIC_BAD_SURVEYS', 'the index of the archive folder tells no corners', {
      where: [path],
      found: `no ${missing.join(', ')}`,
      remedy: 'make it with mImgtbl -c',
    })
  const columns = names.map((name) => numberColumn(table, name))
  const outlines = Array.from({ length: table.rowCount }, (_, row) =>
    [0, 2, 4, 6].map((at) => ({ lonDeg: columns[at]?.[row] ?? 0, latDeg: columns[at + 1]?.[row] ?? 0 })),
  )
  return { table, outlines }
}
