import { readImage } from '@skyloom/fits'
import type { FloatPlane, PlacedPlane } from '@skyloom/mosaic'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { type AreaPair, openAreaPair, readAreaPart } from '../image/area-pair.ts'
import { type OpenImage, openImage } from '../image/open-image.ts'

/** An image of a mosaic with its place in it. */
export interface MosaicSource {
  /** Path for reading. */
  readonly path: string
  readonly width: number
  readonly height: number
  /** Column and row of the mosaic, from 0, on which its first pixel lies. */
  readonly col: number
  readonly row: number
  /** Factor of its areas; default 1. */
  readonly weight?: number
  /** Image of factors of its areas. */
  readonly weightPath?: string
  /** Image that is not 0 where pixels are not to be used. */
  readonly maskPath?: string
}

/** A {@link MosaicSource} that is read by rows of the mosaic. */
export interface SourceReader {
  readonly source: MosaicSource
  /** The part in some rows of a mosaic of this width; undefined when there is none. Opens the files when they are needed. */
  readonly read: (row: number, height: number, mosaicWidth: number) => Promise<PlacedPlane | undefined>
  /** True while files are open. */
  readonly isOpen: () => boolean
  readonly close: () => Promise<void>
}

interface OpenSource {
  readonly pair: AreaPair
  readonly weights: OpenImage | undefined
  readonly mask: OpenImage | undefined
}

/** How sources are read. */
export interface SourceOptions {
  /** No area images are read; every pixel with data has area 1. */
  readonly hasNoAreas: boolean
  /** Weights multiply areas; otherwise they only leave out pixels of weight 0. */
  readonly usesWeights: boolean
}

/** A reader of a source. Errors of `read` are those of `openAreaPair` and `readAreaPart`. */
export function sourceReader(source: MosaicSource, options: SourceOptions, place: Place): SourceReader {
  let open: OpenSource | undefined
  const close = async (): Promise<void> => {
    const files = open
    open = undefined
    await files?.pair.close()
    await files?.weights?.file.close()
    await files?.mask?.file.close()
  }
  const read: SourceReader['read'] = async (row, height, mosaicWidth) => {
    const first = Math.max(row, source.row)
    const end = Math.min(row + height, source.row + source.height)
    const firstCol = Math.max(0, source.col)
    const endCol = Math.min(mosaicWidth, source.col + source.width)
    if (first >= end || firstCol >= endCol) return undefined
    open ??= await openSource(source, options.hasNoAreas, place)
    const region = {
      col: firstCol - source.col,
      row: first - source.row,
      width: endCol - firstCol,
      height: end - first,
    }
    const { image, area } = await readAreaPart(open.pair, region)
    const weights = open.weights === undefined ? undefined : await readPart(open.weights, region, source)
    const mask = open.mask === undefined ? undefined : await readPart(open.mask, region, source)
    const weight = options.usesWeights ? (source.weight ?? 1) : 1
    const weighted = weightedAreas(image, area, weight, options.usesWeights, weights, mask)
    return { image, area: weighted, col: firstCol, row: first - row }
  }
  return { source, read, isOpen: () => open !== undefined, close }
}

async function openSource(source: MosaicSource, hasNoAreas: boolean, place: Place): Promise<OpenSource> {
  const pair = await openAreaPair(place, source.path, { hasNoAreas })
  let weights: OpenImage | undefined
  try {
    weights = await openLike(source.weightPath, source, place)
    return { pair, weights, mask: await openLike(source.maskPath, source, place) }
  } catch (error) {
    await pair.close()
    await weights?.file.close()
    throw error
  }
}

async function openLike(
  path: string | undefined,
  { width, height }: MosaicSource,
  place: Place,
): Promise<OpenImage | undefined> {
  if (path === undefined) return undefined
  const open = await openImage(place, path, 0)
  if (open.width === width && open.height === height) return open
  await open.file.close()
  throw new MontageError('MONTAGE_BAD_IMAGE', `Image file ${path} has not the size of its image`, {
    where: [path],
    found: `${open.width} x ${open.height}`,
    allowed: `${width} x ${height}`,
  })
}

async function readPart(
  { hdu }: OpenImage,
  region: { readonly col: number; readonly row: number; readonly width: number; readonly height: number },
  { path }: MosaicSource,
): Promise<FloatPlane> {
  try {
    return await readImage(hdu, { as: 'float64', region })
  } catch (cause) {
    throw new MontageError('MONTAGE_BAD_IMAGE', `Weights or mask of ${path} cannot be read`, {
      where: [path],
      cause,
    })
  }
}

/** Areas times weights, 0 under the mask; undefined when nothing changes area 1. */
function weightedAreas(
  image: FloatPlane,
  area: FloatPlane | undefined,
  weight: number,
  usesWeights: boolean,
  weights: FloatPlane | undefined,
  mask: FloatPlane | undefined,
): FloatPlane | undefined {
  if (weight === 1 && weights === undefined && mask === undefined) return area
  const data = area === undefined ? new Float64Array(image.data.length).fill(1) : area.data
  for (let i = 0; i < data.length; i++) {
    const own = weights === undefined ? 1 : weights.data[i]!
    // A mask is made of whole numbers; a pixel of it without data masks as well.
    const isMasked = mask !== undefined && mask.data[i] !== 0
    data[i] = isMasked || !(own > 0) ? 0 : data[i]! * weight * (usesWeights ? own : 1)
  }
  return { width: image.width, height: image.height, data }
}
