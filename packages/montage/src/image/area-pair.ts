import { readImage } from '@skyloom/fits'
import type { FloatPlane, Region } from '@skyloom/mosaic'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { areaName } from './area-name.ts'
import { inputAreaName } from './input-name.ts'
import { type OpenImage, openImage } from './open-image.ts'

/** An open image with its area image, to be read by parts. */
export interface AreaPair {
  readonly path: string
  readonly image: OpenImage
  /** Undefined when no area images are used. */
  readonly area: OpenImage | undefined
  readonly close: () => Promise<void>
}

/** A part of an image with its areas. */
export interface AreaPart {
  readonly image: FloatPlane
  readonly area: FloatPlane | undefined
}

/**
 * Opens an image and the area image beside it, `x_area.fits` for `x.fits`. The caller closes them.
 *
 * @param options `hdu`: HDU of the image; 0, the default, stands for the first one with pixels
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`
 */
export async function openAreaPair(
  place: Place,
  path: string,
  { hasNoAreas, hdu = 0 }: { readonly hasNoAreas: boolean; readonly hdu?: number },
): Promise<AreaPair> {
  const image = await openImage(place, path, hdu, imageProblem(path))
  let area: OpenImage | undefined
  const close = async (): Promise<void> => {
    await image.file.close()
    await area?.file.close()
  }
  try {
    if (!hasNoAreas) area = await openImage(place, await inputAreaName(place, path), 0, areaProblem(path))
    const { width, height } = image
    if (area !== undefined && (area.width !== width || area.height !== height))
      throw new MontageError('MONTAGE_BAD_IMAGE', areaProblem(path), {
        where: [areaName(path)],
        found: `${area.width} x ${area.height}`,
        allowed: `the size of the image, ${width} x ${height}`,
      })
    return { path, image, area, close }
  } catch (error) {
    await close()
    throw error
  }
}

/**
 * Reads a part of an image and its areas.
 *
 * @throws MontageError `MONTAGE_BAD_IMAGE`
 */
export async function readAreaPart({ path, image, area }: AreaPair, region: Region): Promise<AreaPart> {
  const read = async (from: OpenImage, problem: string): Promise<FloatPlane> => {
    try {
      return await readImage(from.hdu, { as: 'float64', region })
    } catch (cause) {
      throw new MontageError('MONTAGE_BAD_IMAGE', problem, { where: [path], cause })
    }
  }
  return {
    image: await read(image, imageProblem(path)),
    area: area === undefined ? undefined : await read(area, areaProblem(path)),
  }
}

function imageProblem(name: string): string {
  return `Image file ${name} missing or invalid FITS`
}

function areaProblem(name: string): string {
  return `Area file ${areaName(name)} missing or invalid FITS`
}
