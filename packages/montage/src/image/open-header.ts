import { fileSource } from '@skyloom/base/node'
import type { Header } from '@skyloom/fits'
import { pathOf } from '../command/files.ts'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { type ClassicWcs, classicWcs } from '../header/classic-wcs.ts'
import { readTemplateFile } from '../header/read-template.ts'
import { openImage } from './open-image.ts'

/** The header of an image or a template with its coordinate system. */
export interface OpenHeader {
  readonly header: Header
  readonly sky: ClassicWcs
  readonly width: number
  readonly height: number
  /** Undefined for a template. */
  readonly hdu: { readonly index: number; readonly count: number; readonly axes: number } | undefined
}

/**
 * Header and coordinate system of an image file or of a header template, whichever the file is.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_HEADER`
 */
export async function openHeader(place: Place, path: string, hduNumber: number): Promise<OpenHeader> {
  if (!(await isFits(place, path))) {
    const { header, sky, width, height } = await readTemplateFile(place, path)
    return { header, sky, width, height, hdu: undefined }
  }
  const { file, hdu, header, width, height } = await openImage(place, path, hduNumber)
  try {
    const count = (await file.allHdus()).length
    const sky = classicWcs(header, path)
    return { header, sky, width, height, hdu: { index: hdu.index, count, axes: hdu.shape.length } }
  } finally {
    await file.close()
  }
}

/** True for files that begin as FITS or gzip files do. A header template has line ends within its first card. */
async function isFits(place: Place, path: string): Promise<boolean> {
  const source = await fileSource(pathOf(place, path), { blocking: true }).catch((cause: unknown) => {
    throw new MontageError('MONTAGE_NO_FILE', `File ${path} not found.`, { where: [path], cause })
  })
  try {
    const bytes = new Uint8Array(81)
    const count = await source.readInto(bytes, 0)
    const text = new TextDecoder('latin1').decode(bytes.subarray(0, count))
    return /^\x1f\x8b/.test(text) || (text.startsWith('SIMPLE  =') && count > 80 && !text.includes('\n'))
  } finally {
    await source.close()
  }
}
