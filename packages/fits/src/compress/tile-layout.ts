import { DITHER_COUNT, DITHERINGS, type Dithering, type RiceBytePix } from '@skyloom/kernels'
import { FitsError } from '../errors.ts'
import type { Bitpix, Hdu } from '../hdu/hdu.ts'
import type { Header } from '../header/header.ts'

/** Methods of tile compression: the values of `ZCMPTYPE`. */
export type TileMethod = 'RICE_1' | 'GZIP_1' | 'GZIP_2' | 'PLIO_1' | 'HCOMPRESS_1' | 'NOCOMPRESS'

/** Names of methods in files, old ones included. */
const METHODS: ReadonlyMap<string, TileMethod> = new Map<string, TileMethod>([
  ['RICE_1', 'RICE_1'],
  ['RICE_ONE', 'RICE_1'],
  ['GZIP_1', 'GZIP_1'],
  ['GZIP_2', 'GZIP_2'],
  ['PLIO_1', 'PLIO_1'],
  ['HCOMPRESS_1', 'HCOMPRESS_1'],
  ['NOCOMPRESS', 'NOCOMPRESS'],
])

/** How an image is cut into tiles. All lists have NAXIS1 first. */
export interface TileGrid {
  readonly axes: readonly number[]
  /** Size of a tile; tiles at the far edges are smaller. */
  readonly tileAxes: readonly number[]
  /** Tiles along each axis. */
  readonly counts: readonly number[]
  readonly tileCount: number
}

/** How the tiles of an image were compressed. */
export interface TileCoding {
  readonly method: TileMethod
  /** Of the image: ZBITPIX. */
  readonly bitpix: Bitpix
  /** Method for the mask of pixels without value (ZMASKCMP), if there is one. */
  readonly maskMethod: TileMethod | undefined
  readonly riceBlockSize: number
  readonly riceBytePix: RiceBytePix
  /** HCOMPRESS images are to be smoothed. */
  readonly isSmoothed: boolean
  /** How floats were rounded; NO_DITHER also for images that were not. */
  readonly dithering: Dithering
  /** ZDITHER0. */
  readonly ditherStart: number
  /** Added to the integers of PLIO_1, see {@link readTileCoding}. */
  readonly plioShift: number
}

/**
 * Reads ZNAXISn and ZTILEn.
 *
 * Source: FITS Standard 4.0, section 10.1.1: tiles are single rows when ZTILEn are not given.
 *
 * @throws FitsError `FITS_BAD_VALUE`, `FITS_BAD_COMPRESSION` when the table has fewer rows than there are tiles
 */
export function readTileGrid(hdu: Hdu): TileGrid {
  const { header } = hdu
  const axes = hdu.shape.toReversed()
  const tileAxes = axes.map((length, axis) => {
    const keyword = `ZTILE${axis + 1}`
    const size = header.integer(keyword, axis === 0 ? length : 1)
    if (size >= 1) return Math.min(size, Math.max(1, length))
    throw new FitsError('FITS_BAD_VALUE', header.locate(keyword), 'a tile cannot have this size', {
      found: String(size),
      allowed: '1 or more',
    })
  })
  const counts = axes.map((length, axis) => Math.ceil(length / (tileAxes[axis] ?? 1)))
  const tileCount = counts.reduce((product, count) => product * count, 1)
  const rows = header.integer('NAXIS2')
  if (tileCount > rows) {
    throw new FitsError('FITS_BAD_COMPRESSION', header.locate('NAXIS2'), 'tiles are missing', {
      found: `${rows} rows`,
      allowed: `one row for each of ${tileCount} tiles`,
      remedy: 'the file is damaged, or ZNAXISn or ZTILEn are wrong',
    })
  }
  return { axes, tileAxes, counts, tileCount }
}

/**
 * Reads ZCMPTYPE with its parameters, ZQUANTIZ and ZDITHER0.
 *
 * PLIO_1 has no negative pixels. For unsigned 16-bit images (BZERO 32768) cfitsio therefore encodes the unsigned
 * values; the stored pixels are these minus 32768.
 *
 * Source: FITS Standard 4.0, sections 10.1.1, 10.2 and 10.4.
 *
 * @throws FitsError `FITS_UNKNOWN_COMPRESSION`, `FITS_BAD_VALUE`, `FITS_MISSING_KEYWORD`
 */
