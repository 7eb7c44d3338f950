import {
  createPixelMemory,
  overlapScratchBytes,
  type PixelKernels,
  type PixelMemory,
  pixelKernels,
} from '@skyloom/kernels'
import { type ApproximateMap, approximateMap, type PixelMap } from '@skyloom/wcs'
import { intersectRegions, isEmptyRegion, type Region } from '../region.ts'
import { addOnSphere, type SpherePixels } from './sphere-cells.ts'
import { gridScratchBytes, loadBand, type ProjectMap, tileCorners } from './tile-corners.ts'

/** Values and weights of a part of an image, row-major; NaN and weights that are not positive mark pixels without data. */
export interface ImagePart {
  readonly value: Float64Array
  /** Undefined: all weights are 1. */
  readonly weight: Float64Array | undefined
}

/** An image whose pixels are spread over the pixels of the output. */
export interface OverlapImage {
  readonly width: number
  readonly height: number
  /** Pixels of a region of whole pixels inside the image. */
  read(region: Region): Promise<ImagePart>
}

/** Where and how overlaps are those of spherical polygons. */
export interface SphereUse {
  readonly pixels: SpherePixels
  /**
   * For every pixel (`all`), or for those alone whose corners do not make a quadrilateral of the plane, such as pixels on the seam of an
   * all-sky map (`odd`).
   */
  readonly use: 'all' | 'odd'
  /** Areas with the losses of the classic mProject, see `classicOverlap`; default false: the true ones. */
  readonly isClassic?: boolean
}

/** How pixels are spread. */
export interface OverlapOptions {
  /** Exact map from corner coordinates of the image to those of the output. */
  readonly toOutput: PixelMap
  /** Side of the footprint of a pixel in pixels, around its centre (drizzle); default 1. */
  readonly drop?: number
  /** Values are fluxes of whole pixels, spread evenly; default false: they are surface brightness. */
  readonly isFlux?: boolean
  /** Largest error of mapped corners, pixels of the output. Default 1e-6. */
  readonly boundPx?: number
  /** Overlaps by spherical polygons; without it pixels that do not make a quadrilateral of the plane are left out. */
  readonly sphere?: SphereUse
  /**
   * Leave out pixels of the image with a corner beyond an output of this size, as the classic programs do; default: they count with the
   * part that lies on it.
   */
  readonly within?: { readonly width: number; readonly height: number }
  /** Bytes for the sums of one band of the output; default 256 MiB. */
  readonly bandBytes?: number
}

/** Sums of a band of the output: pairs (value * weight * area, weight * area), row-major. */
export interface OverlapBand {
  readonly region: Region
  readonly sums: Float64Array
}

/** Side of a block of input pixels: with its corners and the output under it it stays in cache. */
const BLOCK_SIDE = 64
/** Side of the largest window of the output that one call of the kernel works on. */
const WINDOW_SIDE = 256
const BAND_BYTES = 256 * 1024 * 1024
/** A quadrilateral this many times wider than a pixel of the image is at the reference point is odd. */
const ODD_FACTOR = 8
/** Interpolation may reach this far beyond the nodes around a block, pixels of the output. */
const NODE_MARGIN = 2
/** Bytes of a pair of sums. */
const PAIR_BYTES = 16

/**
 * Spreads the pixels of an image over a region of the output by the exact area of overlap, band by band.
 *
 * The sums of a pixel do not depend on the bands. Without `sphere: 'all'` areas are those of straight-edged quadrilaterals in the plane
 * of the output, in output pixels; with it they are steradians.
 *
 * @param pixelRatio pixels of the output in the side of a pixel of the image, about
 * @param takeBand called for each band in order; the sums are valid until the next call
 * @returns largest error of mapped corners, pixels of the output
 *
 * Accuracy: areas 1e-12 of a pixel, and what the bound of the map makes of them; polygons on the sphere as {@link sphereOverlap}.
 * Memory: one band of sums, one row of blocks of the image, and the nodes of the map.
 */
