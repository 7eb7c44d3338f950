import { quadrilateralArea } from '@skyloom/kernels'
import { intersectRegions, isEmptyRegion, type Region } from '../region.ts'
import { classicOverlap } from './classic-overlap.ts'
import { type SphereOverlap, sphereOverlap } from './sphere-overlap.ts'

/** Unit vectors of `count` positions, written to `vectors` from index 0 as x, y, z of each; NaN where there is no sky. */
export type VectorMap = (x: Float64Array, y: Float64Array, vectors: Float64Array, count: number) => void

/** Where pixels lie on the sphere: from corner coordinates to directions, both in the frame of the output. */
export interface SpherePixels {
  readonly ofImage: VectorMap
  readonly ofOutput: VectorMap
}

/** Input pixels of one block with their places. */
export interface SphereBlock {
  readonly region: Region
  readonly values: Float64Array
  /** Undefined: all weights are 1. */
  readonly weights: Float64Array | undefined
  /** Positions of the four corners of pixel `k` in the output, written to `x` and `y`. */
  readonly corners: (k: number, x: Float64Array, y: Float64Array) => void
}

/** How the pixels of a block enter the sums. */
export interface SphereRule {
  /** Side of the footprint of a pixel. */
  readonly drop: number
  readonly isFlux: boolean
  /** Quadrilaterals wider than this in the output are taken for parts on two sides of a seam. */
  readonly maxExtent: number
  /**
   * Take only the pixels that have no usable quadrilateral in the plane, and give areas in pixels of the output; otherwise all pixels
   * enter, with areas in steradians.
   */
  readonly isOddOnly: boolean
  /** Areas as the classic mProject has them, instead of the true ones. */
  readonly isClassic: boolean
}

/** Sums of a band of the output, pairs. */
export interface SphereTarget {
  readonly band: Region
  readonly sums: Float64Array
}

/** Output pixels by which the bulge of a side may reach beyond the corners. */
const PAD = 1

/** Adds pixels of a block to the sums of a band by the overlap of spherical polygons. */
export function addOnSphere(
  pixels: SpherePixels,
  block: SphereBlock,
  rule: SphereRule,
  target: SphereTarget,
): void {
  const { values, weights } = block
  const { sums } = target
  overlapsOnSphere(pixels, block, rule, target.band, (k, at, overlap, perValue) => {
    const area = overlap * (weights === undefined ? 1 : weights[k]!)
    sums[2 * at]! += values[k]! * perValue * area
    sums[2 * at + 1]! += area
  })
}

/**
 * Takes an overlap of pixel `k` of a block and pixel `at` of a band.
 *
 * @param perValue density of a pixel with the value 1
 */
export type TakeOverlap = (k: number, at: number, area: number, perValue: number) => void

/** Gives all overlaps of the pixels of a block that have a finite value and a weight with the pixels of a band, by spherical polygons. */
export function overlapsOnSphere(
  pixels: SpherePixels,
  block: SphereBlock,
  rule: SphereRule,
  band: Region,
  take: TakeOverlap,
): void {
  const { region, values, weights, corners } = block
  const geometry = rule.isClassic ? classicOverlap() : sphereOverlap()
  const pad = rule.isClassic ? 0 : PAD
  const x = new Float64Array(4)
  const y = new Float64Array(4)
  const quad = new Float64Array(12)
  const cell = new Float64Array(12)
  const cells = rule.isOddOnly ? undefined : cellVectors(pixels, block, rule, band)
  const footprints = rule.isOddOnly ? undefined : blockFootprints(pixels, region, rule.drop / 2)
  for (let k = 0; k < values.length; k++) {
    const value = values[k]!
    const weight = weights === undefined ? 1 : weights[k]!
    if (!(Number.isFinite(value) && weight > 0 && weight < Infinity)) continue
    corners(k, x, y)
    if (footprints === undefined) {
      const isOdd = !isNarrow(x, y, rule.maxExtent) || quadrilateralArea(x, y) === 0
      if (!isOdd) continue
      const col = region.col + (k % region.width) + 0.5
      const row = region.row + Math.floor(k / region.width) + 0.5
      footprint(pixels, col, row, rule.drop / 2, quad)
    } else {
      footprints(k, quad)
    }
    const perValue = rule.isFlux ? 1 / geometry.areaSr(quad) : 1
    const isInPixels = rule.isOddOnly
    for (const window of candidates(x, y, rule.maxExtent, pad, band)) {
      const places = cells ?? cellsOf(pixels, window)
      overlapsWith(window, band, geometry, quad, cell, places, isInPixels, (at, area) => {
        take(k, at, area, perValue)
      })
    }
  }
}

