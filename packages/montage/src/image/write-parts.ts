import { mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { PARTIAL_MARK } from '@skyloom/base/node'
import type { Region } from '@skyloom/mosaic'
import { pathOf } from '../command/files.ts'
import type { Place } from '../command/module.ts'
import { cannotWrite } from './cannot-write.ts'
import type { OpenImage } from './open-image.ts'
import { writePart } from './write-part.ts'

/** A part of an image and the file that it becomes. */
export interface ImagePartFile {
  readonly path: string
  readonly region: Region
}

/**
 * Writes parts of an image as files of their own in one folder. The files are made under other names in a folder beside them and get their
 * own names when all are complete: a part that fails leaves nothing behind.
 *
 * @param image path of the image that is read
 * @throws MontageError as {@link writePart}
 */
export async function writeParts(
  place: Place,
  opened: OpenImage,
  image: string,
  parts: readonly ImagePartFile[],
): Promise<void> {
  const folder = dirname(parts[0]?.path ?? '')
  const aside = await mkdtemp(join(pathOf(place, folder), PARTIAL_MARK)).catch((cause: unknown) => {
    throw cannotWrite(parts[0]?.path ?? folder, cause)
  })
  try {
    for (const { path, region } of parts) {
      await refuseFolder(place, path)
      await writePart(place, opened, image, region, { path: join(aside, basename(path)) })
    }
    for (const { path } of parts)
      await rename(join(aside, basename(path)), pathOf(place, path)).catch((cause: unknown) => {
        throw cannotWrite(path, cause)
      })
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
}

/** A file cannot take the place of a folder; better known before the others are renamed. */
async function refuseFolder(place: Place, path: string): Promise<void> {
  const status = await stat(pathOf(place, path)).catch(() => undefined)
  if (status?.isDirectory() === true) throw cannotWrite(path, new Error('a folder has this name'))
}
