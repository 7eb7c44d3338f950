import { writeFileAtomic } from '@skyloom/base/node'
import { WorkflowError } from '../errors.ts'
import { pictureDot } from '../picture/dot.ts'
import { pictureMermaid } from '../picture/mermaid.ts'
import type { Picture } from '../picture/picture.ts'
import { pictureSvg } from '../picture/svg.ts'
import { picturePng } from './png/picture-png.ts'

/** Forms of pictures. */
export const PICTURE_FORMATS = ['svg', 'png', 'dot', 'mermaid'] as const

/** Form of a picture. */
export type PictureFormat = (typeof PICTURE_FORMATS)[number]

const FORMAT_OF_ENDING: ReadonlyMap<string, PictureFormat> = new Map([
  ['svg', 'svg'],
  ['png', 'png'],
  ['dot', 'dot'],
  ['gv', 'dot'],
  ['mmd', 'mermaid'],
  ['mermaid', 'mermaid'],
])

/**
 * Form of a picture by the ending of its file.
 *
 * @throws {WorkflowError} `WORKFLOW_BAD_OPTION` for another ending
 */
export function pictureFormat(path: string): PictureFormat {
  const ending = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? ''
  const format = FORMAT_OF_ENDING.get(ending)
  if (format !== undefined) return format
  throw new WorkflowError('WORKFLOW_BAD_OPTION', 'the ending does not tell the form of the picture', {
    where: [path],
    allowed: [...FORMAT_OF_ENDING.keys()].join(', '),
    remedy: 'name it with --format',
  })
}

/** A picture as text, or as bytes for `png`. */
export function renderPicture(picture: Picture, format: PictureFormat): string | Uint8Array {
  switch (format) {
    case 'svg':
      return pictureSvg(picture)
    case 'png':
      return picturePng(picture)
    case 'dot':
      return pictureDot(picture)
    case 'mermaid':
      return pictureMermaid(picture)
  }
}

/** Writes a picture; its file appears when it is complete. */
export async function writePicture(
  picture: Picture,
  path: string,
  options: { readonly format?: PictureFormat | undefined; readonly overwrite?: boolean | undefined } = {},
): Promise<void> {
  const format = options.format ?? pictureFormat(path)
  await writeFileAtomic(path, renderPicture(picture, format), { overwrite: options.overwrite === true })
}