function isNarrow(x: Float64Array, y: Float64Array, maxExtent: number): boolean {
  const dx = Math.max(x[0]!, x[1]!, x[2]!, x[3]!) - Math.min(x[0]!, x[1]!, x[2]!, x[3]!)
  const dy = Math.max(y[0]!, y[1]!, y[2]!, y[3]!) - Math.min(y[0]!, y[1]!, y[2]!, y[3]!)
  return dx <= maxExtent && dy <= maxExtent
}

/** Directions of the corners of a footprint around the centre of a pixel. */
function footprint(pixels: SpherePixels, col: number, row: number, half: number, quad: Float64Array): void {
  const x = Float64Array.of(col - half, col + half, col + half, col - half)
  const y = Float64Array.of(row - half, row - half, row + half, row + half)
  pixels.ofImage(x, y, quad, 4)
}

/** Directions of the corners of the footprints of all pixels of a block: `take(k, quad)` gives those of pixel `k`. */
function blockFootprints(
  pixels: SpherePixels,
  { col, row, width, height }: Region,
  half: number,
): (k: number, quad: Float64Array) => void {
  // Corners of whole pixels are shared; those of smaller or larger footprints lie in four grids.
  const isShared = half === 0.5
  const pitch = isShared ? width + 1 : width
  const rows = isShared ? height + 1 : height
  const shifts = isShared ? [[0, 0] as const] : footprintShifts(half)
  const grids = shifts.map(([dx, dy]) => {
    const x = new Float64Array(pitch * rows)
    const y = new Float64Array(pitch * rows)
    for (let k = 0; k < x.length; k++) {
      x[k] = col + (k % pitch) + dx
      y[k] = row + Math.floor(k / pitch) + dy
    }
    const vectors = new Float64Array(3 * x.length)
    pixels.ofImage(x, y, vectors, x.length)
    return vectors
  })
  const offsets = isShared ? [0, 3, 3 * pitch + 3, 3 * pitch] : [0, 0, 0, 0]
  return (k, quad) => {
    const base = 3 * (Math.floor(k / width) * pitch + (k % width))
    for (let i = 0; i < 4; i++) {
      const vectors = isShared ? grids[0]! : grids[i]!
      const at = base + offsets[i]!
      quad[3 * i] = vectors[at]!
      quad[3 * i + 1] = vectors[at + 1]!
      quad[3 * i + 2] = vectors[at + 2]!
    }
  }
}

/** From the lower left corner of a pixel to the corners of its footprint. */
function footprintShifts(half: number): readonly (readonly [number, number])[] {
  const low = 0.5 - half
  const high = 0.5 + half
  return [
    [low, low],
    [high, low],
    [high, high],
    [low, high],
  ]
}

/** Output pixels that a quadrilateral may touch: one rectangle, or the parts beside a seam that it crosses. */
function candidates(
  x: Float64Array,
  y: Float64Array,
  maxExtent: number,
  pad: number,
  band: Region,
): readonly Region[] {
  if (isNarrow(x, y, maxExtent)) {
    // Most pixels: no seam between the corners.
    const col = Math.floor(Math.min(x[0]!, x[1]!, x[2]!, x[3]!)) - pad
    const row = Math.floor(Math.min(y[0]!, y[1]!, y[2]!, y[3]!)) - pad
    const width = Math.floor(Math.max(x[0]!, x[1]!, x[2]!, x[3]!)) + 1 + pad - col
    const height = Math.floor(Math.max(y[0]!, y[1]!, y[2]!, y[3]!)) + 1 + pad - row
    const region = intersectRegions(band, { col, row, width, height })
    return isEmptyRegion(region) ? [] : [region]
  }
  const regions: Region[] = []
  const rows = groups(y, maxExtent, pad, band.row, band.row + band.height)
  for (const cols of groups(x, maxExtent, pad, band.col, band.col + band.width)) {
    for (const part of rows) {
      const region = intersectRegions(band, {
        col: cols.from,
        row: part.from,
        width: cols.end - cols.from,
        height: part.end - part.from,
      })
      if (!isEmptyRegion(region)) regions.push(region)
    }
  }
  return regions
}

