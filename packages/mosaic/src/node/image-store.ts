import type { PixelMemory } from '@skyloom/kernels'
import { MosaicError } from '../errors.ts'
import { PIXEL_BYTES } from '../pixel-plane.ts'
import { intersectRegions, type Region } from '../region.ts'
import { openSpillFile, type SpillFile } from './spill-file.ts'

/** Part of a stored image in pixel memory, until it is released. */
export interface StoredWindow {
  readonly valueAt: number
  readonly coverageAt: number
  /** Further planes, in the order in which they were handed over. */
  readonly moreAt: readonly number[]
  readonly stride: number
  readonly region: Region
  release(): void
}

/** Blocks of pixel memory and reprojected images, kept below the limit by moving images to disk. */
export interface ImageStore {
  /** Bytes of all blocks that the store may hand out. */
  readonly limitBytes: number
  readonly spilledBytes: number
  /** A block of memory; images are spilled, or blocks in use waited for, until it fits. */
  allocate(sizeBytes: number): Promise<number>
  release(at: number): void
  /**
   * Hands a reprojected image over to the store.
   *
   * @param region template pixels of all planes
   * @param extent the part of the region that has data
   * @param moreAt further planes, such as weights and variances
   */
  put(
    image: number,
    region: Region,
    extent: Region,
    valueAt: number,
    coverageAt: number,
    moreAt?: readonly number[],
  ): void
  /** Pixels of a stored image inside `window`, in memory. Read from disk when the image was spilled. */
  window(image: number, window: Region): Promise<StoredWindow>
  close(): void
}

interface StoredImage {
  readonly region: Region
  readonly extent: Region
  /** Values, coverages, and what else was handed over. */
  readonly planesAt: readonly number[]
  pins: number
  /** Where its rows are on disk; undefined while it is in memory. */
  spilledAt: number | undefined
}

/**
 * A store on the thread that owns the memory. Callers take all that one task needs before the next task takes anything
 * (so tasks never wait for each other in a circle) and release it when the task is done.
 *
 * @param spillPath where the spill file is made if one is needed
 * @param isBusy true while a task runs that will release memory; without one, waiting would be for ever
 */
export function createImageStore(
  memory: PixelMemory,
  limitBytes: number,
  spillPath: string,
  isBusy: () => boolean,
): ImageStore {
  const images = new Map<number, StoredImage>()
  let waiting: (() => void)[] = []
  let file: SpillFile | undefined

  const wake = (): void => {
    const all = waiting
    waiting = []
    for (const go of all) go()
  }
  const releaseBlock = (at: number): void => {
    memory.free(at)
    wake()
  }
  const spillOne = (): boolean => {
    // The last images are needed last: pairs and strips are worked off from the first image on.
    const candidate = [...images.values()]
      .reverse()
      .find((image) => image.spilledAt === undefined && image.pins === 0)
    if (candidate === undefined) return false
    file ??= openSpillFile(spillPath)
    candidate.spilledAt = writeRows(memory, file, candidate)
    for (const at of candidate.planesAt) memory.free(at)
    return true
  }
  const allocate = async (sizeBytes: number): Promise<number> => {
    for (;;) {
      if (memory.usedBytes + sizeBytes <= limitBytes && memory.largestFreeBytes >= sizeBytes) {
        return memory.alloc(sizeBytes)
      }
      if (spillOne()) continue
      if (!isBusy()) throw tooSmall(sizeBytes, limitBytes)
      await new Promise<void>((resolve) => waiting.push(resolve))
    }
  }
  return {
    limitBytes,
    get spilledBytes() {
      return file?.sizeBytes ?? 0
    },
    allocate,
    release: releaseBlock,
    put(image, region, extent, valueAt, coverageAt, moreAt = []) {
      const planesAt = [valueAt, coverageAt, ...moreAt]
      images.set(image, { region, extent, planesAt, pins: 0, spilledAt: undefined })
      wake()
    },
    async window(image, wanted) {
      const stored = images.get(image)
      if (stored === undefined) throw new Error(`image ${image} is not in the store`)
      const region = intersectRegions(stored.extent, wanted)
      if (stored.spilledAt === undefined) {
        stored.pins++
        return pinnedWindow(stored, region, wake)
      }
      const rowBytes = PIXEL_BYTES * stored.region.width
      const bytes = rowBytes * region.height
      const at = await allocate(stored.planesAt.length * rowBytes * Math.max(1, region.height))
      readRows(memory, file, stored, region, at)
      const offset = PIXEL_BYTES * (region.col - stored.region.col)
      const places = stored.planesAt.map((_, plane) => at + plane * bytes + offset)
      return storedWindow(places, stored, region, () => releaseBlock(at))
    },
    close() {
      file?.close()
    },
  }
}

function pinnedWindow(stored: StoredImage, region: Region, wake: () => void): StoredWindow {
  const offset =
    PIXEL_BYTES * ((region.row - stored.region.row) * stored.region.width + (region.col - stored.region.col))
  const places = stored.planesAt.map((at) => at + offset)
  return storedWindow(places, stored, region, () => {
    stored.pins--
    wake()
  })
}

function storedWindow(
  places: readonly number[],
  stored: StoredImage,
  region: Region,
  release: () => void,
): StoredWindow {
  const [valueAt = 0, coverageAt = 0, ...moreAt] = places
  return { valueAt, coverageAt, moreAt, stride: stored.region.width, region, release }
}

function planeBytes(region: Region): number {
  return PIXEL_BYTES * region.width * region.height
}

function writeRows(memory: PixelMemory, file: SpillFile, image: StoredImage): number {
  const size = planeBytes(image.region)
  const [start = 0] = image.planesAt.map((at) => file.append(memory.u8(at, size)))
  return start
}

function readRows(
  memory: PixelMemory,
  file: SpillFile | undefined,
  stored: StoredImage,
  region: Region,
  at: number,
): void {
  if (file === undefined || stored.spilledAt === undefined || region.height === 0) return
  const rowBytes = PIXEL_BYTES * stored.region.width
  const start = stored.spilledAt + rowBytes * (region.row - stored.region.row)
  const bytes = rowBytes * region.height
  for (const plane of stored.planesAt.keys())
    file.read(memory.u8(at + plane * bytes, bytes), start + plane * planeBytes(stored.region))
}

function tooSmall(sizeBytes: number, limitBytes: number): MosaicError {
  return new MosaicError('MOSAIC_MEMORY', 'the memory limit is too small for one step of this mosaic', {
    found: `${Math.ceil(sizeBytes / 1e6)} MB in one block`,
    allowed: `${Math.floor(limitBytes / 1e6)} MB for pixels`,
    remedy: 'raise --memory',
  })
}
