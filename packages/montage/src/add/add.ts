import type { ClassicCombineMethod } from '@skyloom/mosaic'
import { DEBUG_LEVEL_OPTION, STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  type ModuleCall,
  type MontageModule,
  namedReal,
  operand,
  optionValue,
  type Place,
} from '../command/module.ts'
import { secondsSince, systemSeconds } from '../command/seconds.ts'
import { MontageError } from '../errors.ts'
import { inFolder } from '../exec/in-folder.ts'
import { productCards } from '../header/product-cards.ts'
import { type HeaderTemplate, readTemplateFile } from '../header/read-template.ts'
import { referencePixel } from '../header/reference-pixel.ts'
import { outputBase } from '../image/area-name.ts'
import { openImage } from '../image/open-image.ts'
import { type AddImage, readAddTable } from './add-table.ts'
import { checkAgainstTemplate } from './check-image.ts'
import { combineArgument } from './combine-argument.ts'
import type { MosaicSource } from './mosaic-source.ts'
import { writeMosaic } from './write-mosaic.ts'

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
  /** For `clip`: standard deviations from the median beyond which values are left out; default 3. */
  readonly kappa?: number
  /** Keep the size of the template instead of that of the images together. */
  readonly isExactSize?: boolean
  /** No area images are read; every pixel with data has area 1. */
  readonly hasNoAreas?: boolean
  /** Column of the table with a factor of the areas of each image. */
  readonly weightColumn?: string
  /** Ending of images of weights: `_weight` for `x_weight.fits` beside `x.fits`. Weights multiply the areas. */
  readonly weightSuffix?: string
  /** Ending of masks: `_mask` for `x_mask.fits` beside `x.fits`. Pixels are left out where the mask is not 0. */
  readonly maskSuffix?: string
}

/** Result of {@link mAdd}. */
export interface AddResult {
  /** Seconds. */
  readonly time: number
}

/**
 * Adds images on one grid to a mosaic, strip by strip, in memory that does not grow with the mosaic or the number of images.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_BAD_HEADER`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_ARGUMENT`, `MONTAGE_CANNOT_WRITE`
 */
export async function mAdd(input: AddInput, place: Place = {}): Promise<AddResult> {
  const start = systemSeconds()
  const { kappa, hasNoAreas = false, method = 'mean' } = input
  if (kappa !== undefined && !(kappa >= MIN_KAPPA))
    throw new MontageError('MONTAGE_BAD_ARGUMENT', 'Argument for -k must be a number of 1 or more', {
      found: String(kappa),
    })
  const template = await readTemplateFile(place, input.template)
  const images = await readAddTable(place, input.images, input.weightColumn)
  const grid = gridOf(template, images, input)
  const sources: MosaicSource[] = []
  for (const image of images) sources.push(await checkedSource(image, input, template, grid, place))
  const { cdelt1, cdelt2 } = images[0] ?? { cdelt1: 1, cdelt2: 1 }
  const pixelArea = hasNoAreas ? 1 : Math.abs(cdelt1 * cdelt2) * (Math.PI / 180) ** 2
  const cards = productCards(template.header, grid.crpix1, grid.crpix2)
  const output = { path: input.output, cards, width: grid.width, height: grid.height }
  const combine = { method, pixelArea, ...(kappa === undefined ? {} : { kappa }) }
  await writeMosaic(place, sources, output, combine, hasNoAreas)
  return { time: secondsSince(start) }
}

/** With less, all values but the middle ones would be outliers. */
const MIN_KAPPA = 1

/** The grid of the mosaic. */
export interface Grid {
  readonly width: number
  readonly height: number
  readonly crpix1: number
  readonly crpix2: number
}

/** The grid of the mosaic: that of the template, or that of the images together. */
export function gridOf(template: HeaderTemplate, images: readonly AddImage[], input: AddInput): Grid {
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

/** An image that lies on the grid of the template, with its place on that of the mosaic. */
export async function checkedSource(
  image: AddImage,
  { folder, weightSuffix, maskSuffix }: AddInput,
  template: HeaderTemplate,
  grid: Grid,
  place: Place,
): Promise<MosaicSource> {
  const path = inFolder(folder, image.fname)
  const opened = await openImage(place, path, 0, `Image file ${image.fname} missing or invalid FITS`)
  try {
    checkAgainstTemplate(opened.header, template.header, image.fname)
    const offset = grid.crpix1 - image.crpix1
    const col = Math.sign(offset) * Math.floor(Math.abs(offset) + 0.5)
    const row = Math.trunc(grid.crpix2 - image.crpix2 + 1) - 1
    const beside = (suffix: string): string => `${outputBase(path)}${suffix}.fits`
    return {
      path,
      width: opened.width,
      height: opened.height,
      col,
      row,
      weight: image.weight,
      ...(weightSuffix === undefined ? {} : { weightPath: beside(weightSuffix) }),
      ...(maskSuffix === undefined ? {} : { maskPath: beside(maskSuffix) }),
    }
  } finally {
    await opened.file.close()
  }
}

function readCall(call: ModuleCall): AddInput {
  const [folder, kappa, weightColumn, weightSuffix, maskSuffix] = ['p', 'k', 'w', 'W', 'M'].map((name) =>
    optionValue(call, name),
  )
  return {
    images: operand(call, 0),
    template: operand(call, 1),
    output: operand(call, 2),
    method: combineArgument(call),
    isExactSize: hasOption(call, 'e'),
    hasNoAreas: hasOption(call, 'n'),
    ...(folder === undefined ? {} : { folder }),
    ...(kappa === undefined ? {} : { kappa: namedReal(kappa, 'Argument for -k') }),
    ...(weightColumn === undefined ? {} : { weightColumn }),
    ...(weightSuffix === undefined ? {} : { weightSuffix }),
    ...(maskSuffix === undefined ? {} : { maskSuffix }),
  }
}

/** The module mAdd. */
export const addModule: MontageModule = defineModule<AddInput, AddResult>({
  name: 'mAdd',
  summary: 'Adds images on one grid to a mosaic.',
  usage:
    '%s [-d level] [-p imgdir] [-n(o-areas)] [-a mean|median|count|sum|clip] [-e(xact-size)] [-k kappa] [-w weightcol] [-W weightsuffix] [-M masksuffix] [-s statusfile] images.tbl template.hdr out.fits',
  style: 'getopt',
  options: 'd:p:na:ek:w:W:M:s:',
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
        '-a mean|median|count|sum|clip',
        'How values of one place combine; default `mean`, weighted by area. `median` takes pixels with more than half of the nominal area and of two values the smaller one; `count` counts positive pixels; `clip` is the mean without values far from the median.',
      ],
      ['-e', 'Keep the size of the template.'],
      [
        '-k kappa',
        'With `-a clip`: values farther from the median than so many standard deviations are left out; default 3. The standard deviation follows from the median absolute deviation of the values of the place; of two values none is left out.',
      ],
      ['-w weightcol', 'Column of the table with a factor of the areas of each image; 0 counts as 1.'],
      [
        '-W weightsuffix',
        'Images of weights stand beside the images, `x_weight.fits` beside `x.fits` for `-W _weight`; they multiply the areas. With `median`, `count` and `sum` only weights of 0 matter.',
      ],
      [
        '-M masksuffix',
        'Masks stand beside the images, `x_mask.fits` beside `x.fits` for `-M _mask`; pixels are left out where they are not 0.',
      ],
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
