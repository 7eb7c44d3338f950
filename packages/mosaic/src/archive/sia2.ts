import {
  cellAt,
  columnFromCells,
  findColumn,
  isArrayColumn,
  makeTable,
  readVoTableDocument,
  selectRows,
  type Table,
  textColumn,
} from '@skyloom/fits/tables'
import { angularDistanceDeg, polygonsOverlap, type SkyPosition, skyPolygon } from '@skyloom/wcs'
import { MosaicError } from '../errors.ts'
import { type SearchBox, searchPolygon } from './search-box.ts'
import type { NetworkService } from './survey-registry.ts'

/** Rows that are asked for; a list that has more is an error, never half a list. */
const MAX_ROWS = '10000'

/**
 * The question to a Simple Image Access service, version 2: FITS images that touch the circle around a box.
 *
 * Source: IVOA Simple Image Access 2.0, section 2.1.
 */
export function sia2Query(service: NetworkService, box: SearchBox): string {
  const { lonDeg, latDeg } = box.centre
  const radiusDeg = Math.max(
    ...searchPolygon(box).vertices.map((corner) => angularDistanceDeg(box.centre, corner)),
  )
  const url = new URL(service.url)
  const parameters = new Map([
    ['POS', `CIRCLE ${lonDeg} ${latDeg} ${Number(radiusDeg.toFixed(9))}`],
    ['FORMAT', 'image/fits'],
    ['RESPONSEFORMAT', 'votable'],
    ['MAXREC', MAX_ROWS],
    ...service.parameters,
  ])
  for (const [key, value] of parameters) url.searchParams.set(key, value)
  return url.href
}

/**
 * The images of an answer that overlap a box: its columns of numbers and text, behind them `ra1` ... `dec4` where the answer tells
 * four corners for every image, `fname` and `URL`.
 *
 * @param name shown in messages
 * @throws MosaicError `MOSAIC_BAD_ANSWER` for an error of the service, a list that was cut, or one without `access_url`
 * @throws TableError when the answer is no VOTable
 */
export function readSia2Answer(text: string, box: SearchBox, name: string): Table {
  const { tables, infos } = readVoTableDocument(text, { name, onBadValue: 'null' })
  const [table] = tables
  // Overflow is told behind the rows, so the last word counts.
  const status = infos.flatMap((info) =>
    info.kind === 'keyword' && info.name === 'QUERY_STATUS' ? [String(info.value).toUpperCase()] : [],
  )
  if (status.includes('ERROR')) throw badAnswer(name, 'the service answers with an error', textOfInfos(infos))
  if (status.includes('OVERFLOW'))
    throw badAnswer(
      name,
      'the list of images was cut',
      `${table?.rowCount ?? 0} rows`,
      'ask for a smaller region',
    )
  if (table === undefined || findColumn(table, 'access_url') === undefined)
    throw badAnswer(
      name,
      'the answer has no column access_url',
      table?.columns.map((column) => column.name).join(', ') ?? 'no table',
    )
  return imagesOf(table, box)
}

type Infos = ReturnType<typeof readVoTableDocument>['infos']

function textOfInfos(infos: Infos): string {
  return infos
    .map((info) =>
      info.kind === 'keyword' ? `${info.name} ${info.comment ?? String(info.value)}` : info.text,
    )
    .join('; ')
}

function badAnswer(name: string, problem: string, found: string, remedy?: string): MosaicError {
  return new MosaicError('MOSAIC_BAD_ANSWER', problem, {
    where: [name],
    found,
    ...(remedy === undefined ? {} : { remedy }),
  })
}

function imagesOf(all: Table, box: SearchBox): Table {
  const region = findColumn(all, 's_region')
  const outlines = Array.from({ length: all.rowCount }, (_, row) => {
    const cell = region === undefined ? undefined : cellAt(region, row)
    return typeof cell === 'string' ? polygonVertices(cell) : undefined
  })
  const wanted = searchPolygon(box)
  const rows = outlines.flatMap((outline, row) =>
    outline === undefined || polygonsOverlap(wanted, skyPolygon(outline)) ? [row] : [],
  )
  const table = selectRows(all, rows)
  const urls = textColumn(table, 'access_url').map((url) => url.trim())
  const corners = rows.map((row) => outlines[row])
  const cornerColumns = corners.every((outline) => outline?.length === 4)
    ? [0, 1, 2, 3].flatMap((at) => [
        columnFromCells(
          { name: `ra${at + 1}`, type: 'float64' },
          corners.map((outline) => outline?.[at]?.lonDeg ?? null),
        ),
        columnFromCells(
          { name: `dec${at + 1}`, type: 'float64' },
          corners.map((outline) => outline?.[at]?.latDeg ?? null),
        ),
      ])
    : []
  const own = new Set(['cntr', 'fname', 'url', 'access_url'])
  return makeTable([
    columnFromCells(
      { name: 'cntr', type: 'int32' },
      rows.map((_, index) => index + 1),
    ),
    ...cornerColumns,
    ...table.columns.filter((column) => !isArrayColumn(column) && !own.has(column.name.toLowerCase())),
    columnFromCells({ name: 'fname', type: 'string' }, urls.map(fileNameOf)),
    columnFromCells({ name: 'URL', type: 'string' }, urls),
  ])
}

/** `POLYGON ICRS lon lat ...` of ObsCore. */
function polygonVertices(text: string): readonly SkyPosition[] | undefined {
  const match = /^\s*POLYGON\s+(?:[A-Za-z]\w*\s+)*([-+.\deE\s]+)$/i.exec(text)
  const numbers = (match?.[1] ?? '').trim().split(/\s+/).map(Number)
  if (match === null || numbers.length < 6 || numbers.length % 2 !== 0 || !numbers.every(Number.isFinite))
    return undefined
  return Array.from({ length: numbers.length / 2 }, (_, at) => ({
    lonDeg: numbers[2 * at]!,
    latDeg: numbers[2 * at + 1]!,
  }))
}

/**
 * Name for the file behind an address: the last part of its path, without what cannot stand in file names.
 */
export function fileNameOf(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : url
  let last = path.split('/').findLast((part) => part !== '') ?? ''
  try {
    last = decodeURIComponent(last)
  } catch {
    // An address with a stray percent sign keeps it.
  }
  return last.replaceAll(/[^\w.+-]/g, '_').replace(/^\.+/, '') || 'image.fits'
}
