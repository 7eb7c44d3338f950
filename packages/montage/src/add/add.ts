import { resolve } from 'node:path'
import { readImage } from '@skyloom/fits'
import {
  CLASSIC_COMBINE_METHODS,
  type ClassicCombineMethod,
  combinePlanes,
  type FloatPlane,
  type PlacedPlane,
} from '@skyloom/mosaic'
import { DEBUG_LEVEL_OPTION, STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  type ModuleCall,
  type MontageModule,
  operand,
  optionValue,
  type Place,
} from '../command/module.ts'
import { secondsSince, systemSeconds } from '../command/seconds.ts'
import { MontageError } from '../errors.ts'
import { productCards } from '../header/product-cards.ts'
import { type HeaderTemplate, readTemplateFile } from '../header/read-template.ts'
import { referencePixel } from '../header/reference-pixel.ts'
import { areaName, outputBase } from '../image/area-name.ts'
import { openImage } from '../image/open-image.ts'
import { writeStrips } from '../image/write-strips.ts'
import { type AddImage, readAddTable } from './add-table.ts'
import { checkAgainstTemplate } from './check-image.ts'

/** Input of {@link mAdd}. */
export interface AddInput {
  /** Image metadata table. */
  readonly images: string
  readonly template: string
  readonly output: string
  /** Folder of the images; default: names of the table as they are. */
  readonly folder?: string
  /** Default `mean`. */
  readonly method?: ClassicCombineMethod
  /** Keep the size of the template instead of that of the images together. */
  readonly isExactSize?: boolean
  /** No area images are read; every pixel with data has area 1. */
  readonly hasNoAreas?: boolean
}

/** Result of {@link mAdd}. */
export interface AddResult {
  /** Seconds. */
  readonly time: number
}

/** Pixels of the mosaic that are made at a time: 4 million, 64 MB with their areas. */
const STRIP_PIXELS = 4_000_000

/**
 * Adds images on one grid to a mosaic, strip by strip, so that memory does not grow with the height of the mosaic.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_BAD_HEADER`, `MONTAGE_BAD_IMAGE`, `MONTAGE_CANNOT_WRITE`
 */
export async function mAdd(input: AddInput, place: Place = {}): Promise<AddResult> {
  const start = systemSeconds()
  const template = await readTemplateFile(place, input.template)
  const images = await readAddTable(place, input.images)
  const grid = gridOf(template, images, input)
  const hasNoAreas = input.hasNoAreas === true
  const sources = await Promise.all(
    images.map(async (image) => await checkedSource(image, input, template, grid, place)),
  )
  sources.sort((a, b) => a.row - b.row)
  const { cdelt1, cdelt2 } = images[0] ?? { cdelt1: 1, cdelt2: 1 }
  const pixelArea = hasNoAreas ? 1 : Math.abs(cdelt1 * cdelt2) * (Math.PI / 180) ** 2
  const stripRows = Math.max(1, Math.floor(STRIP_PIXELS / grid.width))
  const cards = productCards(template.header, grid.crpix1, grid.crpix2)
  const base = outputBase(input.output)
  const paths = hasNoAreas ? [`${base}.fits`] : [`${base}.fits`, `${base}_area.fits`]
  await writeStrips(place, paths, cards, grid, stripRows, async (row, height) => {
    const parts: PlacedPlane[] = []
    for (const source of sources) {
      const part = await readPart(source, grid.width, row, height, hasNoAreas, place)
      if (part !== undefined) parts.push(part)
    }
    const { image, area } = combinePlanes(
      parts,
      input.method ?? 'mean',
      { width: grid.width, height },
      pixelArea,
    )
    return hasNoAreas ? [image.data] : [image.data, area.data]
  })
  return { time: secondsSince(start) }
}

/** The grid of the mosaic. */
interface Grid {
  readonly width: number
  readonly height: number
  readonly crpix1: number
  readonly crpix2: number
}

function gridOf(template: HeaderTemplate, images: readonly AddImage[], input: AddInput): Grid {
  const { fitsX, fitsY } = referencePixel(template.header, input.template)
  const whole = { width: template.width, height: template.height, crpix1: fitsX, crpix2: fitsY }
  if (input.isExactSize === true) return whole
  const shrink = (
    size: number,
    crpix: number,
    ends: readonly { readonly high: number; readonly low: number }[],
  ): readonly [number, number] => {
    const high = ends.reduce((most, end) => Math.max(most, end.high), -Infinity)
    const low = ends.reduce((least, end) => Math.min(least, end.low), Infinity)
    const count = Math.floor(high - low + 1 + 0.5)
    return count < size ? [count, high] : [size, crpix]
  }
  const [width, crpix1] = shrink(
    whole.width,
    fitsX,
    images.map((image) => ({ high: image.crpix1, low: image.crpix1 - image.naxis1 + 1 })),
  )
  const [height, crpix2] = shrink(
    whole.height,
    fitsY,
    images.map((image) => ({ high: image.crpix2, low: image.crpix2 - image.naxis2 + 1 })),
  )
  return { width, height, crpix1, crpix2 }
}

