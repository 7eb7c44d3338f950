import { writeFile } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { memorySink, startStage, systemClock } from '@skyloom/base'
import { Header, writeImage } from '@skyloom/fits'
import { createPixelMemory, MAX_PIXEL_MEMORY_BYTES, type TaskPool } from '@skyloom/kernels'
import { createWorkerPool } from '@skyloom/kernels/node'
import {
  type CelestialFrame,
  ECLIPTIC_J2000,
  frameConverter,
  GALACTIC,
  type HealpixCell,
  ICRS,
  mocCells,
  mocFromCells,
  mocSkyFraction,
  pixelScaleDeg,
} from '@skyloom/wcs'
import { MosaicError } from '../../errors.ts'
import type { HpxFrame } from '../../healpix/hpx-header.ts'
import { ALLSKY_SIZE, allskyPicture } from '../../hips/allsky.ts'
import { cellsUnderImage } from '../../hips/cells-under-image.ts'
import { COVERAGE_DEPTH } from '../../hips/covered-cells.ts'
import { hipsOrderFor, hipsPixelScaleDeg } from '../../hips/hips-order.ts'
import { hipsIndexPage } from '../../hips/index-page.ts'
import { hipsMocFits } from '../../hips/moc-fits.ts'
import type { HipsOptions, HipsSummary } from '../../hips/options.ts'
import { formatHipsProperties } from '../../hips/properties.ts'
import { ALLSKY_ORDER, MAX_HIPS_ORDER } from '../../hips/tile.ts'
import { type HipsCut, tileLevels } from '../../hips/tile-levels.ts'
import { viewOfCells } from '../../hips/view-of-cells.ts'
import type { ImageRecord, RejectedImage } from '../../image-table/image-record.ts'
import { requireImages } from '../inputs.ts'
import { scanImages } from '../scan-images.ts'
import { createTaskRunner } from '../task-runner.ts'
import {
  type BranchPayload,
  type BranchResult,
  hipsScratchBytes,
  type MergePayload,
  type tasks,
} from './hips-tasks.ts'
import { beginFolder } from './new-folder.ts'
import { sampleCut } from './sample-cut.ts'
import type { TileStyle } from './tile-files.ts'
import { encodeTilePng } from './tile-png.ts'

/** A task makes a tile, its 4 children and its 16 grandchildren; the least order is 3. */
const DEPTH = 2
/** Memory that a thread takes beside its scratch: buffers for reading, compressing and writing. */
const THREAD_BYTES = 24 * 1024 * 1024
const MIN_MEMORY_BYTES = 64 * 1024 * 1024
const MAX_THREADS = 256
const DEG2_OF_SKY = 129_600 / Math.PI

/** The frames of HiPS as celestial frames. */
const FRAMES: Readonly<Record<HpxFrame, CelestialFrame>> = {
  equatorial: ICRS,
  galactic: GALACTIC,
  ecliptic: ECLIPTIC_J2000,
}

/**
 * Makes a HiPS, the tile pyramid that sky viewers read, of one or more images: FITS and PNG tiles of every order, the all-sky picture, the
 * coverage map and the properties.
 *
 * Overlapping images are averaged by covered area; their backgrounds should match already, as in a mosaic. Bytes do not depend on the number
 * of threads; only the dates of the properties depend on the clock.
 *
 * Source: IVOA Recommendation HiPS 1.0.
 *
 * @throws MosaicError, FitsError, WcsError, BaseError; nothing is left in place then
 */
