import { type Hdu, readFitsTable, readImage } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import type { Column } from '@skyloom/fits/tables'
import type { HealpixOrdering } from '@skyloom/mosaic'
import { healpixCellCount, healpixOrder } from '@skyloom/wcs'
import { pathExists, pathOf } from '../command/files.ts'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'

/** A HEALPix map of the whole sky. */
export interface HealpixMap {
  /** HEALPix order of the pixels. */
  readonly order: number
  readonly ordering: HealpixOrdering
  /** Value of each pixel by its number, NaN where there is none. */
  readonly values: Float32Array | Float64Array
  /** Letter of the frame as COORDSYS gives it: `G`, `E`, `C`; undefined when the header does not tell. */
  readonly frame: string | undefined
  readonly unit: string | undefined
}

/** What a map is read by when its header does not tell. */
export interface ReadMapOptions {
  /** Number of the column, from 1; default the first that does not hold numbers of pixels. */
  readonly column?: number
  readonly ordering?: HealpixOrdering
}

/** Pixels without data in maps of the HEALPix software. */
const UNSEEN = -1.6375e30
const UNSEEN_SLACK = 1e25

/**
 * Reads a HEALPix map: a binary table of all pixels in order, one or many in a row (implicit indexing), or of pixels with their numbers
 * (explicit), or an image of all pixels. Values of -1.6375e30 count as no data.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`
 */
export async function readHealpixMap(
  path: string,
  options: ReadMapOptions,
  place: Place,
): Promise<HealpixMap> {
  if (!(await pathExists(place, path)))
    throw new MontageError('MONTAGE_NO_FILE', `File ${path} not found.`, { where: [path] })
  const file = await openFitsFile(pathOf(place, path)).catch((cause: unknown) => {
    throw new MontageError('MONTAGE_BAD_IMAGE', `File ${path} is not FITS`, { where: [path], cause })
  })
  try {
    const hdu = await mapHdu(await file.allHdus(), path)
    const word = (keyword: string): string | undefined => hdu.header.string(keyword, undefined)?.trim()
    const told = word('ORDERING')?.toUpperCase()
    const ordering = told === undefined ? options.ordering : told.startsWith('NEST') ? 'nested' : 'ring'
    if (ordering === undefined)
      throw bad(path, 'has no keyword ORDERING', 'give -n for nested or -r for ring')
    const pixels = await readPixels(hdu, options, path)
    const order = orderOf(hdu, pixels, path)
    return {
      order,
      ordering,
      values: placed(pixels, healpixCellCount(order), path),
      frame: word('COORDSYS')?.charAt(0).toUpperCase(),
      unit: word('TUNIT1') ?? word('BUNIT'),
    }
  } finally {
    await file.close()
  }
}

function bad(path: string, problem: string, remedy: string): MontageError {
  return new MontageError('MONTAGE_BAD_IMAGE', `HEALPix map ${path} ${problem}`, { where: [path], remedy })
}

/** The first HDU that says it is a map, or else the first with data. */
async function mapHdu(hdus: readonly Hdu[], path: string): Promise<Hdu> {
  const isMap = (hdu: Hdu): boolean => hdu.header.has('NSIDE') || hdu.header.has('PIXTYPE')
  const hdu = hdus.find(isMap) ?? hdus.find(({ type }) => type !== 'empty')
  if (hdu !== undefined) return await Promise.resolve(hdu)
  throw bad(path, 'has no data', 'check the file')
}

interface Pixels {
  readonly values: Float32Array | Float64Array
  /** Numbers of the pixels; undefined when all follow from `first` on. */
  readonly numbers: Float64Array | undefined
  readonly first: number
}

async function readPixels(hdu: Hdu, { column }: ReadMapOptions, path: string): Promise<Pixels> {
  try {
    const first = hdu.header.integer('FIRSTPIX', 0)
    if (hdu.type === 'image') {
      const { data } = await readImage(hdu, { as: 'float32' })
      return { values: data, numbers: undefined, first: 0 }
    }
    const scheme = hdu.header.string('INDXSCHM', '').toUpperCase()
    const isExplicit = scheme === 'EXPLICIT' || hdu.header.string('OBJECT', '').toUpperCase() === 'PARTIAL'
    const wanted = column ?? (isExplicit ? 2 : 1)
    const { table } = await readFitsTable(hdu, { columns: isExplicit ? [1, wanted] : [wanted] })
    const columns = table.columns.map((one) => numbersOf(one))
    const values = columns.at(-1)
    if (values === undefined) throw new Error('there is no such column')
    return { values, numbers: isExplicit ? Float64Array.from(columns[0] ?? []) : undefined, first }
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause)
    throw new MontageError('MONTAGE_BAD_IMAGE', `HEALPix map ${path} cannot be read: ${text}`, {
      where: [path],
      cause,
    })
  }
}

/** All elements of a column in order. */
function numbersOf({ type, values }: Column): Float32Array | Float64Array {
  if (values instanceof Float32Array || values instanceof Float64Array) return values
  if (type === 'int8' || type === 'uint8' || type === 'int16' || type === 'uint16')
    return Float32Array.from(values as Int8Array)
  if (type === 'int32' || type === 'uint32') return Float64Array.from(values as Int32Array)
  if (type === 'int64' || type === 'uint64') return Float64Array.from(values as BigInt64Array, Number)
  throw new Error(`columns of ${type} are no map`)
}

function orderOf(hdu: Hdu, { values, numbers }: Pixels, path: string): number {
  const nside = hdu.header.integer(
    'NSIDE',
    numbers === undefined ? Math.round(Math.sqrt(values.length / 12)) : 0,
  )
  const order = Math.log2(nside)
  if (Number.isInteger(order) && order >= 0 && order <= healpixOrder(2 ** 24)) return order
  throw bad(path, `has NSIDE ${nside}`, 'maps have a power of 2')
}

function placed({ values, numbers, first }: Pixels, count: number, path: string): HealpixMap['values'] {
  const isWhole = numbers === undefined && first === 0 && values.length === count
  const all = isWhole ? values : makeLike(values, count)
  if (!isWhole) {
    for (let k = 0; k < values.length; k++) {
      const number = numbers === undefined ? first + k : (numbers[k] ?? -1)
      if (!(number >= 0 && number < count))
        throw bad(path, `has a pixel ${number} of ${count}`, 'check NSIDE and the numbers of the pixels')
      all[number] = values[k]!
    }
  }
  for (let k = 0; k < all.length; k++) if (Math.abs(all[k]! - UNSEEN) < UNSEEN_SLACK) all[k] = Number.NaN
  return all
}

function makeLike(values: HealpixMap['values'], count: number): HealpixMap['values'] {
  return (values instanceof Float32Array ? new Float32Array(count) : new Float64Array(count)).fill(Number.NaN)
}
