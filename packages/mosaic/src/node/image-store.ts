import type { PixelMemory } from '@skyloom/kernels'
import { MosaicError } from '../errors.ts'
import { PIXEL_BYTES } from '../pixel-plane.ts'
import { intersectRegions, type Region } from '../region.ts'
import { createSourceFiles, type SourceFiles, type SourceImage } from './source-files.ts'
import { openSpillFile, type SpillFile } from './spill-file.ts'

/** A plane of a stored image beside its values. */
export interface StoredPlane {
  /** Offset in pixel memory; 0 = every pixel with a value has `constant`. */
  readonly at: number
  readonly constant: number
}

/** A reprojected image. */
export interface StoredImage {
  /** Template pixels of all planes; they may reach beyond the template. */
  readonly region: Region
  /** The part of the region that has data. */
  readonly extent: Region
  readonly valueAt: number
  readonly coverage: StoredPlane
  /** Further planes, such as weights and variances. */
  readonly more: readonly StoredPlane[]
  /** The file that the values can be read from again, row by row; then there is no other plane. */
  readonly source?: SourceImage | undefined
}

/** Part of a stored image in pixel memory, until it is released. */
export interface StoredWindow {
  readonly valueAt: number
  readonly coverage: StoredPlane
  /** Further planes, in the order in which they were handed over. */
  readonly more: readonly StoredPlane[]
  readonly stride: number
  readonly region: Region
  release(): void
}

/** Blocks of pixel memory and reprojected images, kept below the limit by moving images to disk or reading them from their files again. */
export interface ImageStore {
  /** Bytes of all blocks that the store may hand out. */
  readonly limitBytes: number
  readonly spilledBytes: number
  /** A block of memory; images are spilled, or blocks in use waited for, until it fits. */
  allocate(sizeBytes: number): Promise<number>
  release(at: number): void
  /** Hands a reprojected image over to the store. */
  put(image: number, stored: StoredImage): void
  /**
   * Moves images out of memory until so many bytes are free, as far as images are there that no window holds.
   *
   * @returns whether all images are in memory
   */
  makeRoom(sizeBytes: number): boolean
  /** Bytes that a row of all planes of a stored image takes. */
  rowBytes(image: number): number
  /** Pixels of a stored image inside `window`, in memory. Read from disk when memory was short. */
  window(image: number, window: Region): Promise<StoredWindow>
  close(): Promise<void>
}

/** A stored image and where it is. */
interface HeldImage {
  readonly stored: StoredImage
  pins: number
  /** Where its rows are on disk; undefined while it is in memory. */
  movedTo: { readonly spilledAt: number } | { readonly source: SourceImage } | undefined
}