/** An image of the table with its place in the mosaic. */
interface Source {
  readonly path: string
  readonly width: number
  readonly height: number
  readonly col: number
  readonly row: number
}

async function checkedSource(
  image: AddImage,
  { folder }: AddInput,
  template: HeaderTemplate,
  grid: Grid,
  place: Place,
): Promise<Source> {
  const path = folder === undefined ? image.fname : resolve(place.cwd ?? '.', folder, image.fname)
  const problem = `Image file ${image.fname} missing or invalid FITS`
  const opened = await openImage(place, path, 0, problem)
  try {
    checkAgainstTemplate(opened.header, template.header, image.fname)
    const offset = grid.crpix1 - image.crpix1
    const col = Math.sign(offset) * Math.floor(Math.abs(offset) + 0.5)
    const row = Math.trunc(grid.crpix2 - image.crpix2 + 1) - 1
    return { path, width: opened.width, height: opened.height, col, row }
  } finally {
    await opened.file.close()
  }
}

/** The part of an image in some rows of the mosaic. */
async function readPart(
  source: Source,
  mosaicWidth: number,
  row: number,
  height: number,
  hasNoAreas: boolean,
  place: Place,
): Promise<PlacedPlane | undefined> {
  const first = Math.max(row, source.row)
  const end = Math.min(row + height, source.row + source.height)
  const firstCol = Math.max(0, source.col)
  const endCol = Math.min(mosaicWidth, source.col + source.width)
  if (first >= end || firstCol >= endCol) return undefined
  const region = {
    col: firstCol - source.col,
    row: first - source.row,
    width: endCol - firstCol,
    height: end - first,
  }
  const read = async (path: string, problem: string): Promise<FloatPlane> => {
    const { file, hdu } = await openImage(place, path, 0, problem)
    try {
      return await readImage(hdu, { as: 'float64', region })
    } catch (cause) {
      throw new MontageError('MONTAGE_BAD_IMAGE', problem, { where: [path], cause })
    } finally {
      await file.close()
    }
  }
  const image = await read(source.path, `Image file ${source.path} missing or invalid FITS`)
  const areaPath = areaName(source.path)
  const area = hasNoAreas ? undefined : await read(areaPath, `Area file ${areaPath} missing or invalid FITS`)
  return { image, area, col: firstCol, row: first - row }
}

function readCall(call: ModuleCall): AddInput {
  const method = optionValue(call, 'a') ?? 'mean'
  const known = CLASSIC_COMBINE_METHODS.find((name) => name === method)
  if (known === undefined) {
    const allowed = CLASSIC_COMBINE_METHODS.join(', ')
    throw new MontageError('MONTAGE_BAD_ARGUMENT', 'Invalid argument for -a flag', { found: method, allowed })
  }
  const folder = optionValue(call, 'p')
  return {
    images: operand(call, 0),
    template: operand(call, 1),
    output: operand(call, 2),
    method: known,
    isExactSize: hasOption(call, 'e'),
    hasNoAreas: hasOption(call, 'n'),
    ...(folder === undefined ? {} : { folder }),
  }
}

/** The module mAdd. */
export const addModule: MontageModule = defineModule<AddInput, AddResult>({
  name: 'mAdd',
  summary: 'Adds images on one grid to a mosaic.',
  usage:
    '%s [-d level] [-p imgdir] [-n(o-areas)] [-a mean|median|count] [-e(xact-size)] [-s statusfile] images.tbl template.hdr out.fits',
  style: 'getopt',
  options: 'd:p:na:es:',
  operands: [3, 3],
  isNamed: true,
  fields: [['time', 'seconds']],
  manual: {
    description:
      'Adds images that lie on one grid to a mosaic, strip by strip, so that memory does not grow with the mosaic. Beside `out.fits` the sum of the areas is written as `out_area.fits`.\n\nUnless `-e` is given the mosaic is cut to the part of the template that the images cover.',
    options: [
      DEBUG_LEVEL_OPTION,
      ['-p imgdir', 'Folder of the images; default: the names of the table as they are.'],
      ['-n', 'There are no area images; every pixel with a value counts alike.'],
      [
        '-a mean|median|count|sum',
        'How values of one place combine; default `mean`, weighted by area. `median` takes pixels with more than half of the nominal area; `count` counts positive pixels.',
      ],
      ['-e', 'Keep the size of the template.'],
      STATUS_OPTION,
    ],
    operands: [
      ['images.tbl', 'Image table as mImgtbl writes it.'],
      ['template.hdr', 'Header template: one card a line, at most 80 characters, END last.'],
      ['out.fits', 'Mosaic that is written; a name without `.fits` gets it.'],
    ],
    reads: [
      [
        'images.tbl',
        'Columns `cntr`, `fname`, `naxis1`, `naxis2`, `crval1`, `crval2`, `crpix1`, `crpix2`, `cdelt1`, `cdelt2`.',
      ],
      ['image_area.fits', 'Area image beside each image, unless `-n`.'],
    ],
    returns: { time: 'Time it took.' },
    example: ['mAdd -p corrected corrected.tbl region.hdr mosaic.fits'],
  },
  read: readCall,
  run: mAdd,
})
