import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isSkyloomError } from '@skyloom/base'
import { atomicFile } from '@skyloom/base/node'
import { writeCutout } from '@skyloom/fits'
import { pathOf } from '../command/files.ts'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { cannotWrite } from './cannot-write.ts'
import type { OpenImage } from './open-image.ts'

/** Where a part of an image goes. */
export interface PartOutput {
  readonly path: string
  /** The sentence of the error when the file cannot be written. */
  readonly problem?: string
  /** Make the folder of the file when it is missing. */
  readonly makesFolder?: boolean
}

/**
 * Writes a part of an image as a file of its own; the pixels keep their type and scaling. The file appears under its name when it is
 * complete.
 *
 * @param image path of the image that is read
 * @throws MontageError `MONTAGE_CANNOT_WRITE`; `MONTAGE_BAD_IMAGE` naming `image` when it is its pixels that cannot be read
 */
export async function writePart(
  place: Place,
  { hdu }: OpenImage,
  image: string,
  part: Parameters<typeof writeCutout>[1],
  { path, problem, makesFolder = false }: PartOutput,
): Promise<void> {
  try {
    const target = pathOf(place, path)
    if (makesFolder) await mkdir(dirname(target), { recursive: true })
    await writeCutout(hdu, part, await atomicFile(target, { overwrite: true }))
  } catch (cause) {
    if (isSkyloomError(cause) && cause.code.startsWith('FITS_'))
      throw new MontageError('MONTAGE_BAD_IMAGE', `Image file ${image} missing or invalid FITS`, {
        where: [image],
        cause,
      })
    throw cannotWrite(path, cause, problem)
  }
}