/** Offsets of the planes that take memory: values first. */
function planesOf({ valueAt, coverage, more }: StoredImage): readonly number[] {
  return [valueAt, ...[coverage, ...more].map(({ at }) => at).filter((at) => at !== 0)]
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
  const images = new Map<number, HeldImage>()
  let waiting: (() => void)[] = []
  let file: SpillFile | undefined
  let sources: SourceFiles | undefined

  const wake = (): void => {
    const all = waiting
    waiting = []
    for (const go of all) go()
  }
  const heldImage = (image: number): HeldImage => {
    const held = images.get(image)
    if (held === undefined) throw new Error(`image ${image} is not in the store`)
    return held
  }
  const releaseBlock = (at: number): void => {
    memory.free(at)
    wake()
  }
  const moveOne = (): boolean => {
    // The last images are needed last: pairs and strips are worked off from the first image on.
    const candidate = [...images.values()]
      .reverse()
      .find((image) => image.movedTo === undefined && image.pins === 0)
    if (candidate === undefined) return false
    const { stored } = candidate
    if (stored.source === undefined) {
      file ??= openSpillFile(spillPath)
      candidate.movedTo = { spilledAt: writeRows(memory, file, stored) }
    } else candidate.movedTo = { source: stored.source }
    for (const at of planesOf(stored)) memory.free(at)
    return true
  }
  const allocate = async (sizeBytes: number): Promise<number> => {
    for (;;) {
      if (memory.usedBytes + sizeBytes <= limitBytes && memory.largestFreeBytes >= sizeBytes) {
        return memory.alloc(sizeBytes)
      }
      if (moveOne()) continue
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
    put(image, stored) {
      images.set(image, { stored, pins: 0, movedTo: undefined })
      wake()
    },
    makeRoom(sizeBytes) {
      while (memory.usedBytes + sizeBytes > limitBytes) if (!moveOne()) break
      return [...images.values()].every(({ movedTo }) => movedTo === undefined)
    },
    rowBytes(image) {
      const { stored } = heldImage(image)
      return PIXEL_BYTES * planesOf(stored).length * stored.region.width
    },
    async window(image, wanted) {
      const held = heldImage(image)
      const { stored } = held
      const region = intersectRegions(stored.extent, wanted)
      const offset = PIXEL_BYTES * (region.col - stored.region.col)
      const rowBytes = PIXEL_BYTES * stored.region.width
      const firstRow = region.row - stored.region.row
      if (held.movedTo === undefined) {
        held.pins++
        return storedWindow(
          stored,
          region,
          (at) => at + firstRow * rowBytes + offset,
          () => {
            held.pins--
            wake()
          },
        )
      }
      const bytes = rowBytes * region.height
      const planes = planesOf(stored)
      const start = await allocate(planes.length * rowBytes * Math.max(1, region.height))
      if ('source' in held.movedTo) {
        sources ??= createSourceFiles(memory)
        if (region.height > 0) await sources.readRows(held.movedTo.source, firstRow, region.height, start)
      } else readRows(memory, file, stored, held.movedTo.spilledAt, region, start)
      const placeOf = (at: number): number => start + planes.indexOf(at) * bytes + offset
      return storedWindow(stored, region, placeOf, () => releaseBlock(start))
    },
    async close() {
      file?.close()
      await sources?.close()
    },
  }
}

function storedWindow(
  { valueAt, coverage, more, region: { width } }: StoredImage,
  region: Region,
  placeOf: (planeAt: number) => number,
  release: () => void,
): StoredWindow {
  const placed = (plane: StoredPlane): StoredPlane =>
    plane.at === 0 ? plane : { ...plane, at: placeOf(plane.at) }
  return {
    valueAt: placeOf(valueAt),
    coverage: placed(coverage),
    more: more.map(placed),
    stride: width,
    region,
    release,
  }
}

function planeBytes(region: Region): number {
  return PIXEL_BYTES * region.width * region.height
}

function writeRows(memory: PixelMemory, file: SpillFile, stored: StoredImage): number {
  const size = planeBytes(stored.region)
  const [start = 0] = planesOf(stored).map((at) => file.append(memory.u8(at, size)))
  return start
}

function readRows(
  memory: PixelMemory,
  file: SpillFile | undefined,
  stored: StoredImage,
  spilledAt: number,
  region: Region,
  at: number,
): void {
  if (file === undefined || region.height === 0) return
  const rowBytes = PIXEL_BYTES * stored.region.width
  const start = spilledAt + rowBytes * (region.row - stored.region.row)
  const bytes = rowBytes * region.height
  for (const plane of planesOf(stored).keys())
    file.read(memory.u8(at + plane * bytes, bytes), start + plane * planeBytes(stored.region))
}

function tooSmall(sizeBytes: number, limitBytes: number): MosaicError {
  return new MosaicError('MOSAIC_MEMORY', 'the memory limit is too small for one step of this mosaic', {
    found: `${Math.ceil(sizeBytes / 1e6)} MB in one block`,
    allowed: `${Math.floor(limitBytes / 1e6)} MB for pixels`,
    remedy: 'raise --memory',
  })
}