export async function overlapSums(
  image: OverlapImage,
  region: Region,
  pixelRatio: number,
  options: OverlapOptions,
  takeBand: (band: OverlapBand) => Promise<void> | void,
): Promise<number> {
  const bandBytes = options.bandBytes ?? BAND_BYTES
  const bandRows = Math.min(region.height, Math.max(1, Math.floor(bandBytes / (PAIR_BYTES * region.width))))
  const bench = createBench(image, region.width * bandRows, pixelRatio, options)
  for (let row = 0; row < region.height; row += bandRows) {
    const height = Math.min(bandRows, region.height - row)
    const band = { col: region.col, row: region.row + row, width: region.width, height }
    const sums = bench.memory.f64(bench.sumsAt, 2 * band.width * height).fill(0)
    await addImage(bench, image, band)
    await takeBand({ region: band, sums })
  }
  return bench.maps.reduce((most, { grid }) => Math.max(most, grid.maxErrorPx), 0)
}

/** Memory and maps of one run. */
interface Bench {
  readonly memory: PixelMemory
  readonly kernels: PixelKernels
  /** One map of shared corners, or four of the corners of drops. */
  readonly maps: readonly ProjectMap[]
  readonly isFlux: boolean
  readonly maxExtent: number
  readonly sphere: OverlapOptions['sphere']
  readonly within: OverlapOptions['within']
  readonly drop: number
  readonly sumsAt: number
  readonly valueAt: number
  readonly weightAt: number
  readonly cornersAt: number
  readonly gridAt: number
  /** Eight planes of corners of drops. */
  readonly dropsAt: number
  readonly scratchAt: number
}

function createBench(
  image: OverlapImage,
  sumCount: number,
  pixelRatio: number,
  options: OverlapOptions,
): Bench {
  const { drop = 1, isFlux = false, boundPx = 1e-6, sphere } = options
  const whole = { col: 0, row: 0, width: image.width, height: image.height }
  const maps = cornerShifts(drop).map(([dx, dy]) => {
    const exact = shifted(options.toOutput, dx, dy)
    return { grid: approximateMap(exact, whole, { boundPx }), exact }
  })
  const gridBytes = Math.max(...maps.map(({ grid }) => gridScratchBytes(grid, BLOCK_SIDE)))
  const blockPixels = BLOCK_SIDE ** 2
  const cornerBytes = 2 * 8 * (BLOCK_SIDE + 1) ** 2
  const scratchBytes = overlapScratchBytes(BLOCK_SIDE, BLOCK_SIDE, WINDOW_SIDE, WINDOW_SIDE)
  const sizes = [PAIR_BYTES * sumCount, 8 * blockPixels, 8 * blockPixels, cornerBytes, gridBytes]
  const all = [...sizes, 64 * blockPixels, scratchBytes]
  const maximumBytes = all.reduce((sum, bytes) => sum + bytes + 64, 0)
  const memory = createPixelMemory({ maximumBytes, shared: false })
  const [sumsAt = 0, valueAt = 0, weightAt = 0, cornersAt = 0, gridAt = 0, dropsAt = 0, scratchAt = 0] =
    all.map((bytes) => memory.alloc(bytes))
  return {
    memory,
    kernels: pixelKernels(memory),
    maps,
    isFlux,
    maxExtent: ODD_FACTOR * (pixelRatio * drop + 1),
    sphere,
    within: options.within,
    drop,
    sumsAt,
    valueAt,
    weightAt,
    cornersAt,
    gridAt,
    dropsAt,
    scratchAt,
  }
}

/** Shifts from the lower left corner of a pixel to the corners of its footprint; one for footprints that are the pixels. */
function cornerShifts(drop: number): readonly (readonly [number, number])[] {
  if (drop === 1) return [[0, 0]]
  const low = 0.5 - drop / 2
  const high = 0.5 + drop / 2
  return [
    [low, low],
    [high, low],
    [high, high],
    [low, high],
  ]
}

