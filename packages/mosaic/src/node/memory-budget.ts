import { MAX_PIXEL_MEMORY_BYTES } from '@skyloom/kernels'
import type { ImageRecord } from '../image-table/image-record.ts'
import type { MosaicOptions } from '../make/options.ts'
import type { MosaicSettings } from './settings.ts'
import { TASK_SCRATCH_BYTES } from './tasks.ts'

/** A worker thread costs about as much as the reprojection of so many pixels. */
const PIXELS_PER_THREAD = 4_000_000

/** Threads that pay for these images: all that were asked for, else as many as have enough to do and take no more than half of the memory. */
export function usefulThreads(
  options: MosaicOptions,
  settings: MosaicSettings,
  images: readonly ImageRecord[],
): number {
  if (options.threads !== undefined) return settings.threads
  const pixels = images.reduce((sum, image) => sum + image.width * image.height, 0)
  const busy = Math.floor(pixels / PIXELS_PER_THREAD)
  const affordable = Math.floor(settings.memoryBytes / 2 / (WORKER_BYTES + threadBytes(images)))
  return Math.max(1, Math.min(settings.threads, busy, affordable))
}

/** What Node.js and the program take on the main thread: about 110 MiB resident before the first pixel (Node 20, with the record of the run), and room for its heap. */
const RUNTIME_BYTES = 150 * 1024 * 1024
/** Resident memory of one worker with its code and heap, measured. */
const WORKER_BYTES = 32 * 1024 * 1024
/** Objects of one image: header, coordinates, fits. */
const IMAGE_BYTES = 32 * 1024
/** The limit is for the work; so much of the runtime may lie beside it. */
const BESIDE_LIMIT_BYTES = 128 * 1024 * 1024

/** What is resident of the runtime before the first pixel. */
const START_BYTES = 140 * 1024 * 1024

/** Pixels of all images of a mosaic that takes about a second. */
const SMALL_WORK_PIXELS = 2 ** 24
/** Pixels of an image that holds the calling thread up for about a tenth of a second. */
const SMALL_IMAGE_PIXELS = 2 ** 21

/** Whether to start one more worker would cost more than the work that the calling thread can do itself. */
export function isSmallWork(images: readonly ImageRecord[]): boolean {
  const pixels = images.map(({ width, height }) => width * height)
  const all = pixels.reduce((sum, count) => sum + count, 0)
  return all <= SMALL_WORK_PIXELS && pixels.every((count) => count <= SMALL_IMAGE_PIXELS)
}

/** Part of the memory that scratch of tasks that wait may take. */
const AHEAD_PART = 0.05

/**
 * Tasks that wait in each thread behind the one that runs: fits take a few milliseconds, of which the way to a thread would be a fifth. None
 * where the calling thread works as well, nor where memory is short.
 */
export function tasksAhead({ threads, memoryBytes }: MosaicSettings, images: readonly ImageRecord[]): number {
  const hasRoom = threads * TASK_SCRATCH_BYTES <= AHEAD_PART * memoryBytes
  return threads > 1 && hasRoom && !isSmallWork(images) ? 1 : 0
}

/** Scratch of a task, and what reading the largest image needs beside the pixel memory: its file and its pixels. */
function threadBytes(images: readonly ImageRecord[]): number {
  const reading = images.reduce(
    (most, { sizeBytes, width, height }) => Math.max(most, sizeBytes + 8 * width * height),
    0,
  )
  return TASK_SCRATCH_BYTES + 4096 + reading
}

/**
 * Bytes of pixel memory within the limit, scratch of the threads included: what is left when every thread reads its largest image and
 * the runtime has what it needs beyond {@link BESIDE_LIMIT_BYTES}; at least a quarter of the limit, at most what one WebAssembly memory
 * can hold.
 */
export function pixelMemoryBytes(settings: MosaicSettings, images: readonly ImageRecord[]): number {
  const { threads, memoryBytes } = settings
  const scratch = threads * (1 + tasksAhead(settings, images)) * (TASK_SCRATCH_BYTES + 4096)
  const reading = threads * threadBytes(images) - threads * (TASK_SCRATCH_BYTES + 4096)
  const workers = threads > 1 ? threads * WORKER_BYTES : 0
  const runtime = RUNTIME_BYTES + workers + images.length * IMAGE_BYTES
  const beside = Math.max(0, runtime - BESIDE_LIMIT_BYTES)
  const wanted = Math.max(memoryBytes - reading - beside, memoryBytes / 4 + scratch)
  return Math.floor(Math.min(wanted, MAX_PIXEL_MEMORY_BYTES - 2 * 65536))
}

/**
 * Largest resident memory to expect.
 *
 * @param pixelBytes of all reprojected images
 */
export function forecastPeakBytes(
  settings: MosaicSettings,
  images: readonly ImageRecord[],
  pixelBytes: number,
): number {
  const { threads } = settings
  const workers = threads > 1 ? threads * WORKER_BYTES : 0
  const inMemory = Math.min(pixelBytes + threads * threadBytes(images), pixelMemoryBytes(settings, images))
  return START_BYTES + workers + images.length * IMAGE_BYTES + inMemory
}
