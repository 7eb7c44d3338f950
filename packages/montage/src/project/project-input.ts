import { readImage } from '@skyloom/fits'
import type { ImagePart, OverlapImage, Region } from '@skyloom/mosaic'
import {
  hasOption,
  hduArgument,
  type ModuleCall,
  namedReal,
  operand,
  optionValue,
  type Place,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { type ClassicWcs, classicWcs } from '../header/classic-wcs.ts'
import { type OpenImage, openImage } from '../image/open-image.ts'
import { type Border, blankBorder, borderArgument } from './border.ts'

/** What all modules that reproject one image take. */
export interface ProjectInput {
  readonly image: string
  readonly output: string
  readonly template: string
  /** HDU of the image and of the weight image; default 0. */
  readonly hdu?: number
  /** Factor of the pixel values; default 1. */
  readonly scale?: number
  /** Weight image of the size of the image. */
  readonly weightImage?: string
  /** Factor of all weights; default 1. */
  readonly weight?: number
  /** Weights below this count as 0. */
  readonly threshold?: number
  /** Enlarge the template so that the whole image fits. */
  readonly isExpanded?: boolean
  /** Pixels that are left out. */
  readonly border?: Border
  /** Keep the full template instead of the pixels with data. */
  readonly isFullRegion?: boolean
}

/** Result of the modules that reproject one image. */
export interface ProjectResult {
  /** Seconds. */
  readonly time: number
}

/** Reads the arguments that the modules share. */
export function readProjectCall(call: ModuleCall): ProjectInput {
  const real = (letter: string, name: string): number | undefined => {
    const text = optionValue(call, letter)
    return text === undefined ? undefined : namedReal(text, name)
  }
  const scale = real('x', 'Flux scale string')
  const weight = real('W', 'Fixed weight value')
  const threshold = real('t', 'Weight threshold string')
  const weightImage = optionValue(call, 'w')
  const border = optionValue(call, 'b')
  return {
    image: operand(call, 0),
    output: operand(call, 1),
    template: operand(call, 2),
    hdu: hduArgument(call),
    isExpanded: hasOption(call, 'X'),
    isFullRegion: hasOption(call, 'f'),
    ...(scale === undefined ? {} : { scale }),
    ...(weight === undefined ? {} : { weight }),
    ...(threshold === undefined ? {} : { threshold }),
    ...(weightImage === undefined ? {} : { weightImage }),
    ...(border === undefined ? {} : { border: borderArgument(border) }),
  }
}

/** The value of `-z`, undefined when it was not given; 0 stands for 1. */
export function drizzleArgument(call: ModuleCall): number | undefined {
  const text = optionValue(call, 'z')
  if (text === undefined) return undefined
  const factor = namedReal(text, 'Drizzle factor string')
  if (factor >= 0) return factor === 0 ? 1 : factor
  throw new MontageError('MONTAGE_BAD_ARGUMENT', `Drizzle factor (${text}) must be 0 or more`, {
    found: text,
  })
}

/** The image of a call with its weights, ready to be read in parts. */
export interface OpenInput extends OverlapImage {
  readonly sky: ClassicWcs
  /** Largest weight that was read, the fixed one included. */
  largestWeight(): number
  close(): Promise<void>
}

/** Images up to this many pixels are kept in memory while they are worked on, so that compressed files are read once: 256 MB. */
const KEPT_PIXELS = 32 * 1024 * 1024

/**
 * Opens the image of a call and its weight image.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_HEADER`
 */
export async function openInput(place: Place, input: ProjectInput): Promise<OpenInput> {
  const hdu = input.hdu ?? 0
  const image = await openImage(place, input.image, hdu, `File ${input.image} not found.`).catch(
    (error: unknown) => {
      if (error instanceof MontageError && error.code === 'MONTAGE_BAD_IMAGE')
        throw new MontageError('MONTAGE_BAD_IMAGE', `File (${input.image}) is not a FITS image`, {
          where: [input.image],
          cause: error,
        })
      throw error
    },
  )
  let weights: OpenImage | undefined
  try {
    const sky = classicWcs(image.header, input.image)
    if (input.weightImage !== undefined) weights = await openWeights(place, input.weightImage, hdu, image)
    const readValues = partReader(image, input.image)
    const readWeights = weights === undefined ? undefined : partReader(weights, input.weightImage ?? '')
    const { scale = 1, weight = 1, threshold, border } = input
    let largestWeight = weights === undefined ? weight : 0
    return {
      sky,
      width: image.width,
      height: image.height,
      async read(region): Promise<ImagePart> {
        const value = await readValues(region)
        if (scale !== 1) for (let k = 0; k < value.length; k++) value[k] = (value[k] ?? Number.NaN) * scale
        if (border !== undefined) blankBorder(value, region, image, border)
        const weighted = weightsOf(await readWeights?.(region), value.length, weight, threshold)
        for (const one of weighted ?? []) if (one > largestWeight && one < Infinity) largestWeight = one
        return { value, weight: weighted }
      },
      largestWeight: () => largestWeight,
      async close() {
        await image.file.close()
        await weights?.file.close()
      },
    }
  } catch (error) {
    await image.file.close()
    await weights?.file.close()
    throw error
  }
}

async function openWeights(place: Place, path: string, hdu: number, image: OpenImage): Promise<OpenImage> {
  const problem = `Weight file ${path} missing or invalid FITS`
  const weights = await openImage(place, path, hdu, problem)
  if (weights.width === image.width && weights.height === image.height) return weights
  await weights.file.close()
  throw new MontageError('MONTAGE_BAD_IMAGE', `Weight file ${path} does not have the size of the image`, {
    where: [path],
    found: `${weights.width} x ${weights.height}`,
    allowed: `${image.width} x ${image.height}`,
  })
}

/** Weights times the fixed one; undefined when all are 1. */
function weightsOf(
  weights: Float64Array | undefined,
  count: number,
  factor: number,
  threshold: number | undefined,
): Float64Array | undefined {
  if (weights === undefined && factor === 1) return undefined
  const out = weights ?? new Float64Array(count).fill(1)
  for (let k = 0; k < out.length; k++) {
    const weight = out[k] ?? 0
    out[k] = threshold !== undefined && weight < threshold ? 0 : weight * factor
  }
  return out
}

/** Reads parts of the first plane of an image; small images are read once and kept. */
function partReader(
  { hdu, width, height }: OpenImage,
  path: string,
): (region: Region) => Promise<Float64Array> {
  let whole: Float64Array | undefined
  const read = async (region: Region): Promise<Float64Array> => {
    try {
      return (await readImage(hdu, { as: 'float64', region })).data
    } catch (cause) {
      throw new MontageError('MONTAGE_BAD_IMAGE', `Image file ${path} missing or invalid FITS`, {
        where: [path],
        cause,
      })
    }
  }
  return async (region) => {
    if (width * height > KEPT_PIXELS) return await read(region)
    whole ??= await read({ col: 0, row: 0, width, height })
    const part = new Float64Array(region.width * region.height)
    for (let row = 0; row < region.height; row++) {
      const start = (region.row + row) * width + region.col
      part.set(whole.subarray(start, start + region.width), row * region.width)
    }
    return part
  }
}