function shifted(exact: PixelMap, dx: number, dy: number): PixelMap {
  if (dx === 0 && dy === 0) return exact
  return (x, y, outX, outY, count) => {
    for (let i = 0; i < count; i++) {
      outX[i] = x[i]! + dx
      outY[i] = y[i]! + dy
    }
    exact(outX, outY, outX, outY, count)
  }
}

/** Adds the whole image to the sums of a band. */
async function addImage(bench: Bench, image: OverlapImage, band: Region): Promise<void> {
  const { grid } = bench.maps[0]!
  for (let row = 0; row < image.height; row += BLOCK_SIDE) {
    const height = Math.min(BLOCK_SIDE, image.height - row)
    const cols: number[] = []
    for (let col = 0; col < image.width; col += BLOCK_SIDE) {
      const block = { col, row, width: Math.min(BLOCK_SIDE, image.width - col), height }
      if (mayTouch(grid, block, band)) cols.push(col)
    }
    const first = cols[0]
    if (first === undefined) continue
    const end = Math.min(image.width, cols.at(-1)! + BLOCK_SIDE)
    const strip = { col: first, row, width: end - first, height }
    const part = await image.read(strip)
    for (const col of cols) {
      const block = { col, row, width: Math.min(BLOCK_SIDE, image.width - col), height }
      loadBlock(bench, part, strip, block)
      addBlock(bench, block, band, part.weight !== undefined)
    }
  }
}

/** False when all nodes around a block are known and lie to one side of the band. */
function mayTouch(grid: ApproximateMap, block: Region, band: Region): boolean {
  const nodeBox = nodesAround(grid, block)
  if (nodeBox === undefined) return true
  const { left, right, bottom, top } = nodeBox
  return (
    right >= band.col - NODE_MARGIN &&
    left <= band.col + band.width + NODE_MARGIN &&
    top >= band.row - NODE_MARGIN &&
    bottom <= band.row + band.height + NODE_MARGIN
  )
}

interface Box {
  readonly left: number
  readonly right: number
  readonly bottom: number
  readonly top: number
}

/** Extent of the nodes around a block and of the ring beyond them; undefined when one has no place. */
function nodesAround(grid: ApproximateMap, block: Region): Box | undefined {
  const clampCol = (node: number): number => Math.min(grid.nodeCols - 1, Math.max(0, node))
  const clampRow = (node: number): number => Math.min(grid.nodeRows - 1, Math.max(0, node))
  const firstCol = clampCol(Math.floor((block.col - grid.originCol) / grid.step) - 1)
  const lastCol = clampCol(Math.ceil((block.col + block.width - grid.originCol) / grid.step) + 1)
  const firstRow = clampRow(Math.floor((block.row - grid.originRow) / grid.step) - 1)
  const lastRow = clampRow(Math.ceil((block.row + block.height - grid.originRow) / grid.step) + 1)
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity]
  for (let row = firstRow; row <= lastRow; row++) {
    for (let col = firstCol; col <= lastCol; col++) {
      const x = grid.x[row * grid.nodeCols + col]!
      const y = grid.y[row * grid.nodeCols + col]!
      if (!(Number.isFinite(x) && Number.isFinite(y))) return undefined
      left = Math.min(left, x)
      right = Math.max(right, x)
      bottom = Math.min(bottom, y)
      top = Math.max(top, y)
    }
  }
  return { left, right, bottom, top }
}

/** Copies a block out of a strip of the image. */
function loadBlock(bench: Bench, part: ImagePart, strip: Region, block: Region): void {
  const count = block.width * block.height
  const copy = (from: Float64Array, at: number): void => {
    const to = bench.memory.f64(at, count)
    for (let row = 0; row < block.height; row++) {
      const start = row * strip.width + block.col - strip.col
      to.set(from.subarray(start, start + block.width), row * block.width)
    }
  }
  copy(part.value, bench.valueAt)
  if (part.weight !== undefined) copy(part.weight, bench.weightAt)
}