export function readTileCoding(hdu: Hdu): TileCoding {
  const { header, bitpix } = hdu
  const method = readMethod(header, 'ZCMPTYPE')
  const parameters = readParameters(header)
  const isShiftedPlio = method === 'PLIO_1' && bitpix === 16 && header.number('BZERO', 0) === 32768
  return {
    method,
    bitpix,
    maskMethod: header.has('ZMASKCMP') ? readMethod(header, 'ZMASKCMP') : undefined,
    riceBlockSize: readBlockSize(header, parameters),
    riceBytePix: readBytePix(header, parameters),
    isSmoothed: (parameters.get('SMOOTH')?.value ?? 0) !== 0,
    dithering: readDithering(header),
    ditherStart: readDitherStart(header),
    plioShift: isShiftedPlio ? -32768 : 0,
  }
}

function readMethod(header: Header, keyword: string): TileMethod {
  const name = header.string(keyword).trim().toUpperCase()
  const method = METHODS.get(name)
  if (method !== undefined) return method
  throw new FitsError('FITS_UNKNOWN_COMPRESSION', header.locate(keyword), 'no such method of compression', {
    found: name,
    allowed: [...METHODS.keys()].join(', '),
    remedy: 'unpack the file with the program that wrote it',
  })
}

interface Parameter {
  readonly keyword: string
  readonly value: number
}

/** ZNAMEi and ZVALi. */
function readParameters(header: Header): ReadonlyMap<string, Parameter> {
  const parameters = new Map<string, Parameter>()
  for (let number = 1; number <= 999 && header.has(`ZNAME${number}`); number++) {
    const keyword = `ZVAL${number}`
    const name = header.string(`ZNAME${number}`).trim().toUpperCase()
    // Other programs may have parameters of any type; only ours must be numbers.
    if (!['BLOCKSIZE', 'BYTEPIX', 'SMOOTH', 'SCALE'].includes(name)) continue
    parameters.set(name, { keyword, value: header.number(keyword) })
  }
  return parameters
}

/** Largest block that is accepted; the standard has 16 and 32, and nobody uses more than 64. */
const MAX_RICE_BLOCK = 1024

function readBlockSize(header: Header, parameters: ReadonlyMap<string, Parameter>): number {
  const { keyword, value } = parameters.get('BLOCKSIZE') ?? { keyword: 'ZVAL1', value: 32 }
  if (Number.isInteger(value) && value >= 1 && value <= MAX_RICE_BLOCK) return value
  throw badValue(header, keyword, 'blocks cannot have this size', value, `1 to ${MAX_RICE_BLOCK}`)
}

function readBytePix(header: Header, parameters: ReadonlyMap<string, Parameter>): RiceBytePix {
  const { keyword, value } = parameters.get('BYTEPIX') ?? { keyword: 'ZVAL2', value: 4 }
  if (value === 1 || value === 2 || value === 4) return value
  throw badValue(header, keyword, 'Rice coding knows no pixels of so many bytes', value, '1, 2, 4')
}

function readDithering(header: Header): Dithering {
  const name = header.string('ZQUANTIZ', 'NO_DITHER').trim().toUpperCase()
  const found = DITHERINGS.find((known) => known === name)
  if (found !== undefined) return found
  if (name === '' || name === 'NONE') return 'NO_DITHER'
  throw new FitsError(
    'FITS_UNKNOWN_COMPRESSION',
    header.locate('ZQUANTIZ'),
    'no such method of quantization',
    {
      found: name,
      allowed: `${DITHERINGS.join(', ')}, NONE`,
    },
  )
}

function readDitherStart(header: Header): number {
  const start = header.integer('ZDITHER0', 1)
  if (start >= 1 && start <= DITHER_COUNT) return start
  throw badValue(header, 'ZDITHER0', 'no such place in the sequence of random numbers', start, '1 to 10000')
}

function badValue(
  header: Header,
  keyword: string,
  problem: string,
  found: number,
  allowed: string,
): FitsError {
  return new FitsError('FITS_BAD_VALUE', header.locate(keyword), problem, { found: String(found), allowed })
}
