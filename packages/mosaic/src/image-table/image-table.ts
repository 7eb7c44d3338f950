import { montageImageTableFormat, type Table, tableFromRows, writeIpacTable } from '@skyloom/fits/tables'
import { FK5_J2000, frameConverter, pixelToSky, type SkyPosition, type Wcs } from '@skyloom/wcs'
import type { ImageRecord } from './image-record.ts'

/** Columns of Montage's image metadata table, with their types. */
const COLUMNS = [
  ['cntr', 'int32'],
  ['ra', 'float64'],
  ['dec', 'float64'],
  ['cra', 'string'],
  ['cdec', 'string'],
  ['naxis1', 'int32'],
  ['naxis2', 'int32'],
  ['ctype1', 'string'],
  ['ctype2', 'string'],
  ['crpix1', 'float64'],
  ['crpix2', 'float64'],
  ['crval1', 'float64'],
  ['crval2', 'float64'],
  ['cdelt1', 'float64'],
  ['cdelt2', 'float64'],
  ['crota2', 'float64'],
  ['equinox', 'float64'],
  ['size', 'float64'],
  ['hdu', 'int32'],
  ['fname', 'string'],
] as const

/** What the table tells of an image. */
export type TableImage = Pick<ImageRecord, 'name' | 'hdu' | 'sizeBytes' | 'width' | 'height' | 'wcs'>

/**
 * The image metadata table (`images.tbl`) of the given images, in their order, with the columns that Montage's mImgtbl
 * writes. `ra` and `dec` are the J2000 position of pixel (naxis1/2, naxis2/2).
 */
export function imageTable(images: readonly TableImage[]): Table {
  return tableFromRows(
    COLUMNS.map(([name, type]) => ({ name, type })),
    images.map((image, index) => imageRow(image, index)),
    { notes: [{ kind: 'keyword', name: 'datatype', value: 'fitshdr' }] },
  )
}

/** `images.tbl` as text. */
export function formatImageTable(images: readonly TableImage[]): string {
  return writeIpacTable(imageTable(images), montageImageTableFormat({ hasCube: false }))
}

function imageRow(image: TableImage, index: number): readonly (string | number | null)[] {
  const { wcs, width, height } = image
  const sky = positionJ2000(wcs, width / 2, height / 2)
  const { cdelt1, cdelt2, crota2 } = effectiveScale(wcs)
  return [
    index,
    sky?.lonDeg ?? null,
    sky?.latDeg ?? null,
    sky === undefined ? null : sexagesimalRa(sky.lonDeg),
    sky === undefined ? null : sexagesimalDec(sky.latDeg),
    width,
    height,
    wcs.isLatFirst ? wcs.ctype[1] : wcs.ctype[0],
    wcs.isLatFirst ? wcs.ctype[0] : wcs.ctype[1],
    wcs.crpix[0],
    wcs.crpix[1],
    wcs.crval[wcs.isLatFirst ? 1 : 0],
    wcs.crval[wcs.isLatFirst ? 0 : 1],
    cdelt1,
    cdelt2,
    crota2,
    wcs.frame.equinoxYear ?? 2000,
    image.sizeBytes,
    image.hdu,
    image.name,
  ]
}

function positionJ2000(wcs: Wcs, fitsX: number, fitsY: number): SkyPosition | undefined {
  const sky = pixelToSky(wcs, fitsX, fitsY)
  return sky === undefined ? undefined : frameConverter(wcs.frame, FK5_J2000).convert(sky.lonDeg, sky.latDeg)
}

/** Increments and rotation that describe a CD matrix as Montage's tables do: rows upwards, rotation in [0, 360). */
export function effectiveScale(wcs: Pick<Wcs, 'cd'>): {
  readonly cdelt1: number
  readonly cdelt2: number
  readonly crota2: number
} {
  const [lonX, lonY, latX, latY] = wcs.cd
  const isMirrored = lonX * latY - lonY * latX < 0
  const cdelt1 = Math.hypot(lonX, latX) * (isMirrored ? -1 : 1)
  const cdelt2 = Math.hypot(lonY, latY)
  const rotation = (Math.atan2(-lonY, latY) * 180) / Math.PI
  return { cdelt1, cdelt2, crota2: rotation < 0 ? rotation + 360 : rotation + 0 }
}

/** `05h 34m 21.96s` */
export function sexagesimalRa(lonDeg: number): string {
  const hundredths = Math.round((((lonDeg % 360) + 360) % 360) * 24000)
  const wrapped = hundredths % (24 * 360000)
  return `${two(Math.floor(wrapped / 360000))}h ${two(Math.floor(wrapped / 6000) % 60)}m ${seconds(wrapped % 6000, 100, 2)}s`
}

/** `-05d 15m 11.5s` */
export function sexagesimalDec(latDeg: number): string {
  const tenths = Math.round(Math.abs(latDeg) * 36000)
  const sign = latDeg < 0 ? '-' : '+'
  return `${sign}${two(Math.floor(tenths / 36000))}d ${two(Math.floor(tenths / 600) % 60)}m ${seconds(tenths % 600, 10, 1)}s`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

function seconds(count: number, unit: number, decimals: number): string {
  return (count / unit).toFixed(decimals).padStart(decimals + 3, '0')
}
