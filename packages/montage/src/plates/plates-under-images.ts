import { parseHeaderTemplate } from '@skyloom/fits'
import { HPX_PLANE_FACES, type HpxPlate, isEmptyRegion, outlineRegion } from '@skyloom/mosaic'
import type { SkyPosition, Wcs } from '@skyloom/wcs'
import { classicWcs } from '../header/classic-wcs.ts'
import { hpxTemplateText } from '../healpix/hpx-template.ts'
import { skyPlates } from '../healpix/plate.ts'
import { plateTemplate } from './plate-run.ts'

/** Corners of an image, J2000. */
type Outline = readonly SkyPosition[]

/**
 * The plates that images may touch, each once: the face on the seam counts at its first place only. Squares without images are left out as
 * a whole, so the number of plates of the sky does not matter.
 *
 * @param across plates along a side of the plane: 5 times a power of 2
 * @param padPixels by which plates reach over their sides
 */
export function platesUnderImages(
  images: readonly Outline[],
  order: number,
  across: number,
  padPixels: number,
): readonly HpxPlate[] {
  const found: HpxPlate[] = []
  const search = (square: HpxPlate, squares: number, near: readonly Outline[]): void => {
    const here = imagesOn(square, squares, near, order, padPixels)
    if (here.length === 0) return
    if (squares === across) {
      found.push(square)
      return
    }
    for (const [di, dj] of [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ] as const)
      search({ i: 2 * square.i + di, j: 2 * square.j + dj }, 2 * squares, here)
  }
  const end = HPX_PLANE_FACES - 1
  for (const face of skyPlates(HPX_PLANE_FACES))
    if (face.i < end || face.j < end) search(face, HPX_PLANE_FACES, images)
  return found.sort((a, b) => a.j - b.j || a.i - b.i)
}

function imagesOn(
  square: HpxPlate,
  squares: number,
  images: readonly Outline[],
  order: number,
  pad: number,
): readonly Outline[] {
  const template = plateTemplate(squares, order, pad, square)
  const wcs = wcsOf(hpxTemplateText(template, order))
  const size = { wcs, width: template.width, height: template.height }
  return images.filter((corners) => !isEmptyRegion(outlineRegion(corners, size, 1)))
}

function wcsOf(text: string): Wcs {
  return classicWcs(parseHeaderTemplate(text, 'plate'), 'plate').wcs
}
