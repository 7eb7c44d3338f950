import { readFile } from 'node:fs/promises'
import {
  makeTemplate,
  type RejectedImage,
  readTemplate,
  type Template,
  type TemplateOptions,
} from '@skyloom/mosaic'
import { FK5_J2000, frameConverter } from '@skyloom/wcs'
import { RecipeError } from '../errors.ts'
import type { RecipeBackground, RecipeCombine } from '../mosaic/mosaic-workflow.ts'
import { predictImages } from '../mosaic/predict-images.ts'
import type { SourceImage } from '../mosaic/source-image.ts'
import {
  type FindOptions,
  type FoundImages,
  findImages,
  findPlace,
  type ImageSource,
  type SkyArea,
} from './find-images.ts'
import { writeMosaicWorkflow } from './write-mosaic-workflow.ts'

/** A mosaic that is to become a workflow. */
export interface MosaicRequest extends FindOptions {
  readonly source: ImageSource
  /** Object or position; the centre of the mosaic. With a folder of images it may be left out. */
  readonly location?: string | undefined
  /** Width and height, degrees; goes with `location`. */
  readonly sizeDeg?: { readonly width: number; readonly height: number } | undefined
  /** Header template; then `template` does not count. */
  readonly headerFile?: string | undefined
  /** Scale, projection, frame and rotation of the mosaic. */
  readonly template?: Omit<TemplateOptions, 'centre' | 'sizeDeg'> | undefined
  readonly background: RecipeBackground
  readonly combine: RecipeCombine
  readonly pictureSide: number
  readonly commandsDir: string
  readonly outDir: string
  readonly name: string
  readonly overwrite?: boolean | undefined
}

/** What a workflow was made of. */
export interface MosaicWorkflowSummary {
  readonly outDir: string
  readonly files: readonly string[]
  readonly width: number
  readonly height: number
  readonly images: readonly string[]
  readonly pairCount: number
  /** Images that lie beside the mosaic. */
  readonly beside: readonly string[]
  readonly rejected: readonly RejectedImage[]
}

/**
 * Finds the images of a mosaic, predicts which of them overlap, and writes the abstract workflow that makes it, with catalogs, template
 * and tables, into a folder.
 *
 * @throws RecipeError `RECIPE_BAD_OPTION`, `RECIPE_NO_IMAGES`, `RECIPE_FOLDER_IN_USE`
 * @throws MosaicError for images, archives and templates that cannot be used
 */
export async function planMosaicWorkflow(request: MosaicRequest): Promise<MosaicWorkflowSummary> {
  const area = await areaOf(request)
  const found = await findImages(request.source, area, request)
  const template = await templateOf(request, area, found)
  const prediction = predictImages(uniquelyNamed(found.images), template)
  const { placed, pairs, beside } = prediction
  if (placed.length === 0)
    throw new RecipeError('RECIPE_NO_IMAGES', 'no image lies on the mosaic', {
      found: `${found.images.length} images elsewhere`,
      remedy: 'choose another place or a larger --size',
    })
  const files = await writeMosaicWorkflow(
    request.outDir,
    { ...request, template, prediction },
    request.overwrite === true ? { overwrite: true } : {},
  )
  return {
    outDir: request.outDir,
    files,
    width: template.width,
    height: template.height,
    images: placed.map(({ image }) => image.lfn),
    pairCount: pairs.length,
    beside: beside.map(({ lfn }) => lfn),
    rejected: found.rejected,
  }
}

async function areaOf({ location, sizeDeg, source }: MosaicRequest): Promise<SkyArea | undefined> {
  if (location === undefined && sizeDeg === undefined) return undefined
  if (location === undefined || sizeDeg === undefined)
    throw new RecipeError('RECIPE_BAD_OPTION', 'a place and a size go together', {
      remedy:
        location === undefined
          ? 'name the object or position first'
          : 'give the width in degrees with --size',
    })
  const surveysFile = source.kind === 'survey' ? source.surveysFile : undefined
  return { centre: await findPlace(location, surveysFile), sizeDeg }
}

async function templateOf(
  { headerFile, template = {} }: MosaicRequest,
  area: SkyArea | undefined,
  { headers, scaleDeg, images }: FoundImages,
): Promise<Template> {
  if (headerFile !== undefined) return readTemplate(await readFile(headerFile, 'latin1'), headerFile)
  if (images.length === 0) throw new RecipeError('RECIPE_NO_IMAGES', 'the archive has no image there')
  if (area === undefined) return makeTemplate(headers, template)
  const scale = template.scaleDeg ?? scaleDeg
  if (headers.length === 0 && scale === undefined)
    throw new RecipeError('RECIPE_BAD_OPTION', 'the list of images does not tell their scale', {
      remedy: 'give the pixel side in arcseconds with --scale',
    })
  const frame =
    template.frame ?? (headers.length === 0 ? FK5_J2000 : makeTemplate(headers, template).wcs.frame)
  const { lonDeg, latDeg } = frameConverter(FK5_J2000, frame).convert(area.centre.lonDeg, area.centre.latDeg)
  const options = { ...template, frame, centre: { lonDeg, latDeg }, sizeDeg: area.sizeDeg }
  return makeTemplate(headers, scale === undefined ? options : { ...options, scaleDeg: scale })
}

/** Logical names must differ: images of one name in several folders, or several HDUs of one file, are refused. */
function uniquelyNamed(images: readonly SourceImage[]): readonly SourceImage[] {
  const seen = new Set<string>()
  for (const { lfn, url } of images) {
    if (!seen.has(lfn)) seen.add(lfn)
    else
      throw new RecipeError('RECIPE_BAD_OPTION', 'two images have one name', {
        where: [url],
        found: lfn,
        remedy: 'give them different names, or choose one HDU of each file',
      })
  }
  return images
}
