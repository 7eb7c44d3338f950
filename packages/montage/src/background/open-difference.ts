import type { Header } from '@skyloom/fits'
import {
  type AreaSums,
  addAreaSums,
  type DifferenceExtent,
  type FloatPlane,
  intersectRegions,
  isEmptyRegion,
  NO_RANGE,
  noAreaSums,
  noExtent,
  type PixelRange,
  type PlacedPlane,
  pixelRange,
  type Region,
  subtractStrip,
  usualArea,
} from '@skyloom/mosaic'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { productCards } from '../header/product-cards.ts'
import { readTemplateFile } from '../header/read-template.ts'
import { referencePixel } from '../header/reference-pixel.ts'
import { type AreaPair, openAreaPair, readAreaPart } from '../image/area-pair.ts'
import { inputImageName } from '../image/input-name.ts'
import { stripRowsOf } from '../image/read-part.ts'
import { writeStrips } from '../image/write-strips.ts'

/** Two images on one grid whose difference is wanted. */
export interface DifferenceInput {
  readonly plus: string
  readonly minus: string
  readonly template: string
  /** Multiplies the second image; default 1, which 0 stands for as well. */
  readonly factor?: number
  /** No area images are read; every pixel with data has area 1. */
  readonly hasNoAreas?: boolean
  /** Number of the HDU of both images; default the first with pixels. */
  readonly hdu?: number
}

/** The difference of two open images, of which some rows are made at a time. */
export interface OpenDifference {
  /** Cards of its image. */
  readonly cards: Header
  readonly width: number
  readonly height: number
  readonly minDiff: number
  readonly maxDiff: number
  /** Some of its rows, from 0. */
  readonly readRows: (
    row: number,
    count: number,
  ) => Promise<{ readonly image: FloatPlane; readonly area: FloatPlane }>
  /** Extremes of value times area of both images, as a whole. */
  readonly range: () => Promise<PixelRange>
  readonly close: () => Promise<void>
}

/**
 * Opens the difference of two image files: finds its usual area and where it has pixels, strip by strip, in two passes over the pixels
 * that both have. The caller closes it.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_HEADER`, `MONTAGE_NO_RESULT`
 */