/** Ranges of pixels along one axis: between the corners, or from each side of the widest gap to the ends of the band. */
function groups(
  places: Float64Array,
  maxExtent: number,
  pad: number,
  first: number,
  end: number,
): readonly { readonly from: number; readonly end: number }[] {
  const sorted = places.toSorted()
  const [low = Number.NaN, second = low, third = low, high = low] = sorted
  if (!Number.isFinite(low) || !Number.isFinite(high)) return []
  const from = Math.floor(low) - pad
  const to = Math.floor(high) + 1 + pad
  if (high - low <= maxExtent) return [{ from, end: to }]
  const gaps = [second - low, third - second, high - third]
  const widest = gaps.indexOf(Math.max(...gaps))
  const below = Math.ceil(sorted[widest] ?? low) + pad
  const above = Math.floor(sorted[widest + 1] ?? high) - pad
  return below >= above
    ? [{ from: first, end }]
    : [
        { from: first, end: Math.min(end, below) },
        { from: Math.max(first, above), end },
      ]
}

/** Directions of the corners of a rectangle of output pixels. */
interface CellVectors {
  readonly region: Region
  readonly vectors: Float64Array
}

/** Corners of all output pixels that the block may touch. */
function cellVectors(
  pixels: SpherePixels,
  { values, corners }: SphereBlock,
  { maxExtent }: SphereRule,
  band: Region,
): CellVectors | undefined {
  const x = new Float64Array(4)
  const y = new Float64Array(4)
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity]
  for (let k = 0; k < values.length; k++) {
    corners(k, x, y)
    if (!isNarrow(x, y, maxExtent)) {
      // Parts on both sides of a seam: any corner of the band may be wanted.
      if (Number.isFinite(x[0]! + x[1]! + x[2]! + x[3]!)) return undefined
      continue
    }
    left = Math.min(left, x[0]!, x[1]!, x[2]!, x[3]!)
    right = Math.max(right, x[0]!, x[1]!, x[2]!, x[3]!)
    bottom = Math.min(bottom, y[0]!, y[1]!, y[2]!, y[3]!)
    top = Math.max(top, y[0]!, y[1]!, y[2]!, y[3]!)
  }
  if (!(left <= right)) return undefined
  const col = Math.floor(left) - PAD
  const row = Math.floor(bottom) - PAD
  const wanted = {
    col,
    row,
    width: Math.floor(right) + 1 + PAD - col,
    height: Math.floor(top) + 1 + PAD - row,
  }
  return cellsOf(pixels, intersectRegions(band, wanted))
}

function cellsOf(pixels: SpherePixels, region: Region): CellVectors {
  const cols = Math.max(0, region.width) + 1
  const count = cols * (Math.max(0, region.height) + 1)
  const x = new Float64Array(count)
  const y = new Float64Array(count)
  for (let k = 0; k < count; k++) {
    x[k] = region.col + (k % cols)
    y[k] = region.row + Math.floor(k / cols)
  }
  const vectors = new Float64Array(3 * count)
  pixels.ofOutput(x, y, vectors, count)
  return { region, vectors }
}

/** Gives the overlaps of one quadrilateral with the output pixels of a window; `cell` is room for the corners of one. */
function overlapsWith(
  window: Region,
  band: Region,
  geometry: SphereOverlap,
  quad: Float64Array,
  cell: Float64Array,
  { region, vectors }: CellVectors,
  isInPixels: boolean,
  take: (at: number, area: number) => void,
): void {
  const pitch = 3 * (region.width + 1)
  for (let row = window.row; row < window.row + window.height; row++) {
    for (let col = window.col; col < window.col + window.width; col++) {
      const at = (row - region.row) * pitch + 3 * (col - region.col)
      for (let i = 0; i < 6; i++) cell[i] = vectors[at + i]!
      for (let i = 0; i < 3; i++) {
        cell[6 + i] = vectors[at + pitch + 3 + i]!
        cell[9 + i] = vectors[at + pitch + i]!
      }
      const overlap = geometry.overlapSr(quad, cell)
      if (!(overlap > 0)) continue
      const area = isInPixels ? overlap / geometry.areaSr(cell) : overlap
      take((row - band.row) * band.width + col - band.col, area)
    }
  }
}
