import { readFileText } from '@skyloom/base/node'
import { MosaicError } from '../errors.ts'
import type { ImageRecord, RejectedImage } from '../image-table/image-record.ts'
import type { MosaicOptions } from '../make/options.ts'
import { makeTemplate } from '../template/make-template.ts'
import { readTemplate, type Template } from '../template/template.ts'
import type { MosaicSettings } from './settings.ts'

/** Products of more pixels than this are refused: 4 TB of float32 is a slip of the keyboard, not a mosaic. */
const MAX_TEMPLATE_PIXELS = 1e12

/**
 * The template that the options name or that follows from the images.
 *
 * @throws MosaicError `MOSAIC_BAD_TEMPLATE`, `MOSAIC_TOO_LARGE`; FitsError and WcsError for cards that cannot be used
 */
export async function templateOf(
  options: MosaicOptions,
  settings: MosaicSettings,
  images: readonly ImageRecord[],
): Promise<Template> {
  const template =
    options.headerFile === undefined
      ? makeTemplate(images, settings.template)
      : await templateFile(options.headerFile)
  if (template.width * template.height > MAX_TEMPLATE_PIXELS) {
    throw new MosaicError('MOSAIC_TOO_LARGE', 'the mosaic would be too large', {
      where: ['template'],
      found: `${template.width} x ${template.height} pixels`,
      allowed: `${MAX_TEMPLATE_PIXELS} pixels`,
      remedy: 'choose a coarser --scale or a smaller area with --center and --size',
    })
  }
  return template
}

async function templateFile(path: string): Promise<Template> {
  const text = await readFileText(path, 'latin1').catch((cause: unknown) => {
    throw new MosaicError('MOSAIC_BAD_TEMPLATE', 'the header template cannot be read', {
      where: [path],
      remedy: 'give the path of a text file with one FITS card a line to --header',
      cause,
    })
  })
  return readTemplate(text, path)
}

/** @throws MosaicError `MOSAIC_NO_IMAGES` when there is none; names the first reason */
export function requireImages(images: readonly ImageRecord[], rejected: readonly RejectedImage[]): void {
  if (images.length > 0) return
  const reasons = rejected.map(({ reason }) => `\n  ${reason}`).join('')
  throw new MosaicError('MOSAIC_NO_IMAGES', 'no image can be used', {
    where: [`${rejected.length} files`],
    remedy: `name the extension with --hdu or repair the files; left out were:${reasons}`,
  })
}