/** Adds one block to the sums of a band. */
function addBlock(bench: Bench, block: Region, band: Region, isWeighted: boolean): void {
  const corners = blockCorners(bench, block)
  const weightAt = isWeighted ? bench.weightAt : 0
  if (bench.sphere?.use === 'all') {
    addSpherical(bench, block, band, corners, weightAt)
    return
  }
  const box = boxOf(corners)
  const parts = box === undefined ? [] : windows(intersectRegions(box, band))
  let skipped = 0
  for (const part of parts) skipped = addWindow(bench, block, band, part, weightAt)
  if (skipped > 0) addSpherical(bench, block, band, corners, weightAt)
}

/** Adds the pixels of a block by spherical polygons: all of them, or those that the plane cannot hold. */
function addSpherical(
  bench: Bench,
  block: Region,
  band: Region,
  corners: BlockCorners,
  weightAt: number,
): void {
  const { memory, sphere, drop, isFlux, maxExtent } = bench
  if (sphere === undefined) return
  const count = block.width * block.height
  const pixels = {
    region: block,
    values: memory.f64(bench.valueAt, count),
    weights: weightAt === 0 ? undefined : memory.f64(weightAt, count),
    corners: (k: number, x: Float64Array, y: Float64Array): void => {
      const base = Math.floor(k / corners.width) * corners.pitch + (k % corners.width)
      for (let i = 0; i < 4; i++) {
        const plane = corners.x.length === 1 ? 0 : i
        x[i] = corners.x[plane]![base + corners.offsets[i]!]!
        y[i] = corners.y[plane]![base + corners.offsets[i]!]!
      }
    },
  }
  const sums = memory.f64(bench.sumsAt, 2 * band.width * band.height)
  const rule = {
    drop,
    isFlux,
    maxExtent,
    isOddOnly: sphere.use === 'odd',
    isClassic: sphere.isClassic === true,
  }
  addOnSphere(sphere.pixels, pixels, rule, { band, sums })
}

/** Corners of the footprints of a block: positions of corner k of pixel i. */
interface BlockCorners {
  readonly x: readonly Float64Array[]
  readonly y: readonly Float64Array[]
  /** Where the corner lies: `base(pixel) + offset[k]`. */
  readonly pitch: number
  readonly width: number
  readonly offsets: readonly number[]
}

/** Maps the corners of a block; of drops they are also brought into the planes that the kernel reads. */
function blockCorners(bench: Bench, block: Region): BlockCorners {
  const { memory, kernels, maps, cornersAt, gridAt, dropsAt } = bench
  const pitch = block.width + 1
  const cornerCount = pitch * (block.height + 1)
  const shared = bench.drop === 1
  const x: Float64Array[] = []
  const y: Float64Array[] = []
  for (const [index, map] of maps.entries()) {
    const band = loadBand(memory, map, block.row, block.height, gridAt)
    const cornersYAt = tileCorners(memory, kernels, band, block, { cornersAt, gridAt })
    const [mappedX, mappedY] = [memory.f64(cornersAt, cornerCount), memory.f64(cornersYAt, cornerCount)]
    if (bench.within !== undefined) dropOutside(mappedX, mappedY, bench.within)
    if (shared) {
      x.push(mappedX)
      y.push(mappedY)
    } else {
      x.push(toPlane(memory, mappedX, block, dropsAt, 2 * index))
      y.push(toPlane(memory, mappedY, block, dropsAt, 2 * index + 1))
    }
  }
  return shared
    ? { x, y, pitch, width: block.width, offsets: [0, 1, pitch + 1, pitch] }
    : { x, y, pitch: block.width, width: block.width, offsets: [0, 0, 0, 0] }
}