export async function makeHips(options: HipsOptions): Promise<HipsSummary> {
  const clock = options.clock ?? systemClock
  const startMs = clock.monotonicMs()
  const startCpu = process.cpuUsage()
  const frame = options.frame ?? 'equatorial'
  checkOptions(options)
  const out = await beginFolder(options.outDir, options.overwrite === true)
  try {
    const { images, rejected } = await scanAll(options)
    requireImages(images, rejected)
    const order = options.order ?? hipsOrderFor(finestScaleDeg(images))
    const cut: HipsCut = {
      ...(options.cut ?? (await sampleCut(images))),
      stretch: options.stretch ?? 'asinh',
    }
    const units = new Set(images.map(({ header }) => header.string('BUNIT', undefined)))
    const unit = units.size === 1 ? [...units][0] : undefined
    const style: TileStyle = {
      folder: out.path,
      frame,
      formats: options.hasNoPng === true ? ['fits'] : ['fits', 'png'],
      cut,
      unit,
    }
    const made = await makeTiles(options, images, order, style)
    if (made.tileCounts.every((count) => count === 0)) throw noPixels(images)
    const mocOrder = order + COVERAGE_DEPTH
    const moc = mocFromCells(made.covered, mocOrder)
    const bytes = made.bytesWritten + (await writeAllsky(style, made.thumbnails))
    // The cells of the coverage map do not depend on the order of the work.
    const { centre, fovDeg } = viewOfCells(mocCells(moc))
    const view = { fovDeg, centre: frameConverter(FRAMES[frame], ICRS).convert(centre.lonDeg, centre.latDeg) }
    const name = basename(resolve(options.outDir))
    const facts = {
      creatorDid: options.creatorDid ?? `ivo://skyloom/P/${name.replaceAll(/[^A-Za-z0-9._-]/g, '_')}`,
      title: options.title ?? name,
      order,
      frame,
      formats: style.formats,
      cut,
      dateMs: clock.nowMs(),
      skyFraction: mocSkyFraction(moc),
      centre: view.centre,
      fovDeg: view.fovDeg,
      sizeBytes: bytes,
      unit,
      more: options.properties ?? new Map<string, string>(),
    }
    await writeFile(join(out.path, 'properties'), formatHipsProperties(facts))
    await writeFile(join(out.path, 'Moc.fits'), hipsMocFits(moc, frame))
    if (options.viewer !== undefined) {
      const { title, fovDeg } = facts
      const page = { title, fovDeg, viewer: options.viewer, centre: view.centre }
      await writeFile(join(out.path, 'index.html'), hipsIndexPage(page))
    }
    await out.commit()
    const cpu = process.cpuUsage(startCpu)
    return {
      outDir: options.outDir,
      order,
      frame,
      tileCounts: made.tileCounts,
      tileCount: made.tileCounts.reduce((sum, count) => sum + count, 0),
      bytesWritten: bytes,
      pixelScaleArcsec: hipsPixelScaleDeg(order) * 3600,
      skyFraction: facts.skyFraction,
      areaDeg2: facts.skyFraction * DEG2_OF_SKY,
      centre: view.centre,
      cut,
      imageCount: images.length,
      rejected,
      seconds: (clock.monotonicMs() - startMs) / 1000,
      cpuSeconds: (cpu.user + cpu.system) / 1e6,
    }
  } catch (error) {
    await out.discard()
    throw error
  }
}

function checkOptions({ order, threads, memoryBytes, cut, images }: HipsOptions): void {
  const bad = (name: string, found: string, allowed: string): MosaicError =>
    new MosaicError('MOSAIC_BAD_OPTION', 'the option has a value that cannot be used', {
      where: [name],
      found,
      allowed,
    })
  if (images.length === 0) throw bad('images', 'none', 'one or more files or folders')
  if (order !== undefined && !(Number.isInteger(order) && order >= ALLSKY_ORDER && order <= MAX_HIPS_ORDER))
    throw bad('--order', String(order), `${ALLSKY_ORDER} to ${MAX_HIPS_ORDER}`)
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= MAX_THREADS))
    throw bad('--jobs', String(threads), `1 to ${MAX_THREADS}`)
  if (memoryBytes !== undefined && !(memoryBytes >= MIN_MEMORY_BYTES))
    throw bad('--memory', `${memoryBytes} bytes`, `at least ${MIN_MEMORY_BYTES} bytes`)
  if (cut !== undefined && !(cut.high > cut.low))
    throw bad('--cut', `${cut.low} ${cut.high}`, 'a lower and a higher value')
}

/** Images of all files and folders, in the order given. */
async function scanAll(
  options: HipsOptions,
): Promise<{ readonly images: readonly ImageRecord[]; readonly rejected: readonly RejectedImage[] }> {
  const { hdu, onProgress, signal } = options
  const images: ImageRecord[] = []
  const rejected: RejectedImage[] = []
  for (const path of options.images) {
    const scan = await scanImages(path, { ...(hdu === undefined ? {} : { hdu }), onProgress, signal })
    images.push(...scan.images)
    rejected.push(...scan.rejected)
  }
  return { images, rejected }
}

function finestScaleDeg(images: readonly ImageRecord[]): number {
  return images.reduce((least, { wcs }) => Math.min(least, ...pixelScaleDeg(wcs)), Infinity)
}

function noPixels(images: readonly ImageRecord[]): MosaicError {
  return new MosaicError('MOSAIC_NO_IMAGES', 'no pixel of the images has data', {
    where: images.slice(0, 3).map(({ name }) => name),
    remedy: 'look at the images; there may be another HDU with data (--hdu)',
  })
}

/** What all tasks made together. */
interface MadeTiles {
  readonly tileCounts: readonly number[]
  readonly covered: readonly HealpixCell[]
  readonly thumbnails: ReadonlyMap<number, Float32Array>
  readonly bytesWritten: number
}

async function makeTiles(
  options: HipsOptions,
  images: readonly ImageRecord[],
  order: number,
  style: TileStyle,
): Promise<MadeTiles> {
  const scratchBytes = hipsScratchBytes(DEPTH)
  const threads = threadsWithin(options, scratchBytes)
  const maximumBytes = Math.min(MAX_PIXEL_MEMORY_BYTES - 2 * 65536, threads * (scratchBytes + 8192) + 65536)
  const pool = createWorkerPool<typeof tasks>({
    threads,
    memory: createPixelMemory({ maximumBytes }),
    taskModule: new URL('./hips-tasks.js', import.meta.url),
    scratchBytes,
  })
  try {
    return await runTasks(options, pool, images, order, style)
  } finally {
    await pool.close()
  }
}

