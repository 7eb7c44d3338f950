import type { PixelMap } from '@skyloom/wcs'
import { intersectRegions, type Region } from '../region.ts'
import { type BlockCorners, blockCorners, boxOf } from './block-corners.ts'
import { mayTouch } from './block-reach.ts'
import { type MapAccuracy, mapAccuracy } from './map-accuracy.ts'
import { BLOCK_SIDE, createOverlapBench, type OverlapBench, PAIR_BYTES } from './overlap-bench.ts'
import { addWindow, windowParts } from './overlap-window.ts'
import { addOnSphere, type SpherePixels } from './sphere-cells.ts'

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

const BAND_BYTES = 256 * 1024 * 1024

/**
 * Spreads the pixels of an image over a region of the output by the exact area of overlap, band by band.
 *
 * The sums of a pixel do not depend on the bands. Without `sphere: 'all'` areas are those of straight-edged quadrilaterals in the plane
 * of the output, in output pixels; with it they are steradians.
 *
 * @param pixelRatio pixels of the output in the side of a pixel of the image, about
 * @param takeBand called for each band in order; the sums are valid until the next call
 * @returns accuracy of mapped corners, pixels of the output
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
): Promise<MapAccuracy> {
  const bandBytes = options.bandBytes ?? BAND_BYTES
  const bandRows = Math.min(region.height, Math.max(1, Math.floor(bandBytes / (PAIR_BYTES * region.width))))
  const bench = createOverlapBench(image, region.width * bandRows, pixelRatio, options)
  for (let row = 0; row < region.height; row += bandRows) {
    const height = Math.min(bandRows, region.height - row)
    const band = { col: region.col, row: region.row + row, width: region.width, height }
    const sums = bench.memory.f64(bench.sumsAt, 2 * band.width * height).fill(0)
    await addImage(bench, image, band)
    await takeBand({ region: band, sums })
  }
  return mapAccuracy(bench.maps.map(({ grid }) => grid))
}

/** Adds the whole image to the sums of a band. */
async function addImage(bench: OverlapBench, image: OverlapImage, band: Region): Promise<void> {
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

/** Copies a block out of a strip of the image. */
function loadBlock(bench: OverlapBench, part: ImagePart, strip: Region, block: Region): void {
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
function addBlock(bench: OverlapBench, block: Region, band: Region, isWeighted: boolean): void {
  const corners = blockCorners(bench, block)
  const weightAt = isWeighted ? bench.weightAt : 0
  if (bench.sphere?.use === 'all') {
    addSpherical(bench, block, band, corners, weightAt)
    return
  }
  const box = boxOf(corners)
  const parts = box === undefined ? [] : windowParts(intersectRegions(box, band))
  let skipped = 0
  for (const part of parts) skipped = addWindow(bench, block, band, part, weightAt)
  if (skipped > 0) addSpherical(bench, block, band, corners, weightAt)
}

/** Adds the pixels of a block by spherical polygons: all of them, or those that the plane cannot hold. */
function addSpherical(
  bench: OverlapBench,
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
