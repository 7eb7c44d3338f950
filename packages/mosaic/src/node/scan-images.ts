import { basename, dirname, join } from 'node:path'
import { isSkyloomError, type ProgressListener, startStage, throwIfAborted } from '@skyloom/base'
import { fileFacts, folderEntries } from '@skyloom/base/node'
import type { Hdu } from '@skyloom/fits'
import { openFitsFile, scanHeaders } from '@skyloom/fits/node'
import { wcsFromKeywords } from '@skyloom/wcs'
import { MosaicError } from '../errors.ts'
import type { HduChoice, ImageRecord, ImageScan, RejectedImage } from '../image-table/image-record.ts'
import { keywordValue } from '../template/template.ts'

/** Endings of files that are looked at, in any case. */
const FITS_NAME = /\.(?:fits?|fts)(?:\.gz|\.fz)?$/i

/** How a folder is scanned. */
export interface ScanOptions {
  readonly hdu?: HduChoice
  readonly onProgress?: ProgressListener | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Headers of all FITS images in a folder (sub-folders are not entered), in the order of their names, or of one file. Pixels are not
 * read. What cannot be used is listed with its reason.
 *
 * @throws MosaicError `MOSAIC_NO_FILES` when the folder has no FITS file or cannot be read
 */
export async function scanImages(path: string, options: ScanOptions = {}): Promise<ImageScan> {
  const isFile = await fileFacts(path).then(
    ({ kind }) => kind === 'file',
    () => false,
  )
  const folder = isFile ? dirname(path) : path
  const names = isFile ? [basename(path)] : await fitsNames(path)
  const progress = startStage(options.onProgress, 'scan', names.length, 'files')
  const images: ImageRecord[] = []
  const rejected: RejectedImage[] = []
  for (const name of names) {
    throwIfAborted(options.signal)
    try {
      images.push(...(await scanFile(join(folder, name), name, options.hdu ?? 'first', rejected)))
    } catch (error) {
      rejected.push(rejection(name, error))
    }
    progress.advance()
  }
  return { images, rejected }
}

async function fitsNames(folder: string): Promise<readonly string[]> {
  const entries = await folderEntries(folder).catch((cause: unknown) => {
    throw new MosaicError('MOSAIC_NO_FILES', 'the image folder cannot be read', {
      where: [folder],
      remedy: 'give the path of a folder with FITS images to --images',
      cause,
    })
  })
  const names = entries
    .filter((entry) => !entry.isFolder && FITS_NAME.test(entry.name))
    .map((entry) => entry.name)
  if (names.length === 0) {
    throw new MosaicError('MOSAIC_NO_FILES', 'the folder has no FITS file', {
      where: [folder],
      found: `${entries.length} other entries`,
      allowed: 'names ending in .fits, .fit or .fts, also with .gz or .fz',
      remedy: 'give the folder that holds the images to --images',
    })
  }
  return names.sort(byCodeUnits)
}

/** Order that depends on no locale. */
function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** What a scan needs of an HDU. */
type HduFacts = Pick<Hdu, 'index' | 'type' | 'name' | 'shape' | 'header'>

/**
 * What the header of one image of a file says.
 *
 * @throws MosaicError, FitsError, WcsError when it cannot be used
 */
export async function scanImage(path: string, name: string, hdu: number): Promise<ImageRecord> {
  const [image] = await scanFile(path, name, hdu, [])
  if (image === undefined) throw noImage(`${name}[${hdu}]`)
  return image
}

async function scanFile(
  path: string,
  name: string,
  choice: HduChoice,
  rejected: RejectedImage[],
): Promise<readonly ImageRecord[]> {
  const { sizeBytes } = await fileFacts(path)
  const found: ImageRecord[] = []
  const failures: unknown[] = []
  const seen: string[] = []
  for await (const hdu of hduFacts(path)) {
    seen.push(hdu.name === '' ? String(hdu.index) : `${hdu.index} ${hdu.name}`)
    if (choice === 'first' || choice === 'all') {
      if (!isImage(hdu)) continue
    } else if (!isChosen(hdu, choice)) continue
    try {
      found.push(imageRecord(path, name, hdu, sizeBytes))
      if (choice !== 'all') return found
    } catch (error) {
      if (choice !== 'first' && choice !== 'all') throw error
      failures.push(error)
      if (choice === 'all') rejected.push(rejection(`${name}[${hdu.index}]`, error))
    }
  }
  if (found.length > 0) return found
  if (failures.length > 0) throw failures[0]
  throw choice === 'first' || choice === 'all' ? noImage(name) : noSuchHdu(name, choice, seen)
}

/** The HDUs of a file: all headers at once where they can be read, else one after the other as far as they go. */
async function* hduFacts(path: string): AsyncGenerator<HduFacts, void, undefined> {
  const scan = await scanHeaders(path).catch((error: unknown) => {
    if (isSkyloomError(error)) return undefined
    throw error
  })
  if (scan !== undefined) {
    yield* scan.hdus
    return
  }
  await using file = await openFitsFile(path, { blocking: true })
  yield* file.hdus()
}

function isChosen(hdu: HduFacts, choice: number | string): boolean {
  return typeof choice === 'number'
    ? hdu.index === choice
    : hdu.name.toUpperCase() === choice.trim().toUpperCase()
}

/** Images of two axes or more, also those without pixels, which are refused with a reason of their own. */
function isImage(hdu: HduFacts): boolean {
  return ['image', 'compressed-image', 'empty'].includes(hdu.type) && hdu.shape.length >= 2
}

function imageRecord(path: string, name: string, hdu: HduFacts, sizeBytes: number): ImageRecord {
  if (!isImage(hdu)) throw noImage(`${name}[${hdu.index}]`)
  const naxis = hdu.shape.toReversed()
  const [width = 0, height = 0] = naxis
  if (width === 0 || height === 0) {
    throw new MosaicError('MOSAIC_NO_IMAGES', 'the image has no pixels', {
      where: [name, `HDU ${hdu.index}`, 'NAXIS1, NAXIS2'],
      found: `${width} x ${height}`,
      allowed: 'at least one pixel on each axis',
      remedy: 'take the file out of the folder',
    })
  }
  const { header } = hdu
  const wcs = wcsFromKeywords((keyword) => keywordValue(header, keyword), { name, naxis })
  if (wcs.pixelAxes[0] + wcs.pixelAxes[1] !== 3) {
    throw new MosaicError('MOSAIC_NO_IMAGES', 'the sky is not on the first two axes', {
      where: [name, `HDU ${hdu.index}`],
      found: `axes ${wcs.pixelAxes.join(' and ')}`,
      allowed: 'axes 1 and 2',
      remedy: 'transpose the cube first',
    })
  }
  return { path, name, hdu: hdu.index, sizeBytes, width, height, header, wcs }
}

function noSuchHdu(name: string, choice: number | string, seen: readonly string[]): MosaicError {
  return new MosaicError('MOSAIC_NO_IMAGES', 'the file has no such extension', {
    where: [name],
    found: String(choice),
    allowed: seen.join(', '),
    remedy: 'give another --hdu',
  })
}

function noImage(name: string): MosaicError {
  return new MosaicError('MOSAIC_NO_IMAGES', 'there is no image of two axes in the file', {
    where: [name],
    remedy: 'name the extension with --hdu, or take the file out of the folder',
  })
}

/** The reason why a file is left out. */
export function rejection(name: string, error: unknown): RejectedImage {
  if (isSkyloomError(error)) return { name, code: error.code, reason: error.message }
  throw error
}
