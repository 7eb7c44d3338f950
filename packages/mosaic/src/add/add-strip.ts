import {
  MEDIAN_ENTRY_BYTES,
  type MedianEntry,
  medianScratchBytes,
  type PixelKernels,
  type PixelViews,
  STRIP_ENTRY_BYTES,
  writeMedianEntry,
  writeStripEntry,
} from '@skyloom/kernels'
import type { BackgroundPlane } from '../background/plane.ts'
import { PIXEL_BYTES } from '../pixel-plane.ts'
import type { Region } from '../region.ts'
import type { PlainCombineMethod } from './combine.ts'

/** The part of one image that lies in a strip of the mosaic. */
export interface StripImage {
  /** Template pixels that the part covers; inside the strip. */
  readonly region: Region
  /** Offset of the value of the part's first pixel; its coverage likewise, 0 = every pixel with a value is covered in full. */
  readonly valueAt: number
  readonly coverageAt: number
  readonly stride: number
  /** Background to subtract, in offsets from `crpix`. */
  readonly correction: BackgroundPlane
}

/** Where a strip of the mosaic is made. Planes have the strip's width as stride. */
export interface StripTarget {
  readonly region: Region
  /** float64, or float32 with `isFloat64: false`. */
  readonly valueAt: number
  readonly isFloat64: boolean
  /** float32: summed coverage. */
  readonly areaAt: number
  readonly scratchAt: number
}

/** A median takes only pixels of which more than this fraction is covered (mAdd). */
export const MEDIAN_MIN_COVERAGE = 0.5
/** `evenRule` of the median kernel: an even number of values gives the mean of the two middle ones. */
const MEAN_OF_MIDDLE = 0

/** Bytes of scratch memory for a strip of this width with so many images. */
export function stripScratchBytes(width: number, imageCount: number): number {
  return Math.max(
    2 * 8 * width + STRIP_ENTRY_BYTES * imageCount,
    MEDIAN_ENTRY_BYTES * imageCount + 64 + medianScratchBytes(imageCount) + PIXEL_BYTES * width,
  )
}

/**
 * One strip of the mosaic from the parts of the images in it, backgrounds subtracted on the way. Images enter in the order
 * given, so the result does not depend on strips or threads.
 *
 * - `mean`: sum of value times coverage over sum of coverage;
 * - `median`: middle value of those covered by more than half, the mean of the two middle ones for even numbers;
 * - `count`: how many images have data.
 *
 * Pixels without data are NaN with area 0.
 *
 * @param crpix reference pixel of the template
 */
export function addStrip(
  views: PixelViews,
  kernels: PixelKernels,
  images: readonly StripImage[],
  combine: PlainCombineMethod,
  crpix: { readonly fitsX: number; readonly fitsY: number },
  target: StripTarget,
): void {
  if (combine === 'mean') {
    meanOfStrip(views, kernels, images, crpix, target)
    return
  }
  const addRow = combine === 'median' ? medianOfRow : countOfRow
  for (let row = target.region.row; row < target.region.row + target.region.height; row++) {
    const inRow = images.filter(({ region }) => row >= region.row && row < region.row + region.height)
    addRow(views, kernels, inRow, crpix, target, row)
  }
}

type AddRow = (
  views: PixelViews,
  kernels: PixelKernels,
  images: readonly StripImage[],
  crpix: { readonly fitsX: number; readonly fitsY: number },
  target: StripTarget,
  row: number,
) => void

function meanOfStrip(
  views: PixelViews,
  kernels: PixelKernels,
  images: readonly StripImage[],
  crpix: { readonly fitsX: number; readonly fitsY: number },
  { region: { col, row, width, height }, valueAt, areaAt, isFloat64, scratchAt }: StripTarget,
): void {
  const entriesAt = scratchAt + 2 * 8 * width
  for (const [index, { region, valueAt: at, coverageAt, stride, correction }] of images.entries()) {
    writeStripEntry(views, entriesAt, index, {
      valueAt: at,
      areaAt: coverageAt,
      stride,
      col: region.col - col,
      row: region.row,
      height: region.height,
      width: region.width,
      x0: region.col - crpix.fitsX,
      ...correction,
    })
  }
  const format = isFloat64 ? 1 : 0
  kernels.meanStrip(
    entriesAt,
    images.length,
    row,
    height,
    width,
    crpix.fitsY,
    format,
    valueAt,
    areaAt,
    scratchAt,
  )
}