/** Corners that lie on the border of the output but for rounding, in pixels. */
const BORDER_SLACK = 1e-6

/** Takes the place from corners outside the output. */
function dropOutside(
  x: Float64Array,
  y: Float64Array,
  { width, height }: { readonly width: number; readonly height: number },
): void {
  for (let k = 0; k < x.length; k++) {
    const isX = x[k]! >= -BORDER_SLACK && x[k]! <= width + BORDER_SLACK
    const isY = y[k]! >= -BORDER_SLACK && y[k]! <= height + BORDER_SLACK
    if (!(isX && isY)) x[k] = Number.NaN
  }
}

/** Takes the corners that belong to pixels (all but the last column and row) into a plane. */
function toPlane(
  memory: PixelMemory,
  mapped: Float64Array,
  { width, height }: Region,
  dropsAt: number,
  index: number,
): Float64Array {
  const plane = memory.f64(dropsAt + 8 * index * width * height, width * height)
  for (let row = 0; row < height; row++) {
    const start = row * (width + 1)
    plane.set(mapped.subarray(start, start + width), row * width)
  }
  return plane
}

/** Whole output pixels around the finite corners; undefined when there are none. */
function boxOf(corners: BlockCorners): Region | undefined {
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity]
  for (const [index, xs] of corners.x.entries()) {
    const ys = corners.y[index]!
    for (let k = 0; k < xs.length; k++) {
      const x = xs[k]!
      const y = ys[k]!
      // NaN fails all comparisons.
      if (x < left && x > -MAX_PLACE) left = x
      if (x > right && x < MAX_PLACE) right = x
      if (y < bottom && y > -MAX_PLACE) bottom = y
      if (y > top && y < MAX_PLACE) top = y
    }
  }
  if (!(left <= right && bottom <= top)) return undefined
  const col = Math.floor(left)
  const row = Math.floor(bottom)
  return { col, row, width: Math.ceil(right) - col + 1, height: Math.ceil(top) - row + 1 }
}

/** Corners beyond this many output pixels are not on any image. */
const MAX_PLACE = 2 ** 30

/** Cuts a window into parts that the work array holds. */
function windows(window: Region): readonly Region[] {
  if (isEmptyRegion(window)) return []
  if (window.width <= WINDOW_SIDE && window.height <= WINDOW_SIDE) return [window]
  const parts: Region[] = []
  for (let row = 0; row < window.height; row += WINDOW_SIDE) {
    for (let col = 0; col < window.width; col += WINDOW_SIDE) {
      parts.push({
        col: window.col + col,
        row: window.row + row,
        width: Math.min(WINDOW_SIDE, window.width - col),
        height: Math.min(WINDOW_SIDE, window.height - row),
      })
    }
  }
  return parts
}

/** Runs the kernel over one window; gives the number of pixels that it could not use. */
function addWindow(bench: Bench, block: Region, band: Region, window: Region, weightAt: number): number {
  const { kernels, valueAt, cornersAt, maxExtent, scratchAt } = bench
  const start = 2 * ((window.row - band.row) * band.width + window.col - band.col)
  const sumsAt = bench.sumsAt + 8 * start
  const isFlux = bench.isFlux ? 1 : 0
  if (bench.drop === 1) {
    const cornersYAt = cornersAt + 8 * (block.width + 1) * (block.height + 1)
    return kernels.overlapBlock(
      valueAt,
      weightAt,
      block.width,
      block.height,
      cornersAt,
      cornersYAt,
      maxExtent,
      isFlux,
      window.col,
      window.row,
      window.width,
      window.height,
      sumsAt,
      band.width,
      scratchAt,
    )
  }
  return kernels.overlapDrops(
    valueAt,
    weightAt,
    block.width * block.height,
    bench.dropsAt,
    maxExtent,
    isFlux,
    window.col,
    window.row,
    window.width,
    window.height,
    sumsAt,
    band.width,
    scratchAt,
  )
}