/** Threads that the limit of memory allows. */
function threadsWithin(options: HipsOptions, scratchBytes: number): number {
  const memoryBytes = options.memoryBytes ?? Math.floor(totalmem() / 2)
  const wanted = options.threads ?? Math.min(MAX_THREADS, availableParallelism())
  return Math.max(1, Math.min(wanted, Math.floor(memoryBytes / (scratchBytes + THREAD_BYTES))))
}

async function runTasks(
  options: HipsOptions,
  pool: TaskPool<typeof tasks>,
  images: readonly ImageRecord[],
  order: number,
  style: TileStyle,
): Promise<MadeTiles> {
  const tileCounts = Array.from({ length: order + 1 }, () => 0)
  const covered: HealpixCell[] = []
  const thumbnails = new Map<number, Float32Array>()
  let bytesWritten = 0
  let level: number[] = []
  const take = (result: BranchResult, root: number): void => {
    for (const tile of result.tiles) {
      tileCounts[tile.order]! += 1
      if (tile.order === root) level.push(tile.npix)
    }
    covered.push(...result.covered)
    for (const [npix, small] of result.thumbnails) thumbnails.set(npix, small)
    bytesWritten += result.bytesWritten
  }
  const runner = createTaskRunner(pool.threads)
  const root = order - DEPTH
  const projects = branchPayloads(images, root, style)
  const progress = startStage(options.onProgress, 'tiles', projects.length, 'branches', options.clock)
  await runner.runAll(
    projects,
    (payload) => Promise.resolve({ run: () => pool.run('project', payload, { signal: options.signal }) }),
    (result) => {
      take(result, root)
      progress.advance(1, result.bytesWritten)
    },
    options.signal,
  )
  for (let below = root; below > 0; ) {
    const up = Math.min(DEPTH, below)
    const merges = mergePayloads(level, below - up, up, style)
    level = []
    const upwards = startStage(
      options.onProgress,
      `order ${below - up}`,
      merges.length,
      'branches',
      options.clock,
    )
    await runner.runAll(
      merges,
      (payload) => Promise.resolve({ run: () => pool.run('merge', payload, { signal: options.signal }) }),
      (result) => {
        take(result, below - up)
        upwards.advance(1, result.bytesWritten)
      },
      options.signal,
    )
    below -= up
  }
  return { tileCounts, covered, thumbnails, bytesWritten }
}

/** One task for each branch that an image may touch, by number. */
function branchPayloads(
  images: readonly ImageRecord[],
  order: number,
  style: TileStyle,
): readonly BranchPayload[] {
  const byRoot = new Map<number, ImageRecord[]>()
  for (const image of images) {
    for (const npix of cellsUnderImage(image, FRAMES[style.frame], order)) {
      const list = byRoot.get(npix) ?? []
      list.push(image)
      byRoot.set(npix, list)
    }
  }
  const roots = [...byRoot].sort(([a], [b]) => a - b)
  return roots.map(([npix, list]) => ({
    branch: { root: { order, npix }, depth: DEPTH },
    images: list.map(({ path, hdu, width, height, wcs }) => ({ path, hdu, width, height, wcs })),
    style,
  }))
}

/** One task for each branch that holds one of these tiles, by number. */
function mergePayloads(
  tiles: readonly number[],
  order: number,
  depth: number,
  style: TileStyle,
): readonly MergePayload[] {
  const byRoot = new Map<number, number[]>()
  for (const npix of tiles) {
    const root = Math.floor(npix / 4 ** depth)
    const list = byRoot.get(root) ?? []
    list.push(npix)
    byRoot.set(root, list)
  }
  const roots = [...byRoot].sort(([a], [b]) => a - b)
  return roots.map(([npix, list]) => ({ branch: { root: { order, npix }, depth }, tiles: list, style }))
}

/** Writes the all-sky picture of order 3. @returns bytes written */
async function writeAllsky(style: TileStyle, thumbnails: ReadonlyMap<number, Float32Array>): Promise<number> {
  const picture = allskyPicture(thumbnails)
  const { width, height } = ALLSKY_SIZE
  const sink = memorySink('Allsky')
  const header = new Header()
  if (style.unit !== undefined) header.set('BUNIT', style.unit)
  await writeImage(sink, header, { width, height, data: picture }, { bitpix: -32, checksum: false })
  const folder = join(style.folder, `Norder${ALLSKY_ORDER}`)
  const fits = sink.bytes()
  await writeFile(join(folder, 'Allsky.fits'), fits)
  if (!style.formats.includes('png')) return fits.length
  const png = encodeTilePng(tileLevels(style.cut)(picture), width, height)
  await writeFile(join(folder, 'Allsky.png'), png)
  return fits.length + png.length
}
