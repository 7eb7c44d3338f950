import { isSkyloomError } from '@skyloom/base'
import type { PixelRegion } from '@skyloom/fits'
import {
  type CumulativeHistogram,
  DEFAULT_BETA,
  LINEAR,
  makeStretch,
  measurePlane,
  type PlaneRows,
  parseHistogram,
  parseRangeLimit,
  parseStretchMode,
  planeRows,
  type Stretch,
  type StretchMode,
  type StretchRequest,
} from '@skyloom/mosaic/view'
import { pathExists, readText } from '../command/files.ts'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { type OpenImage, openImage } from '../image/open-image.ts'
import type { ViewerImage } from './viewer-input.ts'

/** An open image with its stretch. */
export interface ViewerChannel {
  readonly name: string
  readonly image: OpenImage
  readonly plane: PlaneRows
  readonly stretch: Stretch
  /** Of this image; the stretch may come from other ones. */
  readonly histogram: CumulativeHistogram
}

/** A file name with the parts in brackets behind it. */
interface ImageChoice {
  readonly path: string
  readonly hdu: number
  /** Planes of the third and fourth axis, from 1. */
  readonly planes: readonly number[]
}

/** Part of an image in FITS pixels, ends included. */
export interface PixelPart {
  readonly x0: number
  readonly x1: number
  readonly y0: number
  readonly y1: number
}

/** The part that lies on the image. */
function regionOf({ width, height }: OpenImage, { x0, x1, y0, y1 }: PixelPart): PixelRegion {
  const [left, bottom] = [Math.max(1, x0), Math.max(1, y0)]
  const region = {
    col: left - 1,
    row: bottom - 1,
    width: Math.min(width, x1) - left + 1,
    height: Math.min(height, y1) - bottom + 1,
  }
  if (region.width >= 1 && region.height >= 1) return region
  throw new MontageError('MONTAGE_BAD_ARGUMENT', 'Range outside image.', {
    found: `${x0} ${x1} ${y0} ${y1}`,
    allowed: `1 to ${width}, 1 to ${height}`,
  })
}

/** Takes `[hdu][plane][plane]` off a file name; a file of the whole name comes first. */
async function choiceOf(place: Place, name: string): Promise<ImageChoice> {
  const match = /^(.+?)\[(\d+)\](?:\[(\d+)\])?(?:\[(\d+)\])?$/.exec(name)
  if (match === null || (await pathExists(place, name))) return { path: name, hdu: 0, planes: [] }
  const [, path = name, hdu, ...planes] = match
  return {
    path,
    hdu: Number(hdu),
    planes: planes.flatMap((text: string | undefined) => (text === undefined ? [] : [Number(text)])),
  }
}

function planeIndex({ hdu }: OpenImage, planes: readonly number[], name: string): number {
  const axes = hdu.shape.toReversed().slice(2)
  let [index, stride] = [0, 1]
  for (const [axis, plane] of planes.entries()) {
    const count = axes[axis] ?? 1
    if (plane < 1 || plane > count)
      throw new MontageError('MONTAGE_BAD_ARGUMENT', `Plane ${plane} of axis ${axis + 3} is not in ${name}`, {
        allowed: `1 to ${count}`,
      })
    index += (plane - 1) * stride
    stride *= count
  }
  return index
}

/**
 * Range strings and the name of a stretch as a request.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT` in the words of mViewer
 */
export function stretchRequest({ min, max, stretch, beta }: ViewerImage): StretchRequest {
  return classicErrors(() => ({
    min: parseRangeLimit(min ?? 'min', 'display min'),
    max: parseRangeLimit(max ?? 'max', 'display max'),
    mode: stretchMode(stretch, beta),
  }))
}

function stretchMode(stretch: string | undefined, beta: string | undefined): StretchMode {
  if (stretch === undefined) return LINEAR
  const mode = parseStretchMode(
    stretch,
    beta === undefined ? DEFAULT_BETA : parseRangeLimit(beta, 'beta value'),
  )
  if (mode !== undefined) return mode
  throw new MontageError('MONTAGE_BAD_ARGUMENT', `Invalid stretch mode: ${stretch}`, {
    allowed: 'linear, log, loglog, a whole number, gaussian, gaussian-log, asinh',
  })
}

/** Gives errors of the picture library the sentence alone, as the classic program prints it. */
export function classicErrors<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw classicError(error)
  }
}

/** An error of the picture library as one of the modules; others as they are. */
export function classicError(error: unknown): unknown {
  if (isSkyloomError(error, 'MOSAIC_BAD_OPTION'))
    return new MontageError('MONTAGE_BAD_ARGUMENT', error.problem, { cause: error })
  if (isSkyloomError(error, 'MOSAIC_NO_PICTURE'))
    return new MontageError('MONTAGE_BAD_IMAGE', error.problem, { cause: error })
  if (isSkyloomError(error, 'MOSAIC_BAD_FONT'))
    return new MontageError('MONTAGE_NO_FILE', 'FreeType: Could not find or load font file.', {
      cause: error,
    })
  return error
}

/**
 * Opens an image and measures it. The caller closes `image.file`.
 *
 * @param part pixels that are measured, default all
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_ARGUMENT`
 */
export async function openChannel(
  place: Place,
  input: ViewerImage,
  part?: PixelPart,
): Promise<ViewerChannel> {
  const request = input.histogram === undefined ? stretchRequest(input) : undefined
  const { path, hdu, planes } = await choiceOf(place, input.file)
  const isThere = await pathExists(place, path)
  const image = await openImage(place, path, hdu, isThere ? undefined : `File ${path} not found.`)
  try {
    const region = part === undefined ? undefined : regionOf(image, part)
    const plane = planeRows(image.hdu, {
      plane: planeIndex(image, planes, path),
      ...(region === undefined ? {} : { region }),
    })
    const histogram = await measurePlane(plane)
    const stretch =
      request === undefined
        ? await stretchFromFile(place, input.histogram ?? '')
        : makeStretch(histogram, request)
    return { name: input.file, image, plane, stretch, histogram }
  } catch (error) {
    await image.file.close()
    throw classicError(error)
  }
}

async function stretchFromFile(place: Place, path: string): Promise<Stretch> {
  const text = await readText(place, path, 'Cannot open histogram file.')
  return classicErrors(() => parseHistogram(text, path))
}
