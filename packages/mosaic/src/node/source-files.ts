import { BaseError } from '@skyloom/base'
import { fileFacts } from '@skyloom/base/node'
import { type FitsFile, type Hdu, readImage } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import { type PixelKernels, type PixelMemory, pixelKernels } from '@skyloom/kernels'

/** An image whose pixels are read from its own file again when memory is short. */
export interface SourceImage {
  readonly path: string
  readonly hdu: number
  readonly width: number
  /** What the file was when its pixels were read first. */
  readonly sizeBytes: number
  readonly changedMs: number
}

/** Files of images that stay open while their rows are read. */
export interface SourceFiles {
  /**
   * Reads whole rows into pixel memory, infinite pixels as NaN.
   *
   * @throws BaseError `BASE_READ_FAILED` when the file has changed; FitsError
   */
  readRows(image: SourceImage, row: number, height: number, at: number): Promise<void>
  close(): Promise<void>
}

/** Files that are open at a time. */
const OPEN_FILES = 128

interface OpenSource {
  readonly file: FitsFile
  readonly hdu: Hdu
}

/** What a file is now, to be known again. */
export async function fileState(path: string): Promise<Pick<SourceImage, 'sizeBytes' | 'changedMs'>> {
  const { sizeBytes, changedMs } = await fileFacts(path)
  return { sizeBytes, changedMs }
}

/** Source files whose pixels go into a memory. */
export function createSourceFiles(memory: PixelMemory): SourceFiles {
  // In the order of use, the last used last.
  const open = new Map<SourceImage, OpenSource>()
  let kernels: PixelKernels | undefined

  const hduOf = async (image: SourceImage): Promise<Hdu> => {
    const known = open.get(image)
    if (known !== undefined) {
      open.delete(image)
      open.set(image, known)
      return known.hdu
    }
    const [oldest] = open
    if (oldest !== undefined && open.size >= OPEN_FILES) {
      open.delete(oldest[0])
      await oldest[1].file.close()
    }
    const state = await fileState(image.path)
    if (state.sizeBytes !== image.sizeBytes || state.changedMs !== image.changedMs) throw changed(image.path)
    const file = await openFitsFile(image.path, { blocking: true })
    const hdu = await file.hdu(image.hdu)
    open.set(image, { file, hdu })
    return hdu
  }
  return {
    async readRows(image, row, height, at) {
      const hdu = await hduOf(image)
      const { width } = image
      const into = memory.f32(at, width * height)
      await readImage(hdu, { as: 'float32', region: { col: 0, row, width, height }, into })
      kernels ??= pixelKernels(memory)
      kernels.blankInfinite(at, width * height)
    },
    async close() {
      const all = [...open.values()]
      open.clear()
      for (const { file } of all) await file.close()
    },
  }
}

function changed(path: string): BaseError {
  return new BaseError('BASE_READ_FAILED', 'an image changed while the mosaic was made', {
    where: [path],
    remedy: 'make the mosaic again when nothing writes to the images',
  })
}
