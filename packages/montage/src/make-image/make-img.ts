import {
  addNoise,
  addSource,
  backgroundRows,
  type FloatPlane,
  facingPixel,
  fillPolygon,
  type Point,
  type SimulatedSource,
  seededRandom,
} from '@skyloom/mosaic'
import type { SkyPosition } from '@skyloom/wcs'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { fromJ2000 } from '../header/classic-wcs.ts'
import { productCards } from '../header/product-cards.ts'
import { type HeaderTemplate, readTemplateFile } from '../header/read-template.ts'
import { referencePixel } from '../header/reference-pixel.ts'
import { stripRowsOf } from '../image/read-part.ts'
import { writeStrips } from '../image/write-strips.ts'
import { pointsAlong } from '../region/points-along.ts'
import { hasCoverage, imageCorners } from '../table/image-corners.ts'
import { readTable } from '../table/table-columns.ts'
import { brightnesses, catalogPixels, fluxOfMagnitude } from './catalog-positions.ts'
import type { CatalogLayer, ImageRecipe, OutlineLayer } from './image-recipe.ts'
import { readArray } from './read-array.ts'

/** Input of {@link mMakeImg}. */
export interface MakeImgInput {
  readonly template: string
  /** Image that is written. */
  readonly output: string
  readonly recipe: ImageRecipe
}

/** Result of {@link mMakeImg}. */
export interface MakeImgResult {
  /** Sources that reach into the image. */
  readonly sources: number
  /** Outlines of tables. */
  readonly images: number
}

/** No source is fainter at its peak, as in Montage. */
const MIN_PEAK = 3
/** Points along each side of an outline, so that it follows the curves of the projection. */
const POINTS_PER_SIDE = 8
const DEFAULT_SEED = 1

/**
 * Makes up an image on the grid of a template: background, noise, sources of catalogues, filled outlines of images, and rows of a text
 * file. The same input gives the same image everywhere.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_HEADER`, `MONTAGE_BAD_TABLE`, `MONTAGE_BAD_ARGUMENT`, `MONTAGE_CANNOT_WRITE`
 */
export async function mMakeImg(input: MakeImgInput, place: Place = {}): Promise<MakeImgResult> {
  const { recipe } = input
  const template = await readTemplateFile(place, input.template)
  const { width, height, header } = template
  const layers = await Promise.all(
    (recipe.layers ?? []).map(async (layer) =>
      layer.kind === 'catalog'
        ? await catalogLayer(layer, template, place)
        : await outlineLayer(layer, template, place),
    ),
  )
  const array =
    recipe.arrayFile === undefined ? undefined : await readArray(recipe.arrayFile, template, place)
  const random = seededRandom(recipe.seed ?? DEFAULT_SEED)
  const { background, noise = 0, replaces = false } = recipe
  const { fitsX, fitsY } = referencePixel(header, input.template)
  const stripRows = stripRowsOf(width)
  await writeStrips(
    place,
    [input.output],
    productCards(header, fitsX, fitsY),
    { width, height },
    stripRows,
    async (row, rows) => {
      const data =
        background === undefined
          ? new Float64Array(width * rows)
          : backgroundRows(background, { width, height }, row, rows)
      if (noise !== 0) addNoise(data, noise, random)
      const strip: FloatPlane = { width, height: rows, data }
      for (const layer of layers) drawLayer(strip, row, layer, replaces)
      for (let r = 0; r < rows; r++) {
        const values = array?.[row + r]
        if (values !== undefined) data.set(values, r * width)
      }
      return await Promise.resolve([data])
    },
  )
  return {
    sources: layers.reduce((sum, { sources }) => sum + sources.length, 0),
    images: layers.reduce((sum, { outlines }) => sum + outlines.length, 0),
  }
}

/** What a layer draws, in pixels. */
interface Drawing {
  readonly sources: readonly SimulatedSource[]
  readonly outlines: readonly (readonly Point[])[]
  /** Value of the outlines. */
  readonly value: number
}

function drawLayer(strip: FloatPlane, row: number, layer: Drawing, replaces: boolean): void {
  for (const source of layer.sources) addSource(strip, row, source, replaces)
  for (const outline of layer.outlines) fillPolygon(strip, row, outline, layer.value, replaces)
}

async function catalogLayer(layer: CatalogLayer, template: HeaderTemplate, place: Place): Promise<Drawing> {
  const { file, column, width, shape, mode, refval } = layer
  if (!(width >= 0))
    throw new MontageError('MONTAGE_BAD_ARGUMENT', `Source width (${width}) must not be negative`)
  const { table } = await readTable(place, file, `Can't open input table ${file}`)
  const pixels = catalogPixels(table, file, layer.frame, template.sky)
  const values = column === undefined ? undefined : brightnesses(table, file, column)
  const reach = Math.trunc(3 * width) + 1
  const sources = pixels.flatMap((pixel, index): readonly SimulatedSource[] => {
    if (pixel === undefined) return []
    const isNear =
      pixel.fitsX > -reach &&
      pixel.fitsX < template.width + reach + 1 &&
      pixel.fitsY > -reach &&
      pixel.fitsY < template.height + reach + 1
    if (!isNear) return []
    const value = values?.[index] ?? 1
    const flux = mode === 'mag' && values !== undefined ? fluxOfMagnitude(value, refval) : refval * value
    return [{ ...pixel, peak: Math.max(MIN_PEAK, flux), width, shape }]
  })
  return { sources, outlines: [], value: 0 }
}

async function outlineLayer(layer: OutlineLayer, template: HeaderTemplate, place: Place): Promise<Drawing> {
  const { file, refval } = layer
  const { table } = await readTable(place, file, `Can't open input table ${file}`)
  if (!hasCoverage(table))
    throw new MontageError('MONTAGE_BAD_TABLE', 'Need either WCS or corner columns.', { where: [file] })
  const outlines = imageCorners(table).map((corners) => outlineOf(corners, template))
  return { sources: [], outlines, value: refval }
}

/** Outline of an image in pixels, without the places that have none. */
export function outlineOf(corners: readonly SkyPosition[], { sky }: HeaderTemplate): readonly Point[] {
  const converter = fromJ2000(sky.frame)
  return pointsAlong(corners, POINTS_PER_SIDE).flatMap((position) => {
    const native = converter.convert(position.lonDeg, position.latDeg)
    const pixel = facingPixel(sky.wcs, native)
    return pixel === undefined ? [] : [{ x: pixel.fitsX, y: pixel.fitsY }]
  })
}
