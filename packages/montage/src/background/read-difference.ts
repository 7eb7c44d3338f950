import type { Header } from '@skyloom/fits'
import {
  type ImageDifference,
  intersectRegions,
  isEmptyRegion,
  type PlacedPlane,
  type Region,
  subtractImages,
} from '@skyloom/mosaic'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { productCards } from '../header/product-cards.ts'
import { readTemplateFile } from '../header/read-template.ts'
import { referencePixel } from '../header/reference-pixel.ts'
import { type AreaPair, openAreaPair, readAreaPart } from '../image/area-pair.ts'
import { inputImageName } from '../image/input-name.ts'

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

/** A difference with the cards of its image. */
export interface ReadDifference {
  readonly cards: Header
  readonly difference: ImageDifference
  /** The two images as far as they were read. */
  readonly images: readonly [PlacedPlane, PlacedPlane]
}

/**
 * Difference of two image files.
 *
 * @param options `isWindowOnly`: read only the pixels that both images have
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_HEADER`, `MONTAGE_NO_RESULT`
 */
export async function readDifference(
  input: DifferenceInput,
  place: Place,
  options: { readonly isWindowOnly?: boolean } = {},
): Promise<ReadDifference> {
  const template = await readTemplateFile(place, input.template)
  const crpix = referencePixel(template.header, input.template)
  const files = await openBoth(input, crpix, place)
  try {
    const whole = { col: 0, row: 0, width: template.width, height: template.height }
    const window = intersectRegions(intersectRegions(files[0].region, files[1].region), whole)
    if (isEmptyRegion(window)) throw noResult("Images don't overlap", input)
    const read = async (file: PlacedFile): Promise<PlacedPlane> =>
      await readPlaced(file, options.isWindowOnly === true ? window : file.region)
    const images = [await read(files[0]), await read(files[1])] as const
    const factor = input.factor === undefined || input.factor === 0 ? 1 : input.factor
    const difference = subtractImages(images[0], images[1], template, factor)
    if (typeof difference === 'string') throw noResult('All pixels are blank.', input)
    const { col, row } = difference
    return {
      cards: productCards(template.header, crpix.fitsX - col, crpix.fitsY - row),
      difference,
      images,
    }
  } finally {
    for (const { pair } of files) await pair.close()
  }
}

function noResult(problem: string, { plus, minus }: DifferenceInput): MontageError {
  return new MontageError('MONTAGE_NO_RESULT', problem, { where: [plus, minus] })
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
