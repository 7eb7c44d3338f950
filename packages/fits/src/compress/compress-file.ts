import { type ByteSink, throwIfAborted } from '@skyloom/base'
import { copyHdu } from '../copy/copy-hdu.ts'
import type { FitsFile } from '../hdu/fits-file.ts'
import { FitsWriter } from '../hdu/fits-writer.ts'
import type { Hdu } from '../hdu/hdu.ts'
import type { PixelArray } from '../image/pixel-array.ts'
import { type PixelForm, readCube } from '../image/read-image.ts'
import { rowBoxes, tileRowsOf } from '../image/row-boxes.ts'
import { pixelScaling } from '../image/scaling.ts'
import { isCompressedTable } from './compressed-table-layout.ts'
import type { CompressionOptions } from './compression-options.ts'
import { uncompressedHeader } from './uncompressed-header.ts'
import { uncompressedTable } from './uncompressed-table.ts'
import { beginCompressedImage } from './write-compressed-image.ts'

/** What became of the HDUs of a file. */
export interface CompressionReport {
  /** Number of HDUs that were compressed or unpacked. */
  readonly changed: number
  /** Number of HDUs that were copied as they are. */
  readonly copied: number
}

/**
 * Writes a copy of a file in which every image with pixels is tile-compressed (FITS Standard 4.0, section 10.1); other HDUs are
 * copied as they are. The sink is committed; on failure it is discarded.
 *
 * @throws FitsError `FITS_BAD_COMPRESSION` and those of reading
 */
export async function compressFits(
  file: FitsFile,
  sink: ByteSink,
  options: CompressionOptions = {},
  signal?: AbortSignal,
): Promise<CompressionReport> {
  return await rewriteFits(file, sink, signal, async (writer, hdu) => {
    const hasPixels = hdu.type === 'image' && hdu.shape.length > 0 && hdu.shape.every((length) => length > 0)
    if (!hasPixels) return await copied(writer, hdu, signal)
    const scaling = storedScaling(hdu)
    const chosen = hdu.bitpix > 0 ? withoutQuantize(options) : options
    const image = await beginCompressedImage(
      writer,
      { bitpix: hdu.bitpix, shape: hdu.shape, ...scaling },
      hdu.header,
      chosen,
    )
    await copyPixels(hdu, async (values) => await image.writeRows(values), signal)
    await image.end()
    return 'changed'
  })
}

/**
 * Writes a copy of a file in which every tile-compressed image and table is unpacked; other HDUs are copied as they are. The empty
 * primary HDU before a compressed primary image is left out. The sink is committed; on failure it is discarded.
 *
 * @throws FitsError those of reading
 */
export async function uncompressFits(
  file: FitsFile,
  sink: ByteSink,
  signal?: AbortSignal,
): Promise<CompressionReport> {
  const second = (await file.allHdus())[1]
  const isPrimaryInside = second?.type === 'compressed-image' && second.header.has('ZSIMPLE')
  return await rewriteFits(file, sink, signal, async (writer, hdu) => {
    if (hdu.index === 0 && hdu.type === 'empty' && isPrimaryInside) return 'left out'
    if (hdu.type === 'compressed-image') {
      const header = uncompressedHeader(hdu)
      const layout = { bitpix: hdu.bitpix, shape: hdu.shape, ...storedScaling({ ...hdu, header }) }
      const image = await writer.beginImage(layout, header)
      await copyPixels(hdu, async (values) => await image.writeRows(values), signal)
      await image.end()
      return 'changed'
    }
    if (!isCompressedTable(hdu)) return await copied(writer, hdu, signal)
    await copyHdu(writer, uncompressedTable(hdu), undefined, signal)
    return 'changed'
  })
}

async function rewriteFits(
  file: FitsFile,
  sink: ByteSink,
  signal: AbortSignal | undefined,
  change: (writer: FitsWriter, hdu: Hdu) => Promise<'changed' | 'copied' | 'left out'>,
): Promise<CompressionReport> {
  const report = { changed: 0, copied: 0 }
  try {
    const writer = new FitsWriter(sink)
    for await (const hdu of file.hdus()) {
      throwIfAborted(signal)
      const outcome = await change(writer, hdu)
      if (outcome !== 'left out') report[outcome]++
    }
    await writer.commit()
  } catch (error) {
    await sink.discard()
    throw error
  }
  return report
}

async function copied(writer: FitsWriter, hdu: Hdu, signal: AbortSignal | undefined): Promise<'copied'> {
  await copyHdu(writer, hdu, undefined, signal)
  return 'copied'
}

/** Integers are never quantized. */
function withoutQuantize(options: CompressionOptions): CompressionOptions {
  const { quantize, ...rest } = options
  return quantize === undefined ? options : rest
}

/** The scaling cards of an image, for its copy. */
function storedScaling(hdu: Pick<Hdu, 'header' | 'bitpix'>): {
  bscale: number
  bzero: number
  blank?: number
} {
  const { bscale, bzero, blank } = pixelScaling(hdu.header, hdu.bitpix)
  return blank === undefined ? { bscale, bzero } : { bscale, bzero, blank: Number(blank) }
}

/**
 * Hands all pixels of an image on in order: unscaled ones as they are stored, scaled ones as physical values in float64, from
 * which the stored numbers follow again.
 */
async function copyPixels(
  hdu: Hdu,
  write: (values: PixelArray) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { bscale, bzero, isShifted } = pixelScaling(hdu.header, hdu.bitpix)
  const as = isShifted || (bscale === 1 && bzero === 0) ? 'native' : 'float64'
  for (const box of rowBoxes(hdu.shape.toReversed(), tileRowsOf(hdu))) {
    throwIfAborted(signal)
    const { data } = await readCube<PixelForm>(hdu, { as, ...box, signal })
    await write(data)
  }
}
