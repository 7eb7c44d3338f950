import { DITHER_COUNT, QUANTIZED_BLANK } from '@skyloom/kernels'
import { FitsError, type FitsLocation } from '../errors.ts'
import type { CardValue } from '../header/card.ts'
import { Header } from '../header/header.ts'
import { type ImageLayout, imageHeader } from '../image/image-header.ts'
import type { CompressionOptions, QuantizeOptions } from './compression-options.ts'
import type { TileGrid, TileMethod } from './tile-layout.ts'

/** What is decided about the compression of an image before its first pixel. */
export interface CompressionPlan {
  readonly layout: ImageLayout
  readonly grid: TileGrid
  readonly method: TileMethod
  readonly options: CompressionOptions
  readonly quantize: QuantizeOptions | undefined
  /** Descriptors of 64 bits, for heaps beyond 2 GiB. */
  readonly isLong: boolean
  /** The image is to be a primary HDU when it is unpacked. */
  readonly isPrimary: boolean
}

/** A column of the table of tiles. */
export interface PlannedColumn {
  readonly name: string
  readonly form: string
  readonly sizeBytes: number
}

/** The columns of the table of tiles. */
export function plannedColumns(plan: CompressionPlan): readonly PlannedColumn[] {
  const descriptor = plan.isLong ? { letter: 'Q', sizeBytes: 16 } : { letter: 'P', sizeBytes: 8 }
  const array = (name: string, type: string): PlannedColumn => ({
    name,
    form: `1${descriptor.letter}${type}`,
    sizeBytes: descriptor.sizeBytes,
  })
  const data = array('COMPRESSED_DATA', plan.method === 'PLIO_1' ? 'I' : 'B')
  if (plan.quantize === undefined) return [data]
  return [
    data,
    array('GZIP_COMPRESSED_DATA', 'B'),
    { name: 'ZSCALE', form: '1D', sizeBytes: 8 },
    { name: 'ZZERO', form: '1D', sizeBytes: 8 },
  ]
}

/** Keywords that this writer sets. */
const OWN =
  /^(?:SIMPLE|XTENSION|BITPIX|NAXIS\d*|EXTEND|PCOUNT|GCOUNT|TFIELDS|THEAP|Z[A-Z0-9]+|[TZ](?:TYPE|FORM)\d+)$/

/**
 * The header of the table that holds a compressed image; PCOUNT and ZDITHER0 are filled in when the tiles are known.
 *
 * Source: FITS Standard 4.0, sections 10.1.1 and 10.1.2.
 *
 * @throws FitsError `FITS_BAD_VALUE` for a shape that FITS cannot have
 */
export function compressedHeader(plan: CompressionPlan, header: Header): Header {
  const { layout, grid, method } = plan
  const image = imageHeader(layout, header, plan.isPrimary)
  const columns = plannedColumns(plan)
  const result = new Header(header.origin)
  const put = (keyword: string, value: CardValue, comment: string): void =>
    void result.set(keyword, value, comment)
  put('XTENSION', 'BINTABLE', 'binary table with a compressed image')
  put('BITPIX', 8, 'bytes')
  put('NAXIS', 2, 'rows and columns')
  put(
    'NAXIS1',
    columns.reduce((sum, column) => sum + column.sizeBytes, 0),
    'bytes of a row',
  )
  put('NAXIS2', grid.tileCount, 'one row for each tile')
  put('PCOUNT', 0, 'bytes of all tiles')
  put('GCOUNT', 1, 'one group')
  put('TFIELDS', columns.length, 'number of columns')
  columns.forEach((column, index) => {
    put(`TTYPE${index + 1}`, column.name, '')
    put(`TFORM${index + 1}`, column.form, '')
  })
  put('ZIMAGE', true, 'this is a compressed image')
  putMirrored(result, image, plan.isPrimary)
  grid.tileAxes.forEach((size, axis) =>
    put(`ZTILE${axis + 1}`, size, `size of a tile along axis ${axis + 1}`),
  )
  put('ZCMPTYPE', method, 'method of compression')
  putParameters(result, plan)
  for (const card of image) if (!OWN.test(card.keyword)) result.appendRaw(card.raw)
  return result
}

/** The mandatory keywords of the image under their names with Z. */
function putMirrored(result: Header, image: Header, isPrimary: boolean): void {
  const mirror = (keyword: string, as: string): void => {
    const card = image.card(keyword)
    if (card !== undefined) result.set(as, card.value, card.comment)
  }
  mirror('SIMPLE', 'ZSIMPLE')
  mirror('XTENSION', 'ZTENSION')
  mirror('BITPIX', 'ZBITPIX')
  mirror('NAXIS', 'ZNAXIS')
  const count = image.integer('NAXIS')
  for (let axis = 1; axis <= count; axis++) mirror(`NAXIS${axis}`, `ZNAXIS${axis}`)
  if (isPrimary) mirror('EXTEND', 'ZEXTEND')
  else {
    mirror('PCOUNT', 'ZPCOUNT')
    mirror('GCOUNT', 'ZGCOUNT')
  }
}

function putParameters(result: Header, plan: CompressionPlan): void {
  const { method, options, quantize, layout } = plan
  const parameters: (readonly [string, number, string])[] = []
  if (method === 'RICE_1') {
    const bytePix = quantize !== undefined ? 4 : layout.bitpix / 8
    parameters.push(['BLOCKSIZE', options.riceBlockSize ?? 32, 'pixels of a block'])
    parameters.push(['BYTEPIX', bytePix, 'bytes of a pixel'])
  } else if (method === 'HCOMPRESS_1') {
    parameters.push(['SCALE', options.hcompressScale ?? 0, 'scale: 0 loses nothing'])
    parameters.push(['SMOOTH', options.smooth === true ? 1 : 0, '1: smooth when unpacking'])
  }
  parameters.forEach(([name, value, comment], index) => {
    result.set(`ZNAME${index + 1}`, name, '')
    if (name === 'SCALE') result.setFloat(`ZVAL${index + 1}`, value, comment)
    else result.set(`ZVAL${index + 1}`, value, comment)
  })
  if (layout.bitpix > 0) return
  result.set(
    'ZQUANTIZ',
    quantize === undefined ? 'NONE' : (quantize.dithering ?? 'SUBTRACTIVE_DITHER_1'),
    'how floats were rounded',
  )
  if (quantize === undefined) return
  if (quantize.dithering !== 'NO_DITHER')
    result.set('ZDITHER0', quantize.ditherStart ?? 1, 'start in the random numbers')
  result.set('ZBLANK', QUANTIZED_BLANK, 'integer that stands for NaN')
}

/**
 * Checks the settings of a quantization.
 *
 * @throws FitsError `FITS_BAD_COMPRESSION`
 */
export function checkQuantize(quantize: QuantizeOptions | undefined, location: FitsLocation): void {
  if (quantize === undefined) return
  const { level, ditherStart = 1 } = quantize
  const isStart = Number.isInteger(ditherStart) && ditherStart >= 1 && ditherStart <= DITHER_COUNT
  if (Number.isFinite(level) && level !== 0 && isStart) return
  throw new FitsError('FITS_BAD_COMPRESSION', location, 'floats cannot be quantized like this', {
    found: `level ${level}, ditherStart ${ditherStart}`,
    allowed: 'a level that is not 0, ditherStart from 1 to 10000',
    remedy: 'leave `quantize` out to lose nothing',
  })
}
