import type { Header } from '@skyloom/fits'
import {
  type IpacTableFormat,
  keywordNote,
  type MontageUserField,
  tableFromRows,
  writeIpacTable,
} from '@skyloom/fits/tables'
import { effectiveScale, sexagesimalDec, sexagesimalRa } from '@skyloom/mosaic'
import { type ClassicWcs, pixelJ2000, uncheckedWcs } from '../header/classic-wcs.ts'
import { headerError } from '../header/header-error.ts'
import { classicCorners } from '../image/classic-corners.ts'

/** Values of one row by their columns. */
export type ImageRow = ReadonlyMap<string, string | number | null>

/** Where an image was found. */
export interface ImagePlace {
  readonly name: string
  readonly hdu: number
  readonly sizeBytes: number
}

const CUBE = [
  'naxis',
  'naxis3',
  'crval3',
  'cdelt3',
  'crpix3',
  'naxis4',
  'crval4',
  'cdelt4',
  'crpix4',
] as const

/**
 * Which corner comes second after the lower left one: the one that gives all images one sense of rotation on the sky, or always the lower
 * right one.
 */
export type CornerOrder = 'sky' | 'right'

/**
 * The row of an image in a metadata table.
 *
 * @throws MontageError `MONTAGE_BAD_HEADER` for an image without usable coordinates
 */
export function imageRow(
  header: Header,
  place: ImagePlace,
  fields: readonly MontageUserField[],
  order: CornerOrder = 'sky',
): ImageRow {
  const row = commonCells(header, place, fields)
  setGeometry(row, header, place.name, order)
  return row
}

/** The row of an image without usable coordinates: its size, and zeros for the rest. */
export function badImageRow(
  header: Header,
  place: ImagePlace,
  fields: readonly MontageUserField[],
): ImageRow {
  const row = commonCells(header, place, fields)
  const side = (keyword: string): number => {
    const value = header.get(keyword)
    return typeof value === 'number' ? value : 0
  }
  row.set('naxis1', side('NAXIS1')).set('naxis2', side('NAXIS2'))
  return row.set('cra', sexagesimalRa(0)).set('cdec', sexagesimalDec(0))
}

function commonCells(
  header: Header,
  place: ImagePlace,
  fields: readonly MontageUserField[],
): Map<string, string | number | null> {
  const row = new Map<string, string | number | null>()
  for (const { name } of fields) row.set(name, rawText(header, name))
  for (const name of CUBE) row.set(name, rawText(header, name))
  return row.set('size', place.sizeBytes).set('hdu', place.hdu).set('fname', place.name)
}

function setGeometry(
  row: Map<string, string | number | null>,
  header: Header,
  name: string,
  order: CornerOrder,
): void {
  const types = [rawText(header, 'CTYPE1') ?? '', rawText(header, 'CTYPE2') ?? '']
  types.forEach((type, axis) => {
    if (type === '') throw headerError(name, `Missing CTYPE${axis + 1}`)
    if (!/^[^-]+-+[^-]/.test(type)) throw headerError(name, `Invalid CTYPE${axis + 1}`)
  })
  const sky = uncheckedWcs(header, name)
  const { wcs } = sky
  const { width = 0, height = 0 } = wcs
  if (width < 1 || height < 1) throw headerError(name, 'Invalid NAXIS1')
  const centre = pixelJ2000(sky, width / 2, height / 2)
  const { cdelt1, cdelt2, crota2 } = scaleOf(header, sky)
  row.set('ra', centre?.lonDeg ?? 0).set('dec', centre?.latDeg ?? 0)
  row.set('cra', sexagesimalRa(centre?.lonDeg ?? 0)).set('cdec', sexagesimalDec(centre?.latDeg ?? 0))
  row.set('naxis1', width).set('naxis2', height)
  row.set('ctype1', types[0] ?? '').set('ctype2', types[1] ?? '')
  row.set('crpix1', wcs.crpix[0]).set('crpix2', wcs.crpix[1])
  row.set('crval1', wcs.crval[wcs.isLatFirst ? 1 : 0]).set('crval2', wcs.crval[wcs.isLatFirst ? 0 : 1])
  row.set('cdelt1', cdelt1).set('cdelt2', cdelt2).set('crota2', crota2)
  row.set('equinox', wcs.frame.equinoxYear ?? 2000)
  const [lowerLeft, lowerRight, upperRight, upperLeft] = classicCorners(width, height)
  const goesRight = order === 'right' || cdelt1 > 0 === cdelt2 > 0
  const corners = goesRight
    ? [lowerLeft, lowerRight, upperRight, upperLeft]
    : [lowerLeft, upperLeft, upperRight, lowerRight]
  corners.forEach(([x, y], index) => {
    // A pixel beyond the corner of a map of the whole sky is off the sky.
    const corner = pixelJ2000(sky, x, y) ?? pixelJ2000(sky, Math.max(x, 0.5), Math.max(y, 0.5))
    row.set(`ra${index + 1}`, corner?.lonDeg ?? 0).set(`dec${index + 1}`, corner?.latDeg ?? 0)
  })
}

