import { join } from 'node:path'
import { type FeatheredSide, featherWeight } from '@skyloom/mosaic'
import { pathExists } from '../command/files.ts'
import { DEBUG_OPTION } from '../command/manual.ts'
import { defineModule, type MontageModule, operand, type Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { plateInPlane } from '../healpix/plate-in-plane.ts'
import { float64Cards, type OpenImage, openImage } from '../image/open-image.ts'
import { readPart, stripRowsOf } from '../image/read-part.ts'
import { writeStrips } from '../image/write-strips.ts'
import { aroundPlate } from './around-plate.ts'
import { readPlateList } from './plate-run.ts'

/** Input of {@link mHPXBlendEdges}. */
export interface BlendEdgesInput {
  /** Plate list of mHiPSSetup. */
  readonly plateList: string
  /** Folder of the images of the plates. */
  readonly folder: string
  /** Name of the plate: `plate07_12`. */
  readonly plate: string
  /** Image that is written. */
  readonly output: string
}

/** Result of {@link mHPXBlendEdges}. */
export interface BlendEdgesResult {
  /** Neighbours that were mixed in. */
  readonly neighbours: number
}

interface Layer {
  readonly name: string
  readonly image: OpenImage
  readonly side: FeatheredSide
}

/**
 * Mixes a plate with the plates around it where they overlap by their pads, so that they go over into each other: each counts less the nearer
 * its edge is, and two neighbours are the same to the digit where both have pixels.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_HEADER`, `MONTAGE_BAD_ARGUMENT`, `MONTAGE_CANNOT_WRITE`
 */
export async function mHPXBlendEdges(input: BlendEdgesInput, place: Place = {}): Promise<BlendEdgesResult> {
  const run = await readPlateList(input.plateList, place)
  const layers: Layer[] = []
  try {
    for (const { name } of aroundPlate(run, input.plate)) {
      const path = join(input.folder, `${name}.fits`)
      if (name !== input.plate && !(await pathExists(place, path))) continue
      const image = await openImage(place, path, 0)
      layers.push({ name: path, image, side: { ...plateInPlane(image.header, path), ...sizeOf(image) } })
    }
    const own = layers.find(({ name }) => name === join(input.folder, `${input.plate}.fits`))
    if (own === undefined)
      throw new MontageError(
        'MONTAGE_NO_FILE',
        `There is no image of plate ${input.plate} in ${input.folder}`,
      )
    await blend(own, layers, 2 * run.pad, input.output, place)
    return { neighbours: layers.length - 1 }
  } finally {
    for (const { image } of layers) await image.file.close()
  }
}

function sizeOf({ width, height }: OpenImage): { readonly width: number; readonly height: number } {
  return { width, height }
}

async function blend(
  own: Layer,
  layers: readonly Layer[],
  overlap: number,
  output: string,
  place: Place,
): Promise<void> {
  const { width, height } = own.side
  const stripRows = stripRowsOf(width)
  await writeStrips(
    place,
    [output],
    float64Cards(own.image.header),
    { width, height },
    stripRows,
    async (row, rows) => {
      const sums = new Float64Array(width * rows)
      const weights = new Float64Array(width * rows)
      const strip = { col: own.side.col, row: own.side.row + row, width, height: rows }
      for (const layer of layers) await addLayer(layer, strip, overlap, sums, weights)
      return [sums.map((sum, index) => (weights[index]! > 0 ? sum / weights[index]! : Number.NaN))]
    },
  )
}

/** Adds what a layer has of some rows of the plate. */
async function addLayer(
  { name, image, side }: Layer,
  strip: FeatheredSide,
  overlap: number,
  sums: Float64Array,
  weights: Float64Array,
): Promise<void> {
  const left = Math.max(strip.col, side.col)
  const right = Math.min(strip.col + strip.width, side.col + side.width)
  const bottom = Math.max(strip.row, side.row)
  const top = Math.min(strip.row + strip.height, side.row + side.height)
  if (left >= right || bottom >= top) return
  const region = { col: left - side.col, row: bottom - side.row, width: right - left, height: top - bottom }
  const { data } = await readPart(image, name, region)
  for (let y = bottom; y < top; y++) {
    for (let x = left; x < right; x++) {
      const value = data[(y - bottom) * region.width + x - left]!
      if (Number.isNaN(value)) continue
      const weight = featherWeight(side, overlap, x, y)
      const at = (y - strip.row) * strip.width + x - strip.col
      sums[at]! += weight * value
      weights[at]! += weight
    }
  }
}

/** The module mHPXBlendEdges. */
export const blendEdgesModule: MontageModule = defineModule<BlendEdgesInput, BlendEdgesResult>({
  name: 'mHPXBlendEdges',
  summary: 'Makes plates of a HEALPix map go over into each other at their edges.',
  usage: '%s [-d] platelist.tbl platedir plate out.fits',
  style: 'getopt',
  options: 'd',
  operands: [4, 4],
  isNamed: true,
  fields: [['neighbours', 'd']],
  manual: {
    description:
      'Mixes a plate with the plates around it where they overlap by the pads of mHiPSSetup. The weight of a plate falls linearly to its edges; where two plates have pixels both become the same. Plates without an image are passed over.\n\nThe arguments of this module in Montage are not on record; these are our own.',
    options: [DEBUG_OPTION],
    operands: [
      ['platelist.tbl', 'Plate list that mHiPSSetup wrote; its keyword `pad` tells the overlap.'],
      ['platedir', 'Folder of the images of the plates, `PLATE.fits`.'],
      ['plate', 'Name of the plate.'],
      ['out.fits', 'Image that is written.'],
    ],
    returns: { neighbours: 'Plates that were mixed in.' },
    example: ['mHPXBlendEdges platelist.tbl corrected plate07_12 blended/plate07_12.fits'],
  },
  read: (call) => ({
    plateList: operand(call, 0),
    folder: operand(call, 1),
    plate: operand(call, 2),
    output: operand(call, 3),
  }),
  run: mHPXBlendEdges,
})
