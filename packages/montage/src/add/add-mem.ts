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
import { inFolder } from '../exec/in-folder.ts'
import { productCards } from '../header/product-cards.ts'
import { type HeaderTemplate, readTemplateFile } from '../header/read-template.ts'
import { referencePixel } from '../header/reference-pixel.ts'
import { openImage } from '../image/open-image.ts'
import { needColumns, readTable, texts } from '../table/table-columns.ts'
import { checkAgainstTemplate } from './check-image.ts'
import type { MosaicSource } from './mosaic-source.ts'
import { writeMosaic } from './write-mosaic.ts'

/** Input of {@link mAddMem}. */
export interface AddMemInput {
  /** Table with the names of the images. */
  readonly images: string
  readonly template: string
  readonly output: string
  /** Folder of the images; default: names of the table as they are. */
  readonly folder?: string
  /** No area images are read or written; every pixel with data has area 1. */
  readonly hasNoAreas?: boolean
}

/** Result of {@link mAddMem}. */
export interface AddMemResult {
  /** Seconds. */
  readonly time: number
}

/**
 * Adds images on one grid to a mosaic of the size of the template: the mean weighted by area. The places of the images follow from their
 * own headers. In spite of its name it works strip by strip.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_BAD_HEADER`, `MONTAGE_BAD_IMAGE`, `MONTAGE_CANNOT_WRITE`
 */
export async function mAddMem(input: AddMemInput, place: Place = {}): Promise<AddMemResult> {
  const start = systemSeconds()
  const { images, folder, hasNoAreas = false } = input
  const template = await readTemplateFile(place, input.template)
  const { table } = await readTable(place, images, `Invalid image metadata file: ${images}`)
  needColumns(table, ['fname|file'], images, 'Need column fname in input')
  const crpix = referencePixel(template.header, input.template)
  const sources: MosaicSource[] = []
  for (const name of texts(table, 'fname|file')) {
    const path = inFolder(folder, name)
    sources.push(await placedSource(path, name, template, crpix, place))
  }
  const cards = productCards(template.header, crpix.fitsX, crpix.fitsY)
  const { width, height } = template
  const output = { path: input.output, cards, width, height }
  await writeMosaic(place, sources, output, { method: 'mean', pixelArea: 1 }, hasNoAreas)
  return { time: secondsSince(start) }
}

async function placedSource(
  path: string,
  name: string,
  template: HeaderTemplate,
  crpix: { readonly fitsX: number; readonly fitsY: number },
  place: Place,
): Promise<MosaicSource> {
  const { file, header, width, height } = await openImage(
    place,
    path,
    0,
    `Image file ${name} missing or invalid FITS`,
  )
  try {
    checkAgainstTemplate(header, template.header, name)
    const own = referencePixel(header, name)
    const col = Math.round(crpix.fitsX - own.fitsX)
    const row = Math.round(crpix.fitsY - own.fitsY)
    return { path, width, height, col, row }
  } finally {
    await file.close()
  }
}

function readCall(call: ModuleCall): AddMemInput {
  const folder = optionValue(call, 'p')
  return {
    images: operand(call, 0),
    template: operand(call, 1),
    output: operand(call, 2),
    hasNoAreas: hasOption(call, 'n'),
    ...(folder === undefined ? {} : { folder }),
  }
}

/** The module mAddMem. */
export const addMemModule: MontageModule = defineModule<AddMemInput, AddMemResult>({
  name: 'mAddMem',
  summary: 'Adds images on one grid to a mosaic of the size of the template.',
  usage: '%s [-d level] [-n(o-areas)] [-s statusfile] [-p path] images.tbl hdr.template out.fits',
  style: 'getopt',
  options: 'd:ns:p:',
  operands: [3, 3],
  isNamed: true,
  fields: [['time', 'time']],
  manual: {
    description:
      'Gives the same mosaic as `mAdd -e`: the mean weighted by area, over the whole template. The table needs the names of the images only; where they lie follows from their headers. In spite of its name it works strip by strip, in memory that does not grow with the mosaic.',
    options: [
      DEBUG_LEVEL_OPTION,
      ['-n', 'There are no area images; every pixel with data has area 1.'],
      STATUS_OPTION,
      ['-p path', 'Folder of the images; default: the names of the table as they are.'],
    ],
    operands: [
      ['images.tbl', 'Image table.'],
      ['hdr.template', 'Header template of the mosaic.'],
      ['out.fits', 'Mosaic that is written, with `out_area.fits` beside it.'],
    ],
    reads: [['images.tbl', 'Column `fname`.']],
    returns: { time: 'Time it took.' },
    example: ['mAddMem -p corrected corrected.tbl region.hdr mosaic.fits'],
  },
  read: readCall,
  run: mAddMem,
})
