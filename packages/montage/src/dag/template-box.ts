import { angularDistanceDeg } from '@skyloom/wcs'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { pixelJ2000 } from '../header/classic-wcs.ts'
import { readTemplateFile } from '../header/read-template.ts'

/** A box for the search of an archive. */
export interface TemplateBox {
  /** `83.82 -5.39` */
  readonly location: string
  readonly widthDeg: number
  readonly heightDeg: number
}

/** Points along each side of the template whose distance from the centre is looked at. */
const POINTS_PER_SIDE = 9
/** Archives are not asked for more. */
const MAX_SIZE_DEG = 180

/**
 * The box with north up that holds a template however it is rotated: centred on it, as large as its farthest edge asks for.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_HEADER`
 */
export async function templateBox(path: string, place: Place): Promise<TemplateBox> {
  const { sky, width, height } = await readTemplateFile(place, path)
  const centre = pixelJ2000(sky, (width + 1) / 2, (height + 1) / 2)
  if (centre === undefined)
    throw new MontageError('MONTAGE_BAD_HEADER', 'The centre of the template is off the sky', {
      where: [path],
    })
  let radiusDeg = 0
  for (let step = 0; step < POINTS_PER_SIDE; step++) {
    const [x, y] = [
      0.5 + (width * step) / (POINTS_PER_SIDE - 1),
      0.5 + (height * step) / (POINTS_PER_SIDE - 1),
    ]
    const edge = [
      pixelJ2000(sky, x, 0.5),
      pixelJ2000(sky, x, height + 0.5),
      pixelJ2000(sky, 0.5, y),
      pixelJ2000(sky, width + 0.5, y),
    ]
    for (const point of edge)
      if (point !== undefined) radiusDeg = Math.max(radiusDeg, angularDistanceDeg(centre, point))
  }
  const sizeDeg = Math.min(
    MAX_SIZE_DEG,
    2 * Math.tan((Math.min(radiusDeg, 60) * Math.PI) / 180) * (180 / Math.PI),
  )
  return { location: `${centre.lonDeg} ${centre.latDeg} eq J2000`, widthDeg: sizeDeg, heightDeg: sizeDeg }
}
