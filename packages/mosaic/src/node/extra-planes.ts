import type { ByteSink } from '@skyloom/base'
import { FitsWriter, type Header, writeFitsTable } from '@skyloom/fits'
import { tableFromRows } from '@skyloom/fits/tables'
import type { PixelViews } from '@skyloom/kernels'
import { CONTEXT_BITS, type ExtraPlane } from '../add/combine.ts'
import { contextPlaneCount } from '../add/stack-strip.ts'
import { PIXEL_BYTES } from '../pixel-plane.ts'
import { beginProductImage, type ProductImage, type StorageSettings } from '../product/product-storage.ts'
import type { Region } from '../region.ts'
import type { ProjectedImage } from './project-stage.ts'
import { openSpillFile, type SpillFile } from './spill-file.ts'

/** A product beside mosaic and area. */
export interface ExtraTarget {
  readonly plane: ExtraPlane
  readonly sink: ByteSink
  readonly header: Header
}

/** Offsets of the planes of a strip; 0 = not made. */
export type ExtraOffsets = Readonly<Record<ExtraPlane, number>>

/** Writes the planes beside mosaic and area strip by strip. */
export interface ExtraWriters {
  /** Writes a strip of so many pixels; gives the bytes written. */
  write(views: PixelViews, at: ExtraOffsets, pixelCount: number): Promise<number>
  /** Completes the files; they are not committed. */
  end(): Promise<void>
  /** Gives scratch space back, after failures too. */
  close(): void
}

/** Bytes of a strip's planes for each pixel. */
export function extraPixelBytes(plane: ExtraPlane, imageCount: number): number {
  return plane === 'context' ? PIXEL_BYTES * contextPlaneCount(imageCount) : PIXEL_BYTES
}

/**
 * Begins the files. The context of more than 32 images has several planes; as the file holds one after the other and strips bring parts of all,
 * it goes through a scratch file.
 */
export async function openExtraPlanes(
  targets: readonly ExtraTarget[],
  window: Region,
  images: readonly ProjectedImage[],
  scratchPath: string,
  storage: StorageSettings,
): Promise<ExtraWriters> {
  const shape = [window.height, window.width]
  const writers = await Promise.all(
    targets.map(async ({ plane, sink, header }) => {
      const file = new FitsWriter(sink)
      if (plane === 'context')
        return { plane, image: await contextWriter(file, header, shape, images, scratchPath, storage) }
      const bitpix = plane === 'count' ? 32 : -32
      const writer = await beginProductImage(file, { bitpix, shape }, header, storage, true)
      return { plane, image: plainWriter(writer, plane === 'count') }
    }),
  )
  return {
    async write(views, at, pixelCount) {
      let bytes = 0
      for (const { plane, image } of writers) bytes += await image.write(views, at[plane], pixelCount)
      return bytes
    },
    async end() {
      for (const { image } of writers) await image.end()
    },
    close() {
      for (const { image } of writers) image.close()
    },
  }
}

interface PlaneWriter {
  write(views: PixelViews, at: number, pixelCount: number): Promise<number>
  end(): Promise<void>
  close(): void
}

function plainWriter(image: ProductImage, isInteger: boolean): PlaneWriter {
  return {
    async write(views, at, pixelCount) {
      await image.writeRows(isInteger ? views.i32(at, pixelCount) : views.f32(at, pixelCount))
      return PIXEL_BYTES * pixelCount
    },
    end: async () => await image.end(),
    close: () => undefined,
  }
}

/** Context planes as the first HDU (a cube when there are several), the table of their bits as the second. */
async function contextWriter(
  file: FitsWriter,
  header: Header,
  shape: readonly number[],
  images: readonly ProjectedImage[],
  scratchPath: string,
  storage: StorageSettings,
): Promise<PlaneWriter> {
  const planes = contextPlaneCount(images.length)
  const scratch: SpillFile | undefined = planes > 1 ? openSpillFile(scratchPath) : undefined
  const strips: number[] = []
  const cube = planes > 1 ? [planes, ...shape] : shape
  const image = await beginProductImage(file, { bitpix: 32, shape: cube }, header, storage, true)
  return {
    async write(views, at, pixelCount) {
      if (scratch === undefined) await image.writeRows(views.i32(at, pixelCount))
      else {
        strips.push(pixelCount)
        scratch.append(views.u8(at, PIXEL_BYTES * planes * pixelCount))
      }
      return PIXEL_BYTES * planes * pixelCount
    },
    async end() {
      if (scratch !== undefined) {
        for (let plane = 0; plane < planes; plane++) {
          let start = 0
          for (const pixelCount of strips) {
            const values = new Int32Array(pixelCount)
            scratch.read(new Uint8Array(values.buffer), start + PIXEL_BYTES * plane * pixelCount)
            await image.writeRows(values)
            start += PIXEL_BYTES * planes * pixelCount
          }
        }
      }
      await image.end()
      await writeFitsTable(file, contextTable(images), { name: 'CONTEXT' })
    },
    close: () => scratch?.close(),
  }
}

/** Which bit of which plane stands for which image. */
function contextTable(images: readonly ProjectedImage[]): ReturnType<typeof tableFromRows> {
  const columns = [
    { name: 'PLANE', type: 'int32' },
    { name: 'BIT', type: 'int32' },
    { name: 'FILE', type: 'string' },
    { name: 'HDU', type: 'int32' },
    { name: 'SHA256', type: 'string' },
  ] as const
  const rows = images.map(({ image, sha256 }, place) => [
    Math.floor(place / CONTEXT_BITS) + 1,
    place % CONTEXT_BITS,
    image.name,
    image.hdu,
    sha256,
  ])
  return tableFromRows(columns, rows)
}