export async function openDifference(
  input: DifferenceInput,
  place: Place,
  stripRows?: number,
): Promise<OpenDifference> {
  const template = await readTemplateFile(place, input.template)
  const crpix = referencePixel(template.header, input.template)
  const files = await openBoth(input, crpix, place)
  const close = async (): Promise<void> => {
    for (const { pair } of files) await pair.close()
  }
  try {
    const whole = { col: 0, row: 0, width: template.width, height: template.height }
    const window = intersectRegions(intersectRegions(files[0].region, files[1].region), whole)
    if (isEmptyRegion(window)) throw noResult("Images don't overlap", input)
    const rowsAtOnce = stripRows ?? stripRowsOf(window.width)
    const factor = input.factor === undefined || input.factor === 0 ? 1 : input.factor
    const strips = stripReader(files, rowsAtOnce >= window.height ? window : undefined)
    const sums: AreaSums = noAreaSums()
    for (const strip of stripsIn(window, rowsAtOnce)) addAreaSums(sums, ...(await strips(strip)), strip)
    const usual = usualArea(sums)
    const extent: DifferenceExtent = noExtent()
    const subtract = async (strip: Region): Promise<{ image: FloatPlane; area: FloatPlane }> =>
      subtractStrip(...(await strips(strip)), strip, usual, factor, noExtent())
    for (const strip of stripsIn(window, rowsAtOnce))
      subtractStrip(...(await strips(strip)), strip, usual, factor, extent)
    if (extent.maxRow < extent.minRow) throw noResult('All pixels are blank.', input)
    const { minCol: col, minRow: row, minDiff, maxDiff } = extent
    const width = extent.maxCol - col + 1
    return {
      cards: productCards(template.header, crpix.fitsX - col, crpix.fitsY - row),
      width,
      height: extent.maxRow - row + 1,
      minDiff,
      maxDiff,
      readRows: async (first, count) => await subtract({ col, row: row + first, width, height: count }),
      range: async () => await rangeOf(files, rowsAtOnce),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * Writes a difference and its area image; both appear under their names when both are complete.
 *
 * @throws MontageError `MONTAGE_BAD_IMAGE`, `MONTAGE_CANNOT_WRITE`
 */
export async function writeDifference(
  place: Place,
  difference: OpenDifference,
  paths: readonly [image: string, area: string],
): Promise<void> {
  const { cards, width } = difference
  await writeStrips(place, paths, cards, difference, stripRowsOf(width), async (row, count) => {
    const { image, area } = await difference.readRows(row, count)
    return [image.data, area.data]
  })
}

function noResult(problem: string, { plus, minus }: DifferenceInput): MontageError {
  return new MontageError('MONTAGE_NO_RESULT', problem, { where: [plus, minus] })
}

function stripsIn({ col, row, width, height }: Region, stripRows: number): readonly Region[] {
  const strips: Region[] = []
  for (let first = 0; first < height; first += stripRows)
    strips.push({ col, row: row + first, width, height: Math.min(stripRows, height - first) })
  return strips
}

/** Reads the pixels of both images in a strip of the template; those of a small window once and for all. */
function stripReader(
  [plus, minus]: readonly [PlacedFile, PlacedFile],
  kept: Region | undefined,
): (strip: Region) => Promise<readonly [PlacedPlane, PlacedPlane]> {
  const read = async (strip: Region): Promise<readonly [PlacedPlane, PlacedPlane]> => [
    await readPlaced(plus, strip),
    await readPlaced(minus, strip),
  ]
  if (kept === undefined) return read
  let both: Promise<readonly [PlacedPlane, PlacedPlane]> | undefined
  return async () => {
    both ??= read(kept)
    return await both
  }
}

async function rangeOf(files: readonly PlacedFile[], stripRows: number): Promise<PixelRange> {
  let range = NO_RANGE
  for (const file of files)
    for (const strip of stripsIn(file.region, stripRows))
      range = pixelRange([await readPlaced(file, strip)], range)
  return range
}

/** An open image with the pixels of the template that it covers. */
interface PlacedFile {
  readonly pair: AreaPair
  readonly region: Region
}

async function openBoth(
  { plus, minus, hasNoAreas = false, hdu = 0 }: DifferenceInput,
  crpix: { readonly fitsX: number; readonly fitsY: number },
  place: Place,
): Promise<readonly [PlacedFile, PlacedFile]> {
  const first = await openPlaced(plus, { hasNoAreas, hdu }, crpix, place)
  try {
    return [first, await openPlaced(minus, { hasNoAreas, hdu }, crpix, place)]
  } catch (error) {
    await first.pair.close()
    throw error
  }
}

async function openPlaced(
  path: string,
  options: { readonly hasNoAreas: boolean; readonly hdu: number },
  crpix: { readonly fitsX: number; readonly fitsY: number },
  place: Place,
): Promise<PlacedFile> {
  const pair = await openAreaPair(place, await inputImageName(place, path), options)
  try {
    const { header, width, height } = pair.image
    const own = referencePixel(header, path)
    const col = Math.trunc(crpix.fitsX - own.fitsX)
    const row = Math.trunc(crpix.fitsY - own.fitsY)
    return { pair, region: { col, row, width, height } }
  } catch (error) {
    await pair.close()
    throw error
  }
}

/** The pixels of a window of the template that lies in the image. */
async function readPlaced({ pair, region }: PlacedFile, window: Region): Promise<PlacedPlane> {
  const { col, row, width, height } = window
  const own = { col: col - region.col, row: row - region.row, width, height }
  return { ...(await readAreaPart(pair, own)), col, row }
}
