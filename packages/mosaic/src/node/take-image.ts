import type { Hdu } from '@skyloom/fits'
import type { TaskContext } from '@skyloom/kernels'
import { type CoverageExtent, valueExtent } from '../project/coverage-extent.ts'
import type { Region } from '../region.ts'
import { readPixels } from './read-pixels.ts'
import { type QualityPayload, type QualityResult, readQuality } from './read-quality.ts'
import { fileState, type SourceImage } from './source-files.ts'

/** Read one image whose pixels are those of the template. */
export interface TakePayload {
  readonly path: string
  readonly hdu: number
  readonly width: number
  readonly height: number
  readonly imageAt: number
  readonly name: string
  /** Reference pixel of the template. */
  readonly crpix: { readonly fitsX: number; readonly fitsY: number }
  /** Where the image lies on the template, and the part of it that is on it. */
  readonly placed: Region
  readonly region: Region
  readonly quality: QualityPayload | undefined
}

/** What is known of it then. */
export interface TakeResult {
  readonly extent: CoverageExtent
  readonly sha256: string
  readonly quality: QualityResult | undefined
  /** The file, where its pixels are the values that count. */
  readonly source: SourceImage | undefined
}

/** Reads an image, blanks pixels that do not count, and measures where it has data. */
export async function takeImage(context: TaskContext, payload: TakePayload): Promise<TakeResult> {
  const { memory, kernels, scratch } = context
  const { path, width, height, imageAt, placed, region, crpix, name } = payload
  const state = await fileState(path)
  const { looked: isPlain, sha256 } = await readPixels(memory, payload, (hdu) =>
    isAsStored(hdu, state.sizeBytes),
  )
  context.throwIfAborted()
  kernels.blankInfinite(imageAt, width * height)
  const quality =
    payload.quality === undefined
      ? undefined
      : await readQuality(memory, { at: imageAt, width, height, name }, payload.quality)
  const at = imageAt + 4 * ((region.row - placed.row) * width + (region.col - placed.col))
  return {
    extent: valueExtent(memory, kernels, { at, stride: width }, region, crpix, scratch.at),
    sha256,
    quality,
    source:
      isPlain && !changesPixels(payload.quality) ? { path, hdu: payload.hdu, width, ...state } : undefined,
  }
}

/** Neither compressed nor in a compressed file: a few rows cost no more than themselves. */
function isAsStored(hdu: Hdu, fileBytes: number): boolean {
  return hdu.type === 'image' && hdu.source.sizeBytes === fileBytes
}

/** True when pixels may have been left out, or other planes belong to the image. */
function changesPixels(payload: QualityPayload | undefined): boolean {
  if (payload === undefined) return false
  const { quality, badValues } = payload
  return badValues.length > 0 || Object.values(quality).some((value) => value !== undefined)
}