/** Increments and rotation as the header gives them, or those that its matrix stands for. */
export function scaleOf(
  header: Header,
  { wcs }: ClassicWcs,
): { readonly cdelt1: number; readonly cdelt2: number; readonly crota2: number } {
  const hasMatrix = [...header.keywords()].some((keyword) => /^(?:CD|PC)\d/.test(keyword))
  if (hasMatrix || !header.has('CDELT1') || !header.has('CDELT2')) return effectiveScale(wcs)
  const cdelt1 = header.number('CDELT1')
  const cdelt2 = header.number('CDELT2')
  const crota2 = header.number('CROTA2', header.number('CROTA1', 0))
  const isTurned = cdelt1 > 0 && cdelt2 > 0 && Math.abs(crota2) > 90
  const rotation = (((isTurned ? crota2 + 180 : crota2) % 360) + 360) % 360
  return isTurned
    ? { cdelt1: -cdelt1, cdelt2: -cdelt2, crota2: rotation }
    : { cdelt1, cdelt2, crota2: rotation }
}

/** The text of a keyword's value as it stands in the card; null when the keyword is absent. */
function rawText(header: Header, name: string): string | null {
  const card = header.card(name.toUpperCase())
  if (card === undefined || card.value === undefined) return null
  if (typeof card.value === 'string') return card.value.trimEnd()
  return card.raw.slice(10).split('/')[0]?.trim() ?? null
}

const NUMBERS: ReadonlySet<string> = new Set([
  'cntr',
  'ra',
  'dec',
  'naxis1',
  'naxis2',
  'crpix1',
  'crpix2',
  'crval1',
  'crval2',
  'cdelt1',
  'cdelt2',
  'crota2',
  'equinox',
  'size',
  'hdu',
  ...[1, 2, 3, 4].flatMap((corner) => [`ra${corner}`, `dec${corner}`]),
])

/** Layout of a metadata table. */
export interface ImageTableLayout {
  readonly format: IpacTableFormat
  /** Columns of further keywords. */
  readonly fields?: readonly MontageUserField[]
}

/** The metadata table of images as text; images are numbered from 0. */
export function formatImageRows(rows: readonly ImageRow[], layout: ImageTableLayout): string {
  const names = [
    ...NUMBERS,
    'cra',
    'cdec',
    'ctype1',
    'ctype2',
    'fname',
    ...CUBE,
    ...(layout.fields ?? []).map(({ name }) => name),
  ]
  const columns = names.map((name) => ({
    name,
    type: NUMBERS.has(name) ? ('float64' as const) : ('string' as const),
  }))
  const cells = rows.map((row, counter) =>
    names.map((name) => (name === 'cntr' ? counter : (row.get(name) ?? (NUMBERS.has(name) ? 0 : null)))),
  )
  const table = tableFromRows(columns, cells, { notes: [keywordNote('datatype', 'fitshdr')] })
  return writeIpacTable(table, layout.format)
}
