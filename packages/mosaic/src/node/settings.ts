import { availableParallelism, totalmem } from 'node:os'
import { systemClock } from '@skyloom/base'
import { MAX_PIXEL_MEMORY_BYTES } from '@skyloom/kernels'
import { COMBINE_METHODS } from '../add/combine.ts'
import { BACKGROUND_MODES } from '../background/solve.ts'
import type { ImageRecord } from '../image-table/image-record.ts'
import { badOption, checkWord } from '../make/bad-option.ts'
import type { MosaicOptions } from '../make/options.ts'
import { STORAGES } from '../product/product-storage.ts'
import { CONSERVED, PROJECT_METHODS } from '../project/project-method.ts'
import { type QualitySettings, resolveQuality } from './quality-settings.ts'
import { TASK_SCRATCH_BYTES } from './tasks.ts'

/** Options with every default filled in. */
export type MosaicSettings = {
  readonly [Name in DefaultedOption]: NonNullable<MosaicOptions[Name]>
} & QualitySettings

type DefaultedOption =
  | 'hdu'
  | 'method'
  | 'pixfrac'
  | 'conserve'
  | 'background'
  | 'combine'
  | 'isExactSize'
  | 'isFloat64'
  | 'compress'
  | 'quantize'
  | 'threads'
  | 'memoryBytes'
  | 'overwrite'
  | 'template'
  | 'clock'

/** Below this the runtime and one image of an ordinary survey do not fit. */
const MIN_MEMORY_BYTES = 64 * 1024 * 1024
const MAX_THREADS = 256

/**
 * Fills in defaults and checks what the types cannot.
 *
 * @throws MosaicError `MOSAIC_BAD_OPTION`
 */
export function resolveSettings(options: MosaicOptions): MosaicSettings {
  const settings = {
    hdu: options.hdu ?? 'first',
    method: options.method ?? 'area',
    pixfrac: options.pixfrac ?? 0.8,
    conserve: options.conserve ?? 'auto',
    background: options.background ?? 'plane',
    combine: options.combine ?? (hasWeights(options) ? 'weighted' : 'mean'),
    isExactSize: options.isExactSize ?? false,
    isFloat64: options.isFloat64 ?? false,
    compress: options.compress ?? 'none',
    quantize: options.quantize ?? 4,
    threads: options.threads ?? Math.min(MAX_THREADS, availableParallelism()),
    memoryBytes: options.memoryBytes ?? Math.floor(totalmem() / 2),
    overwrite: options.overwrite ?? false,
    template: options.template ?? {},
    clock: options.clock ?? systemClock,
    ...resolveQuality(options),
  }
  checkWord('method', settings.method, PROJECT_METHODS)
  checkWord('conserve', settings.conserve, CONSERVED)
  if (!(settings.pixfrac > 0 && settings.pixfrac <= 1))
    throw badOption('pixfrac', String(settings.pixfrac), 'above 0, at most 1')
  checkWord('compress', settings.compress, STORAGES)
  if (!(settings.quantize > 0)) throw badOption('quantize', String(settings.quantize), 'above 0')
  checkWord('background', settings.background, BACKGROUND_MODES)
  checkWord('combine', settings.combine, COMBINE_METHODS)
  if (!(Number.isInteger(settings.threads) && settings.threads >= 1 && settings.threads <= MAX_THREADS)) {
    throw badOption('jobs', String(settings.threads), `1 to ${MAX_THREADS}`)
  }
  if (!(settings.memoryBytes >= MIN_MEMORY_BYTES)) {
    throw badOption('memory', `${settings.memoryBytes} bytes`, `at least ${MIN_MEMORY_BYTES} bytes`)
  }
  return settings
}

/** Weights that are given are used. */
function hasWeights({ quality }: MosaicOptions): boolean {
  return quality?.weight !== undefined || quality?.variance !== undefined
}

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

/** What Node.js and the program take on the main thread: 70 MiB resident before the first pixel (Node 20), and room for its heap. */
const RUNTIME_BYTES = 110 * 1024 * 1024
/** Resident memory of one worker with its code and heap, measured. */
const WORKER_BYTES = 32 * 1024 * 1024
/** Objects of one image: header, coordinates, fits. */
const IMAGE_BYTES = 32 * 1024
/** The limit is for the work; so much of the runtime may lie beside it. */
const BESIDE_LIMIT_BYTES = 128 * 1024 * 1024

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
  const scratch = threads * (TASK_SCRATCH_BYTES + 4096)
  const reading = threads * threadBytes(images) - scratch
  const workers = threads > 1 ? threads * WORKER_BYTES : 0
  const runtime = RUNTIME_BYTES + workers + images.length * IMAGE_BYTES
  const beside = Math.max(0, runtime - BESIDE_LIMIT_BYTES)
  const wanted = Math.max(memoryBytes - reading - beside, memoryBytes / 4 + scratch)
  return Math.floor(Math.min(wanted, MAX_PIXEL_MEMORY_BYTES - 2 * 65536))
}