const countOfRow: AddRow = (views, kernels, images, crpix, target, row) => {
  const { width } = target.region
  const countAt = target.scratchAt
  const areaSumAt = countAt + 8 * width
  views.f64(countAt, 2 * width).fill(0)
  for (const image of images) {
    const col = image.region.col - target.region.col
    const valueAt = rowOf(image, image.valueAt, row)
    const coverageAt = rowOf(image, image.coverageAt, row)
    kernels.accumulateCount(valueAt, coverageAt, image.region.width, 0, 0, 0, 0, 0, 0, countAt + 8 * col)
    addCoverage(views, valueAt, coverageAt, image.region.width, areaSumAt + 8 * col)
  }
  const counts = views.f64(countAt, width)
  const areas = views.f64(areaSumAt, width)
  const values = target.isFloat64
    ? views.f64(valueRowAt(target, row), width)
    : views.f32(valueRowAt(target, row), width)
  const areaRow = views.f32(areaRowAt(target, row), width)
  for (let col = 0; col < width; col++) {
    const count = counts[col]!
    values[col] = count > 0 ? count : Number.NaN
    areaRow[col] = count > 0 ? areas[col]! : 0
  }
}

function addCoverage(
  views: PixelViews,
  valueAt: number,
  coverageAt: number,
  count: number,
  sumAt: number,
): void {
  const sums = views.f64(sumAt, count)
  if (coverageAt === 0) {
    const values = views.f32(valueAt, count)
    for (let i = 0; i < count; i++) if (!Number.isNaN(values[i]!)) sums[i]! += 1
    return
  }
  const coverage = views.f32(coverageAt, count)
  for (let i = 0; i < count; i++) if (coverage[i]! > 0) sums[i]! += coverage[i]!
}

const medianOfRow: AddRow = (views, kernels, images, crpix, target, row) => {
  const { col, width } = target.region
  const entriesAt = target.scratchAt
  const medianAt = entriesAt + MEDIAN_ENTRY_BYTES * images.length
  const scratchBytes = medianScratchBytes(images.length)
  const valueAt = target.isFloat64 ? medianAt + scratchBytes : valueRowAt(target, row)
  writeMedianEntries(views, entriesAt, images, crpix, row)
  kernels.medianRow(
    entriesAt,
    images.length,
    col,
    width,
    MEDIAN_MIN_COVERAGE,
    MEAN_OF_MIDDLE,
    valueAt,
    areaRowAt(target, row),
    0,
    medianAt,
    scratchBytes,
  )
  if (target.isFloat64) views.f64(valueRowAt(target, row), width).set(views.f32(valueAt, width))
}

/** Entries of the median kernel for a row of images, all of which reach it. */
export function writeMedianEntries(
  views: PixelViews,
  entriesAt: number,
  images: readonly StripImage[],
  crpix: { readonly fitsX: number; readonly fitsY: number },
  row: number,
): void {
  images.forEach((image, index) => {
    writeMedianEntry(views, entriesAt, index, medianEntry(image, crpix, row))
  })
}

/** A row of an image as an entry of a stack. */
export function medianEntry(
  image: StripImage,
  crpix: { readonly fitsX: number; readonly fitsY: number },
  row: number,
): MedianEntry {
  const { a, b, c } = image.correction
  return {
    valueAt: rowOf(image, image.valueAt, row),
    areaAt: rowOf(image, image.coverageAt, row),
    firstCol: image.region.col,
    endCol: image.region.col + image.region.width,
    a,
    p: b * (row - crpix.fitsY) + c - a * crpix.fitsX,
  }
}

/** Offset of a row of an image's plane, from its first column; 0 of none. */
export function rowOf(image: StripImage, at: number, row: number): number {
  return at === 0 ? 0 : at + PIXEL_BYTES * image.stride * (row - image.region.row)
}

/** Offset of a row of the values of a strip. */
export function valueRowAt(target: StripTarget, row: number): number {
  return target.valueAt + (target.isFloat64 ? 8 : 4) * target.region.width * (row - target.region.row)
}

/** Offset of a row of the areas of a strip. */
export function areaRowAt(target: StripTarget, row: number): number {
  return target.areaAt + PIXEL_BYTES * target.region.width * (row - target.region.row)
}
