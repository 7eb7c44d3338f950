import { atomicFile, fileFacts } from '@skyloom/base/node'
import {
  type Bitpix,
  type FitsFile,
  FitsWriter,
  type Hdu,
  type Header,
  type ImageLayout,
  type ImageWriter,
  readImage,
  uncompressedHeader,
} from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import { pathExists, pathOf } from '../command/files.ts'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { cannotWrite } from './cannot-write.ts'

/** Pixels of a plane as float64, row-major. */
export interface PixelPlane64 {
  readonly width: number
  readonly height: number
  readonly data: Float64Array
}

/** An image with the header of its HDU. */
export interface OpenImage {
  readonly file: FitsFile
  readonly hdu: Hdu
  /** Of the image, also when it is stored compressed. */
  readonly header: Header
  readonly width: number
  readonly height: number
}

/**
 * Opens an image. HDU 0 stands for the first HDU with pixels, so that files with an empty primary HDU (compressed ones, for example) need no
 * number. The caller closes `file`.
 *
 * @param problem the sentence of the error when the file cannot be used
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`
 */
export async function openImage(
  place: Place,
  path: string,
  hduNumber: number,
  problem: string = `Image file ${path} missing or invalid FITS`,
): Promise<OpenImage> {
  if (!(await pathExists(place, path))) {
    throw new MontageError('MONTAGE_NO_FILE', problem, {
      where: [path],
      remedy: 'check the path of the file',
    })
  }
  let file: FitsFile | undefined
  try {
    await refusePipes(pathOf(place, path))
    file = await openFitsFile(pathOf(place, path), { blocking: true })
    const hdu = hduNumber === 0 ? await firstImage(file) : await file.hdu(hduNumber)
    const header = hdu.type === 'compressed-image' ? uncompressedHeader(hdu) : hdu.header
    return { file, hdu, header, width: hdu.shape.at(-1) ?? 0, height: hdu.shape.at(-2) ?? 1 }
  } catch (cause) {
    await file?.close()
    throw new MontageError('MONTAGE_BAD_IMAGE', problem, { where: [path], cause })
  }
}

/** Reading a pipe or a terminal would wait for someone who writes. */
async function refusePipes(path: string): Promise<void> {
  if ((await fileFacts(path)).kind === 'stream')
    throw new Error('pipes and terminals cannot be read as images')
}

async function firstImage(file: FitsFile): Promise<Hdu> {
  const primary = await file.hdu(0)
  if (primary.type !== 'empty') return primary
  for await (const hdu of file.hdus()) {
    if (hdu.type === 'image' || hdu.type === 'compressed-image') return hdu
  }
  return primary
}

/** The first plane of an image with its header; the file is closed again. Errors as {@link openImage}. */
export async function readPlane(
  place: Place,
  path: string,
  hduNumber: number = 0,
  problem: string = `Image file ${path} missing or invalid FITS`,
): Promise<PixelPlane64 & { readonly header: Header; readonly bitpix: Bitpix }> {
  const { file, hdu, header } = await openImage(place, path, hduNumber, problem)
  try {
    const { width, height, data } = await readImage(hdu, { as: 'float64' })
    return { width, height, data, header, bitpix: hdu.bitpix }
  } catch (cause) {
    throw new MontageError('MONTAGE_BAD_IMAGE', problem, { where: [path], cause })
  } finally {
    await file.close()
  }
}

/** Keywords that describe stored numbers and do not hold for other ones. */
const SCALING = ['BSCALE', 'BZERO', 'BLANK', 'DATAMIN', 'DATAMAX', 'CHECKSUM', 'DATASUM'] as const

/** The cards of a header that hold for float64 pixels as well. */
export function float64Cards(header: Header): Header {
  const cards = header.clone()
  for (const keyword of SCALING) cards.delete(keyword)
  return cards
}

/**
 * Writes a plane as a float64 image with these cards; an existing file is replaced when the new one is complete.
 *
 * @throws MontageError `MONTAGE_CANNOT_WRITE`
 */
export async function writePlane(
  place: Place,
  path: string,
  header: Header,
  plane: PixelPlane64,
): Promise<void> {
  await writePixels(
    place,
    path,
    float64Cards(header),
    { bitpix: -64, shape: [plane.height, plane.width] },
    plane.data,
  )
}

/**
 * Writes pixels of any shape and type; an existing file is replaced when the new one is complete.
 *
 * @throws MontageError `MONTAGE_CANNOT_WRITE`
 */
export async function writePixels(
  place: Place,
  path: string,
  header: Header,
  layout: ImageLayout,
  data: Parameters<ImageWriter['writeRows']>[0],
): Promise<void> {
  try {
    const sink = await atomicFile(pathOf(place, path), { overwrite: true })
    try {
      const writer = new FitsWriter(sink, { checksum: false })
      const image = await writer.beginImage(layout, header)
      await image.writeRows(data)
      await image.end()
      await writer.commit()
    } catch (error) {
      await sink.discard()
      throw error
    }
  } catch (cause) {
    throw cannotWrite(path, cause)
  }
}
