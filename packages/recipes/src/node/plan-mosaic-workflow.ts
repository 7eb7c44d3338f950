import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import {
  makeTemplate,
  type QualityOptions,
  type RejectedImage,
  readTemplate,
  type Template,
  type TemplateOptions,
} from '@skyloom/mosaic'
import { FK5_J2000, frameConverter } from '@skyloom/wcs'
import { RecipeError } from '../errors.ts'
import type { ModuleContainer } from '../mosaic/module-container.ts'
import { predictImages } from '../mosaic/predict-images.ts'
import type { RecipeForm } from '../mosaic/recipe-form.ts'
import type { SourceImage } from '../mosaic/source-image.ts'
import { type EngineContents, engineContents, type PixelOptions } from './engine-contents.ts'
import {
  type FindOptions,
  type FoundImages,
  findImages,
  findPlace,
  type ImageSource,
  type SkyArea,
} from './find-images.ts'
import { montageContents } from './montage-contents.ts'
import { montagePixels } from './montage-pixels.ts'
import { writeWorkflowFolder } from './write-workflow-folder.ts'

/** A mosaic that is to become a workflow. */
export interface MosaicRequest extends Omit<FindOptions, 'quality'> {
  readonly source: ImageSource
  /** Object or position; the centre of the mosaic. With a folder of images it may be left out. */
  readonly location?: string | undefined
  /** Width and height, degrees; goes with `location`. */
  readonly sizeDeg?: { readonly width: number; readonly height: number } | undefined
  /** Header template; then `template` does not count. */
  readonly headerFile?: string | undefined
  /** Scale, projection, frame and rotation of the mosaic. */
  readonly template?: Omit<TemplateOptions, 'centre' | 'sizeDeg'> | undefined
  /**
   * Whose jobs make it: `engine` those of `makeMosaic`, with the same products; `montage` those of the modules of Montage with their own
   * arguments, which Montage itself runs, too.
   */
  readonly form: RecipeForm
  /** What becomes of the pixels. */
  readonly pixels?: PixelOptions | undefined
  /** Larger side of the picture, pixels; with the form `montage`. */
  readonly pictureSide?: number | undefined
  /** Folder of the commands of the modules on this machine. */
  readonly commandsDir: string
  /** In which the modules run; then `commandsDir` does not count. */
  readonly container?: ModuleContainer | undefined
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
  const { source, onProgress, signal, pixels: { quality } = {} } = request
  if (quality !== undefined && hasPartners(quality) && source.kind === 'survey')
    throw new RecipeError('RECIPE_BAD_OPTION', 'weights, variances and masks go with a folder of images', {
      remedy: 'fetch the images first, and give their folder with --images',
    })
  const found = await findImages(source, area, { onProgress, signal, quality })
  const template = await templateOf(request, area, found)
  uniquelyNamed(found.images, request.form)
  const { images, pairCount, beside, ...contents } = contentsOf(request, found, template)
  if (images.length === 0)
    throw new RecipeError('RECIPE_NO_IMAGES', 'no image lies on the mosaic', {
      found: `${found.images.length} images elsewhere`,
      remedy: 'choose another place or a larger --size',
    })
  const { outDir, commandsDir, overwrite, container } = request
  return {
    outDir,
    files: await writeWorkflowFolder(outDir, contents, commandsDir, { overwrite, container }),
    width: template.width,
    height: template.height,
    images: images.map(({ name }) => name),
    pairCount,
    beside,
    rejected: found.rejected,
  }
}

/** The workflow in the form that is wanted. */
function contentsOf(
  { form, name, headerFile, pixels = {}, pictureSide = 1000 }: MosaicRequest,
  found: FoundImages,
  template: Template,
): Omit<EngineContents, 'images'> & { readonly images: readonly { readonly name: string }[] } {
  if (form === 'engine') {
    const templateFile = headerFile === undefined ? undefined : basename(headerFile)
    return engineContents({ name, found, template, templateFile, pixels })
  }
  const prediction = predictImages(found.images, template)
  return {
    ...montageContents({ name, template, prediction, pictureSide, ...montagePixels(pixels) }),
    images: prediction.placed.map(({ image }) => ({ name: image.lfn })),
    pairCount: prediction.pairs.length,
    beside: prediction.beside.map(({ lfn }) => lfn),
  }
}

function hasPartners({ weight, variance, mask, saturation }: QualityOptions): boolean {
  return [weight, variance, mask, saturation].some((option) => option !== undefined)
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

/** Logical names must differ: images of one name in several folders are refused; for Montage several HDUs of one file, too. */
function uniquelyNamed(images: readonly SourceImage[], form: RecipeForm): void {
  const seen = new Map<string, string>()
  for (const { lfn, url } of images) {
    const before = seen.get(lfn)
    seen.set(lfn, url)
    if (before !== undefined && (form === 'montage' || before !== url))
      throw new RecipeError('RECIPE_BAD_OPTION', 'two images have one name', {
        where: [url],
        found: lfn,
        remedy: 'give them different names, or choose one HDU of each file',
      })
  }
}
