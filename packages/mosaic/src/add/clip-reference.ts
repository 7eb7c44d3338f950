import { MEDIAN_ENTRY_BYTES, medianScratchBytes, type PixelKernels, type PixelViews } from '@skyloom/kernels'
import type { Region } from '../region.ts'
import { MEDIAN_MIN_COVERAGE, type StripImage, writeMedianEntries } from './add-strip.ts'

/** Of fewer values none can be called an outlier. */
const MIN_VALUES = 3
/** `evenRule` of the median kernel: one of the values, so that never all of them are rejected; the lower, as cosmic rays are bright. */
const LOWER_OF_MIDDLE = 1

/** What values of one row are held against. */
export interface ClipReference {
  /** float32 of the strip's columns: the median; NaN where nothing is rejected. */
  readonly centreAt: number
  /** float32: how much values may differ from it beyond their noise. */
  readonly toleranceAt: number
}

/** Bytes of scratch for {@link clipReferences}. */
export function clipScratchBytes(width: number, imageCount: number): number {
  return 4 * 9 * width + 192 + MEDIAN_ENTRY_BYTES * imageCount + medianScratchBytes(imageCount)
}

/**
 * Centres and tolerances for the rows of a strip, asked for in order. Centre is the median of the values covered by more than half, where
 * there are three at least.
 *
 * A star that is sampled with about one pixel has other values in images that are shifted by parts of a pixel, by an amount that follows
 * its slope. So a part of the range (greatest minus least) of the medians of the nine pixels around is allowed. The median of many images
 * shows stars, but no cosmic rays.
 *
 * @param images parts that reach one row beyond the strip where the image does, so that results do not depend on strips
 * @param rangeFactor part of the range
 * @param scratchAt `clipScratchBytes`, multiple of 16
 */
export function clipReferences(
  views: PixelViews,
  kernels: PixelKernels,
  images: readonly StripImage[],
  crpix: { readonly fitsX: number; readonly fitsY: number },
  region: Region,
  rangeFactor: number,
  scratchAt: number,
): (row: number) => ClipReference {
  const { width } = region
  const floats = (index: number): number => scratchAt + 4 * width * index
  const place = (row: number): number => ((row % 3) + 3) % 3
  const [toleranceAt, centreAt] = [floats(3), floats(4)]
  /** How many values the medians of a row are of. */
  const counts = (row: number): number => floats(5 + place(row))
  const areaAt = floats(8)
  const entriesAt = 16 * Math.ceil(floats(9) / 16)
  const sortAt = 16 * Math.ceil((entriesAt + MEDIAN_ENTRY_BYTES * images.length) / 16)
  const known = new Map<number, number>()

  /** Medians of a row, in one of three places; NaN beyond the images. */
  const mediansAt = (row: number): number => {
    const at = floats(place(row))
    if (known.get(at) === row) return at
    known.set(at, row)
    const inRow = imagesInRow(images, row)
    writeMedianEntries(views, entriesAt, inRow, crpix, row)
    const columns = [region.col, width] as const
    const rule = [MEDIAN_MIN_COVERAGE, LOWER_OF_MIDDLE] as const
    const scratch = medianScratchBytes(inRow.length)
    const out = [at, areaAt, counts(row)] as const
    kernels.medianRow(entriesAt, inRow.length, ...columns, ...rule, ...out, sortAt, scratch)
    return at
  }
  return (row) => {
    const lines = [row - 1, row, row + 1].map((line) => views.f32(mediansAt(line), width))
    rangesInto(views.f32(toleranceAt, width), lines, rangeFactor)
    const centres = views.f32(centreAt, width)
    const medians = views.f32(mediansAt(row), width)
    const numbers = views.i32(counts(row), width)
    for (let i = 0; i < width; i++) centres[i] = numbers[i]! >= MIN_VALUES ? medians[i]! : Number.NaN
    return { centreAt, toleranceAt }
  }
}

/** The images that reach a row. */
export function imagesInRow<Image extends StripImage>(
  images: readonly Image[],
  row: number,
): readonly Image[] {
  return images.filter(({ region }) => row >= region.row && row < region.row + region.height)
}

/** Greatest minus least of the numbers among nine pixels, times a factor. */
function rangesInto(out: Float32Array, lines: readonly Float32Array[], factor: number): void {
  const width = out.length
  let before: readonly [number, number] = [Infinity, -Infinity]
  let here = columnRange(lines, 0)
  for (let col = 0; col < width; col++) {
    const after = col + 1 < width ? columnRange(lines, col + 1) : ([Infinity, -Infinity] as const)
    const low = Math.min(before[0], here[0], after[0])
    const high = Math.max(before[1], here[1], after[1])
    out[col] = high > low ? factor * (high - low) : 0
    before = here
    here = after
  }
}

function columnRange(lines: readonly Float32Array[], col: number): readonly [number, number] {
  let [low, high] = [Infinity, -Infinity]
  for (const line of lines) {
    const value = line[col]!
    // NaN fails both.
    if (value < low) low = value
    if (value > high) high = value
  }
  return [low, high]
}
